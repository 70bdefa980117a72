"""Frames of a terminal as values; whatever the bytes are, the answer is a value too."""

from collections.abc import Callable

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol import fields, tlv
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.masking import masked_bytes
from terminals.adapters.zvt.protocol.messages.answers import (
    Abort,
    Ack,
    IntermediateStatus,
    Malformed,
    Message,
    Refuse,
    Unsupported,
)
from terminals.adapters.zvt.protocol.messages.completion import completion
from terminals.adapters.zvt.protocol.messages.receipts import print_block, print_line
from terminals.adapters.zvt.protocol.messages.status import status_information
from terminals.adapters.zvt.protocol.messages.tagged import (
    display_text,
    own_container,
    text_of,
)
from terminals.adapters.zvt.protocol.numbers import digits

NO_CODE = "An intermediate status (04 FF) without a code."
_WRONG_CURRENCY = 0x6F
_SYSTEM_ERROR = 0xFF


def read(frame: Frame, *, charset: str = charsets.AUTO) -> Message | Malformed:
    """What the frame says. Never raises, for no bytes.

    charset: one of `charset.CHARSETS`, what this terminal writes its texts in. A frame that is
    whole but breaks the rules of its command is Malformed; a command no till hears, Unsupported.
    """
    if frame.command[0] == 0x80 or frame.command == b"\x84\x00":
        return Ack(_tags_if_any(frame.data))
    if frame.command[0] == 0x84:
        return Refuse(frame.command[1], masked_bytes(frame.data))
    reader = _READERS.get(frame.command)
    return Unsupported(frame) if reader is None else reader(frame, charset)


def _intermediate_status(frame: Frame, charset: str) -> IntermediateStatus | Malformed:
    if not frame.data:
        return Malformed(NO_CODE, frame)
    code, after = frame.data[0], frame.data[1:]
    minutes = None
    # The timeout before a container may be missing: then the container fills what is left.
    if after and own_container(after) is None:
        minutes, after = digits(after[:1]), after[1:]
    parsed = fields.parse(after, texts=charset)
    if parsed.problem:
        return Malformed(parsed.problem, frame)
    text = display_text(parsed.tags, charset)
    return IntermediateStatus(code, minutes, text, parsed.tags, parsed.rest)


def _abort(frame: Frame, charset: str) -> Abort:
    """An abort is never malformed: that nothing more comes is known even of an empty one."""
    data = frame.data
    if not data:
        return Abort(_SYSTEM_ERROR)
    code, after, currency = data[0], data[1:], None
    if code == _WRONG_CURRENCY and len(after) >= 2 and after[0] != 0x49:
        currency, after = digits(after[:2]), after[2:]
    parsed = fields.parse(after, texts=charset)
    vendor = tlv.find(parsed.tags, 0x1F16)
    return Abort(
        code,
        currency=parsed.number(0x49) if currency is None else currency,
        receipts=_receipts(parsed),
        vendor_code="" if vendor is None else vendor.raw.hex().upper(),
        text=text_of(parsed.tags, 0x1F17, charset) or display_text(parsed.tags, charset),
        fields=parsed.values,
        tags=parsed.tags,
        rest=parsed.rest,
    )


def _receipts(parsed: fields.Fields) -> tuple[int, ...]:
    """Receipt numbers of open pre-authorisations: BMP 87, and TLV 08 inside of 23."""
    listed = [digits(each.raw) for each in parsed.values if each.id == 0x87]
    for group in tlv.find_all(parsed.tags, 0x23):
        listed += [digits(each.raw) for each in tlv.find_all(group.children, 0x08)]
    return tuple(each for each in listed if each is not None)  # FFFF, for none, is no number


def _tags_if_any(data: bytes) -> tuple[tlv.Tag, ...]:
    return fields.parse(data).tags


_READERS: dict[bytes, Callable[[Frame, str], Message | Malformed]] = {
    b"\x04\x0f": status_information,
    b"\x04\xff": _intermediate_status,
    b"\x06\x0f": completion,
    b"\x06\x1e": _abort,
    b"\x06\xd1": print_line,
    b"\x06\xd3": print_block,
}
