"""Values of single fields and tags in words, where a number alone says too little."""

from collections.abc import Callable

from terminals.adapters.zvt.protocol import words
from terminals.adapters.zvt.protocol.fields import FieldValue, Totals
from terminals.adapters.zvt.protocol.tlv import Tag
from terminals.adapters.zvt.protocol.words import Phrase

_STATUS_INFORMATION, _COMPLETION = b"\x04\x0f", b"\x06\x0f"


def field_meaning(command: bytes, given: FieldValue) -> Phrase | None:
    """What the value of a field says in this command; None where it speaks for itself."""
    value = given.value
    if isinstance(value, Totals):
        return _totals(value)
    if isinstance(value, str):
        reader = _TEXTS.get(given.id)
        return None if reader is None else reader(value)
    if not isinstance(value, int):
        return None
    if given.id == 0x27 and command == _COMPLETION:
        return words.COMPLETION_RESULTS.get(value) or result_meaning(value)
    if given.id == 0x19:
        return _payment_type(command, value)
    known = _NUMBERS.get(given.id)
    return None if known is None else known(value)


def tag_meaning(tag: Tag) -> Phrase | None:
    """What the content of a tag says; None where it speaks for itself."""
    reader = _TAGS.get(tag.tag)
    return None if reader is None else reader(tag.raw)


def result_meaning(code: int) -> Phrase:
    """A result in words, behind its code in hex, by which all manuals list it."""
    english, german = words.result(code).phrase
    return Phrase(f"{code:02X}, {english}", f"{code:02X}, {german}")


def _payment_type(command: bytes, value: int) -> Phrase | None:
    if command == _STATUS_INFORMATION:
        return words.PAYMENT_TYPES.get(value)
    if command != _COMPLETION:
        return None
    said = words.registration(value)
    if not said:
        return Phrase("nothing to do", "nichts zu tun")
    return Phrase("; ".join(one.english for one in said), "; ".join(one.german for one in said))


def _totals(totals: Totals) -> Phrase:
    head = f"{totals.receipt_first:04}-{totals.receipt_last:04}"
    english, german = [f"receipts {head}"], [f"Belege {head}"]
    for each in totals.schemes:
        if each.count or each.amount_cents:
            sums = _money(each.amount_cents)
            english.append(f"{each.scheme} {each.count} x, {sums.english}")
            german.append(f"{each.scheme} {each.count} x, {sums.german}")
    return Phrase("; ".join(english), "; ".join(german))


def _money(cents: int) -> Phrase:
    euros, rest = divmod(cents, 100)
    return Phrase(f"{euros:,}.{rest:02}", f"{euros:,}".replace(",", ".") + f",{rest:02}")


def _card(card_type: int) -> Phrase | None:
    return _same(words.CARD_TYPES.get(card_type, ""))


def _same(text: str) -> Phrase | None:
    return Phrase(text, text) if text else None


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _time(digits: str) -> Phrase | None:
    shown = ":".join((digits[:2], digits[2:4], digits[4:]))
    return _same(shown) if digits.isdecimal() else None


def _day(digits: str) -> Phrase | None:
    return _same(f"{digits[2:]}.{digits[:2]}.") if digits.isdecimal() else None


_NUMBERS: dict[int, Callable[[int], Phrase | None]] = {
    0x04: _money,
    0x27: result_meaning,
    0x8A: _card,
}
_TEXTS: dict[int, Callable[[str], Phrase | None]] = {0x0C: _time, 0x0D: _day}

_TAGS: dict[int, Callable[[bytes], Phrase | None]] = {
    0x0A: lambda raw: words.command(raw) if len(raw) == 2 else None,
    0x41: lambda raw: _card(_number(raw)),
    0x43: lambda raw: _same(words.scheme(None, "", raw.hex().upper())),
    0x1F07: lambda raw: words.RECEIPT_TYPES.get(_number(raw)),
    0x1F10: lambda raw: words.CARDHOLDER_PHRASES.get(_number(raw)),
    0x1F12: lambda raw: words.ENTRY_PHRASES.get(_number(raw)),
}
