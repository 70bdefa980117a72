"""04 0F, the outcome of a transaction, from its fields and tags wherever a device puts them."""

from collections.abc import Mapping
from datetime import date, time

from terminals.adapters.zvt.protocol import fields, tlv
from terminals.adapters.zvt.protocol.fields import Fields
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.messages.answers import Malformed, StatusInformation
from terminals.adapters.zvt.protocol.messages.tagged import (
    decimal_of,
    digits_of,
    display_text,
    number_of,
    text_of,
)
from terminals.adapters.zvt.protocol.tlv import Tag
from terminals.adapters.zvt.protocol.words.cards import CARDHOLDER, ENTRY

SEE_TAG_41 = 0xFF  # the card type has no room in BMP 8A


def status_information(frame: Frame, charset: str) -> StatusInformation | Malformed:
    """The outcome that a frame reports; unknown fields are kept in `rest` with all behind them."""
    parsed = fields.parse(frame.data, texts=charset)
    if parsed.problem:
        return Malformed(parsed.problem, frame)
    tags = parsed.tags
    pan = parsed.text(0x22)
    aid = tlv.find(tags, 0x43)
    return StatusInformation(
        result=parsed.number(0x27),
        amount_cents=parsed.number(0x04),
        currency=parsed.number(0x49),
        trace=_trace(parsed),
        original_trace=parsed.number(0x37),
        receipt=parsed.number(0x87),
        turnover=parsed.number(0x88),
        time=_time(parsed.text(0x0C) or digits_of(tags, 0x1F0F)),
        month_day=_month_day(parsed.text(0x0D)),
        date=_date(digits_of(tags, 0x1F0E), parsed.text(0xAA)),
        terminal_id=parsed.text(0x29) or digits_of(tags, 0x1F44),
        vu_number=parsed.text(0x2A).strip(),
        payment_type=parsed.number(0x19),
        card_type=_card_type(parsed),
        card_name=_card_name(parsed, charset),
        card_sequence=parsed.number(0x17),
        pan=pan,
        last4=pan[-4:] if pan[-4:].isdecimal() else "",
        entry=_word(ENTRY, number_of(tags, 0x1F12)),
        cardholder=_word(CARDHOLDER, number_of(tags, 0x1F10)),
        authorisation=parsed.text(0x3B).strip(),
        result_as=parsed.number(0xA0),
        merchant_text=parsed.text(0x3C) or display_text(tags, charset),
        aid="" if aid is None else aid.raw.hex().upper(),
        totals=parsed.totals(),
        receipt_flags=_receipt_flags(tags),
        receipt_info=number_of(tags, 0x1F37),
        fields=parsed.values,
        tags=tags,
        rest=parsed.rest,
    )


def _trace(parsed: Fields) -> int | None:
    """BMP 0B has six digits; a device with longer numbers writes zeros there and TLV 1F2B."""
    long_trace = decimal_of(parsed.tags, 0x1F2B)
    return parsed.number(0x0B) if long_trace is None else long_trace


def _card_type(parsed: Fields) -> int | None:
    card_type = parsed.number(0x8A)
    if card_type in (SEE_TAG_41, None):
        return number_of(parsed.tags, 0x41) or card_type
    return card_type


def _card_name(parsed: Fields, charset: str) -> str:
    names = (parsed.text(0x8B), *(text_of(parsed.tags, tag, charset) for tag in (0x44, 0x42)))
    return next((name.strip() for name in names if name.strip()), "")


def _receipt_flags(tags: tuple[Tag, ...]) -> tuple[int, int] | None:
    """TLV 45: first merchant, then customer. Captured frames write a byte for each (02 02 00 00),
    the description speaks of digits: a first byte of two digits is read as both."""
    found = tlv.find(tags, 0x45)
    if found is None or not found.raw:
        return None
    first = found.raw[0]
    if first > 0x0F or len(found.raw) == 1:
        return first >> 4, first & 0x0F
    return first, found.raw[1]


def _word(words: Mapping[int, str], number: int | None) -> str:
    return "" if number is None else words.get(number, "")


def _time(text: str) -> time | None:
    numbers = _pairs(text)
    if len(numbers) != 3:
        return None
    hour, minute, second = numbers
    is_time = hour < 24 and minute < 60 and second < 60
    return time(hour, minute, second) if is_time else None


def _month_day(text: str) -> tuple[int, int] | None:
    numbers = _pairs(text)
    if len(numbers) != 2:
        return None
    month, day = numbers
    return (month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _date(with_century: str, short: str) -> date | None:
    text = with_century or (f"20{short}" if short else "")
    numbers = _pairs(text)
    if len(numbers) != 4:
        return None
    century, year, month, day = numbers
    try:
        return date(century * 100 + year, month, day)
    except ValueError:  # a device without a clock says 00000000
        return None


def _pairs(text: str) -> list[int]:
    if not (text.isascii() and text.isdecimal()):
        return []
    return [int(text[start : start + 2]) for start in range(0, len(text), 2)]
