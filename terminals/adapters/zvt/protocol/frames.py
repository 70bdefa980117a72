"""Frames of ZVT over TCP: control field, length and data, cut out of a stream of bytes.

A stream knows no borders: a frame arrives in any number of pieces, and several in one.
"""

from dataclasses import dataclass, field

SHORT = 0xFE  # longest data with a length of one byte
LONGEST = 0xFFFF
EXTENDED = 0xFF  # announces two bytes of length, low byte first
ANSWERS = (0x80, 0x84)  # first bytes of positive and negative answers


@dataclass(frozen=True, slots=True)
class Frame:
    """One command or answer. command: 2 bytes; data: up to 65,535 bytes, never shown in a repr,
    since it may hold a card number. is_extended: its length came in the long form, as some devices
    send it for short data too."""

    command: bytes
    data: bytes = field(repr=False)
    is_extended: bool = False

    @property
    def raw(self) -> bytes:
        """The bytes as they stood on the wire."""
        if self.is_extended:
            return self.command + _extended(len(self.data)) + self.data
        return encode(self.command, self.data)

    @property
    def is_answer(self) -> bool:
        """80 or 84: the answer to a command, itself never answered."""
        return self.command[0] in ANSWERS


def encode(command: bytes, data: bytes = b"") -> bytes:
    """The bytes of a frame. Raises ValueError where it cannot be one."""
    if len(command) != 2:
        raise ValueError(f"a command has 2 bytes, not {len(command)}")
    if len(data) > LONGEST:
        raise ValueError(f"a frame holds at most {LONGEST} bytes, not {len(data)}")
    if len(data) > SHORT:
        return command + _extended(len(data)) + data
    return command + bytes([len(data)]) + data


class Assembler:
    """Makes frames of the pieces of one connection; neither loses nor doubles a byte."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def pending(self) -> bytes:
        """What has arrived of a frame that is not whole yet."""
        return bytes(self._held)

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this piece completes, in order; most often none or one."""
        self._held += chunk
        frames: list[Frame] = []
        start = 0
        while (borders := _borders(self._held, start)) is not None:
            data_start, end = borders
            command = bytes(self._held[start : start + 2])
            data = bytes(self._held[data_start:end])
            frames.append(Frame(command, data, is_extended=data_start - start == 5))
            start = end
        del self._held[:start]
        return frames


def missing(held: bytes) -> str:
    """What bytes that are no whole frame lack, as a sentence for people."""
    if held[:1] == b"\x15":
        return (
            "The frame begins with 15, a NAK of the serial protocol: "
            "this port does not speak ZVT over TCP; set the terminal to TCP."
        )
    header = 5 if len(held) > 2 and held[2] == EXTENDED else 3
    if len(held) < header:
        return f"The frame is incomplete: its head has {header} bytes, {len(held)} are here."
    length = _length(held, 0)
    return f"The frame is incomplete: {length} bytes of data announced, {len(held) - header} here."


def _borders(held: bytearray, start: int) -> tuple[int, int] | None:
    """Where the data of the frame at `start` begin and end; None while it is incomplete."""
    if len(held) < start + 3:
        return None
    is_extended = held[start + 2] == EXTENDED
    data_start = start + (5 if is_extended else 3)
    if len(held) < data_start:
        return None
    end = data_start + _length(held, start)
    return (data_start, end) if len(held) >= end else None


def _length(held: bytes | bytearray, start: int) -> int:
    if held[start + 2] == EXTENDED:
        return held[start + 3] | held[start + 4] << 8
    return held[start + 2]


def _extended(length: int) -> bytes:
    return bytes([EXTENDED]) + length.to_bytes(2, "little")
