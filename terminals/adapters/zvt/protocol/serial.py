"""The serial dress of ZVT, `10 02 … 10 03 CRC`, taken off only: this till speaks TCP."""

from dataclasses import dataclass, field

DLE, STX, ETX = 0x10, 0x02, 0x03
_POLYNOMIAL = 0x8408  # x16 + x12 + x5 + 1, reflected


@dataclass(frozen=True, slots=True)
class Block:
    """What a block carries; problem: a sentence where it is damaged, else ""."""

    apdu: bytes = field(repr=False)
    problem: str = ""


def is_serial(data: bytes) -> bool:
    """Whether the bytes begin like a block; no command of ZVT begins with 10."""
    return data[:2] == bytes([DLE, STX])


def unwrap(data: bytes) -> Block:
    """The bytes inside of a block, each doubled 10 once again. Never raises."""
    apdu = bytearray()
    position = 2
    while position < len(data):
        byte = data[position]
        if byte != DLE:
            apdu.append(byte)
            position += 1
            continue
        following = data[position + 1 : position + 2]
        if following == bytes([DLE]):
            apdu.append(DLE)
            position += 2
            continue
        if following == bytes([ETX]):
            return Block(bytes(apdu), _checked(bytes(apdu), data[position + 2 :]))
        return Block(bytes(apdu), "The serial block is damaged: a single 10 inside of it.")
    return Block(bytes(apdu), "The serial block is incomplete: it does not end with 10 03.")


def checksum(apdu: bytes) -> bytes:
    """The two bytes behind a block: a CCITT sum, reflected, over the content and the ETX."""
    value = 0
    for byte in apdu + bytes([ETX]):
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value.to_bytes(2, "little")


def _checked(apdu: bytes, behind: bytes) -> str:
    expected = checksum(apdu)
    if behind == expected:
        return ""
    given, right = behind.hex(" ").upper() or "nothing", expected.hex(" ").upper()
    return f"The checksum of the serial block is {given}; {right} would be right."
