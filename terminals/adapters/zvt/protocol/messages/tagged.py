"""What several messages look up in their TLV containers."""

from collections.abc import Iterable

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol import tlv
from terminals.adapters.zvt.protocol.field_table import TLV_CONTAINER
from terminals.adapters.zvt.protocol.numbers import digits
from terminals.adapters.zvt.protocol.tlv import Tag


def charset_for(tags: tuple[Tag, ...], charset: str, *texts: bytes) -> str:
    """The set to read these tags and texts in: the terminal's setting, else what TLV 14 announces,
    else a guess by all lines together, since one line alone may have too few umlauts."""
    if charset != charsets.AUTO:
        return charset
    mark = tlv.find(tags, 0x14)
    known = charsets.announced(None if mark is None else mark.raw)
    lines = (each.raw for each in tlv.find_all(tags, 0x07))
    return known or charsets.guess((*texts, *lines))


def display_text(tags: tuple[Tag, ...], charset: str) -> str:
    """The text lines of TLV 24, what the device shows or wants shown; "" without any."""
    used = charset_for(tags, charset)
    lines = [
        charsets.decode(line.raw, used)
        for group in tlv.find_all(tags, 0x24)
        for line in tlv.find_all(group.children, 0x07)
    ]
    return "\n".join(lines)


def text_of(tags: Iterable[Tag], tag: int, charset: str) -> str:
    """The text in the first object with this tag, "" where there is none."""
    found = tlv.find(tags, tag)
    return "" if found is None else charsets.decode(found.raw.rstrip(b"\0"), charset)


def number_of(tags: Iterable[Tag], tag: int) -> int | None:
    """The binary number in the first object with this tag."""
    found = tlv.find(tags, tag)
    return None if found is None or not found.raw else int.from_bytes(found.raw, "big")


def decimal_of(tags: Iterable[Tag], tag: int) -> int | None:
    """The BCD number in the first object with this tag."""
    found = tlv.find(tags, tag)
    return None if found is None else digits(found.raw)


def digits_of(tags: Iterable[Tag], tag: int) -> str:
    """The BCD digits in the first object with this tag, with their zeros; "" without any."""
    found = tlv.find(tags, tag)
    return "" if found is None else found.raw.hex().upper()


def own_container(data: bytes, start: int = 0) -> tuple[Tag, ...] | None:
    """The objects of the one TLV container that fills `data` from `start` on exactly; None where
    there is no such container."""
    if data[start : start + 1] != bytes([TLV_CONTAINER]):
        return None
    try:
        head, size = tlv.length(data[start + 1 : start + 4])
        if start + 1 + head + size != len(data):
            return None
        return tlv.parse(data[start + 1 + head :])
    except tlv.TlvTrouble:
        return None
