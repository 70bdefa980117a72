"""Card numbers leave this package masked or not at all (PCI DSS 3.4): six digits, last four."""

import re
from collections.abc import Callable

HIDDEN = 0xE  # the half byte by which terminals themselves mask a digit
SEPARATOR, PADDING = "D", "F"
MOST_VISIBLE, FEWEST_HIDDEN = 10, 4

# Fields with card data inside bytes of which nothing else is known: BMP 22, 23, 2D with two length
# digits, 24 and 2E with three, TLV 1F08 to 1F0A.
_SHORT = re.compile(rb"[\x22\x23\x2d][\xf0-\xf9]{2}", re.DOTALL)
_LONG = re.compile(rb"[\x24\x2e][\xf0-\xf9]{3}", re.DOTALL)
_TAG = re.compile(rb"\x1f[\x08-\x0a](?:\x82..|\x81.|[\x00-\x7f])", re.DOTALL)


def masked_number(raw: bytes) -> str:
    """A card number (BMP 22) for people, such as `************4771`; what the terminal masked
    well stays as it is, anything else keeps its last four digits at most."""
    number = raw.hex().upper().split(SEPARATOR)[0].rstrip(PADDING)
    hidden = sum(not digit.isdecimal() for digit in number)
    if hidden >= FEWEST_HIDDEN and len(number) - hidden <= MOST_VISIBLE:
        return "".join(digit if digit.isdecimal() else "*" for digit in number)
    return "*" * len(number) if len(number) < 8 else "*" * (len(number) - 4) + number[-4:]


def masked_number_bytes(raw: bytes) -> bytes:
    """The same as bytes of the same length; what follows a separator is hidden as well."""
    shown = masked_number(raw).replace("*", f"{HIDDEN:X}")
    padding = len(raw.hex()) - len(raw.hex().rstrip("fF"))
    filled = shown.ljust(2 * len(raw) - padding, f"{HIDDEN:X}")
    return bytes.fromhex(filled.ljust(2 * len(raw), PADDING))


def hidden_bytes(raw: bytes) -> bytes:
    """As many bytes, all hidden: tracks and chip data show nothing."""
    return bytes([HIDDEN << 4 | HIDDEN]) * len(raw)


def masked_bytes(data: bytes) -> bytes:
    """Bytes of a frame, same length, with everything hidden that looks like a field of card data:
    for journals, logs and remainders that cannot be parsed. Other bytes stay as they are."""
    shown = bytearray(data)
    for pattern, length, mask in (
        (_SHORT, _decimal_length, None),
        (_LONG, _decimal_length, hidden_bytes),
        (_TAG, _tag_length, hidden_bytes),
    ):
        for found in pattern.finditer(data):
            end = found.end() + length(found.group())
            hide = mask or (masked_number_bytes if found.group()[0] == 0x22 else hidden_bytes)
            _hide(shown, found.end(), end, hide)
    return bytes(shown)


def _hide(shown: bytearray, start: int, end: int, hide: Callable[[bytes], bytes]) -> None:
    shown[start:end] = hide(bytes(shown[start:end]))


def _decimal_length(head: bytes) -> int:
    return int("".join(str(digit & 0x0F) for digit in head[1:]))


def _tag_length(head: bytes) -> int:
    return head[2] if len(head) == 3 else int.from_bytes(head[3:], "big")
