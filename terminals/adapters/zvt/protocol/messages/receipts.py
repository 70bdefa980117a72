"""Receipts that a terminal wants printed: single lines (06 D1) and blocks (06 D3)."""

from dataclasses import dataclass

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol import fields, tlv
from terminals.adapters.zvt.protocol.field_table import TLV_CONTAINER
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.messages.answers import (
    Malformed,
    PrintBlock,
    PrintedLine,
    PrintLine,
)
from terminals.adapters.zvt.protocol.messages.tagged import (
    charset_for,
    number_of,
    own_container,
)

NO_ATTRIBUTE = "A line to print (06 D1) without an attribute."
_LINE_FEEDS = 0xFF
_END = 0x80
_RIGHT = 0x0F


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks. indent: characters from the left."""

    is_centred: bool
    is_wide: bool
    is_high: bool
    is_right: bool
    indent: int


def style(attribute: int) -> Style:
    """The meaning of a line's attribute byte; an end mark has none."""
    if attribute & _END:
        return Style(False, False, False, False, 0)
    is_plain = attribute & 0xF0 == 0
    is_right = attribute == _RIGHT
    return Style(
        is_centred=bool(attribute & 0x40),
        is_wide=bool(attribute & 0x20),
        is_high=bool(attribute & 0x10),
        is_right=is_right,
        indent=attribute & 0x0F if is_plain and not is_right else 0,
    )


def print_line(frame: Frame, charset: str) -> PrintLine | Malformed:
    """06 D1: attribute and text, behind it a container with some devices."""
    if not frame.data:
        return Malformed(NO_ATTRIBUTE, frame)
    attribute = frame.data[0]
    text, container = split_line(frame.data[1:])
    tags = own_container(container) or ()
    kind = number_of(tags, 0x1F07)
    if attribute == _LINE_FEEDS:
        return PrintLine(attribute, line_feeds=text[0] if text else 1, receipt_type=kind, tags=tags)
    return PrintLine(
        attribute,
        text=charsets.decode(text, charset_for(tags, charset, text)),
        is_last=attribute > _END,
        receipt_type=kind,
        tags=tags,
    )


def split_line(text: bytes) -> tuple[bytes, bytes]:
    """(text, container behind it): the container fits the end exactly or is none; 06 is no
    character of receipts."""
    start = text.find(TLV_CONTAINER)
    while start >= 0:
        if own_container(text, start) is not None:
            return text[:start], text[start:]
        start = text.find(TLV_CONTAINER, start + 1)
    return text, b""


def print_block(frame: Frame, charset: str) -> PrintBlock | Malformed:
    """06 D3: lines in TLV 25; one of the blocks of a receipt ends it with a marked attribute."""
    parsed = fields.parse(frame.data, texts=charset)
    if parsed.problem:
        return Malformed(parsed.problem, frame)
    used = charset_for(parsed.tags, charset)
    lines: list[PrintedLine] = []
    attribute, is_last = 0, False
    for each in tlv.walk(parsed.tags):
        if each.tag == 0x09 and each.raw:
            attribute = each.raw[0]
            is_last |= attribute > _END
        elif each.tag == 0x07:
            shown = 0 if attribute & _END else attribute
            lines.append(PrintedLine(charsets.decode(each.raw, used), shown))
    return PrintBlock(
        receipt_type=number_of(parsed.tags, 0x1F07),
        lines=tuple(lines),
        is_last=is_last,
        receipt_info=number_of(parsed.tags, 0x1F37),
        tags=parsed.tags,
        rest=parsed.rest,
    )
