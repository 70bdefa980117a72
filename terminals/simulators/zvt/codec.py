"""Bytes of the protocol as a terminal reads and writes them; shares no code with any register."""

from collections.abc import Iterable
from dataclasses import dataclass, field

CHARSETS = {"cp437": ("cp437", "FF"), "latin1": ("iso-8859-1", "01"), "utf8": ("utf-8", "FE")}
_LONG = 0xFF

# How long a field of a request is: bytes, or "LL", "LLL", "TLV" where it says so itself.
_FIELDS: dict[int, int | str] = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x06: "TLV", 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2,
    0x19: 1, 0x22: "LL", 0x23: "LL", 0x24: "LLL", 0x29: 4, 0x2D: "LL", 0x37: 3, 0x3A: 2, 0x3B: 8,
    0x3C: "LLL", 0x3D: 3, 0x49: 2, 0x87: 2, 0x88: 3, 0x8A: 1, 0xAA: 3, 0xD2: 1, 0xFA: 1,
}  # fmt: skip


class Malformed(ValueError):
    """A request that cannot be read; the terminal answers 84 83 00."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. control: its two bytes in hexadecimal, "0601"."""

    control: str
    data: bytes

    @property
    def is_answer(self) -> bool:
        """Whether it acknowledges or refuses what was said before."""
        return self.control[:2] in ("80", "84")


def encode(control: str, data: bytes = b"", *, extended: bool = False) -> bytes:
    """The bytes of one message; `extended` writes the three-byte length even for short data."""
    head = bytes.fromhex(control)
    if len(data) < _LONG and not extended:
        return head + bytes([len(data)]) + data
    return head + bytes([_LONG]) + len(data).to_bytes(2, "little") + data


ACK = encode("8000")


@dataclass(slots=True)
class Assembler:
    """Puts frames together from single bytes."""

    kept: bytearray = field(default_factory=bytearray)

    def push(self, byte: int) -> Frame | None:
        """Take one byte; the frame it completes, if it does."""
        self.kept.append(byte)
        if len(self.kept) < 3:
            return None
        size, start = self.kept[2], 3
        if size == _LONG:
            if len(self.kept) < 5:
                return None
            size, start = int.from_bytes(self.kept[3:5], "little"), 5
        if len(self.kept) < start + size:
            return None
        frame = Frame(self.kept[:2].hex().upper(), bytes(self.kept[start:]))
        self.kept.clear()
        return frame


def fields(data: bytes) -> dict[int, bytes]:
    """The fields of a request by their number. Raises Malformed at the first unknown one."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        number = data[at]
        head, size = _extent(data, at + 1, number)
        start = at + 1 + head
        if start + size > len(data):
            raise Malformed(f"field {number:02X} is cut off")
        found[number] = data[start : start + size]
        at = start + size
    return found


def _extent(data: bytes, at: int, number: int) -> tuple[int, int]:
    """Bytes of the length itself, and the length."""
    match _FIELDS.get(number):
        case int(size):
            return 0, size
        case "LL" | "LLL" as kind:
            digits = data[at : at + len(kind)]
            if len(digits) < len(kind) or any(not 0xF0 <= digit <= 0xF9 for digit in digits):
                raise Malformed(f"field {number:02X} has no length")
            return len(kind), int("".join(str(digit & 0x0F) for digit in digits))
        case "TLV":
            size, after = _tlv_length(data, at)
            return after - at, size
    raise Malformed(f"field {number:02X} is not known")


def tags(data: bytes) -> list[tuple[str, bytes]]:
    """The tags of a container in order, constructed ones not opened. Raises Malformed."""
    found: list[tuple[str, bytes]] = []
    at = 0
    while at < len(data):
        start = at
        is_long = data[at] & 0x1F == 0x1F
        at += 1
        while is_long and at < len(data):
            is_long = data[at] & 0x80 != 0
            at += 1
        name = data[start:at].hex().upper()
        size, at = _tlv_length(data, at)
        if at + size > len(data):
            raise Malformed(f"tag {name} is cut off")
        found.append((name, data[at : at + size]))
        at += size
    return found


def _tlv_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise Malformed("a length is missing")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if count not in (1, 2) or at + 1 + count > len(data):
        raise Malformed("a length cannot be read")
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count


def tag(name: str, *content: bytes) -> bytes:
    """One tag with its content; lengths above 127 take the long form, high byte first."""
    data = b"".join(content)
    if len(data) < 0x80:
        size = bytes([len(data)])
    elif len(data) <= 0xFF:
        size = b"\x81" + bytes([len(data)])
    else:
        size = b"\x82" + len(data).to_bytes(2, "big")
    return bytes.fromhex(name) + size + data


def container(parts: Iterable[bytes]) -> bytes:
    """Field 06 around these tags."""
    return tag("06", *parts)


def number(value: int, size: int) -> bytes:
    """`value` in `size` bytes of two decimal digits each."""
    return bytes.fromhex(f"{value:0{2 * size}d}")


def value(digits: bytes) -> int:
    """The number written in two decimal digits a byte. Raises Malformed for other digits."""
    text = digits.hex()
    if not text.isdigit():
        raise Malformed(f"{text} is no number")
    return int(text)


def counted(data: bytes, digits: int) -> bytes:
    """`data` behind its length in `digits` bytes F0…F9, two for LL and three for LLL."""
    return bytes(0xF0 | int(digit) for digit in f"{len(data):0{digits}d}") + data
