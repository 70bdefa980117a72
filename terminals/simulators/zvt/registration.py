"""What a register asked for when it registered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """The config byte of 06 00 and what its tags switch on; as it stands here after a log-off."""

    is_done: bool = False
    config: int = 0x86
    has_tlv: bool = False
    takes_blocks: bool = False
    charset: str = "cp437"
    names_charset: bool = False
