"""Fields of ZVT (bitmaps, BMP): an id of one byte, a length by its kind, a value.

An unknown id has no known length: parsing stops there, and what is left is kept as it came.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from terminals.adapters.zvt.protocol import charset, tlv
from terminals.adapters.zvt.protocol.field_table import FIELDS, TLV_CONTAINER, Kind, Shape
from terminals.adapters.zvt.protocol.masking import (
    hidden_bytes,
    masked_number,
    masked_number_bytes,
)
from terminals.adapters.zvt.protocol.numbers import digits, digits_or_hex

SCHEMES = ("girocard", "JCB", "Mastercard", "American Express", "VISA", "Diners", "other")


@dataclass(frozen=True, slots=True)
class SchemeTotal:
    """What a terminal counted of one scheme; the sum has no sign, the count starts again at 256."""

    scheme: str
    count: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Totals:
    """BMP 60: the receipts of a day from first to last, and the sums of each scheme."""

    receipt_first: int
    receipt_last: int
    schemes: tuple[SchemeTotal, ...]


Value = int | str | Totals | tuple[tlv.Tag, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field. raw: its content without id and length, card data hidden; value: by its kind: a
    number, a text, "EEEE" in hex where it is neither, totals, or the objects of a TLV container."""

    id: int
    name: str
    raw: bytes = field(repr=False)
    value: Value


@dataclass(frozen=True, slots=True)
class Fields:
    """values: in the order of the bytes; rest: from the first unknown id on; problem: why parsing
    stopped where an id was known but its content breaks the rules, else ""."""

    values: tuple[FieldValue, ...]
    rest: bytes = field(default=b"", repr=False)
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        """All bytes were understood."""
        return not self.rest and not self.problem

    @property
    def tags(self) -> tuple[tlv.Tag, ...]:
        """The objects of all TLV containers."""
        found: list[tlv.Tag] = []
        for each in self.values:
            if each.id == TLV_CONTAINER and isinstance(each.value, tuple):
                found.extend(each.value)
        return tuple(found)

    def number(self, field_id: int) -> int | None:
        """The number in the last field with this id; None where there is none."""
        value = self._value(field_id)
        return value if isinstance(value, int) else None

    def text(self, field_id: int) -> str:
        """The text in the last field with this id, "" where there is none."""
        value = self._value(field_id)
        return value if isinstance(value, str) else ""

    def totals(self) -> Totals | None:
        """The single totals (BMP 60)."""
        value = self._value(0x60)
        return value if isinstance(value, Totals) else None

    def _value(self, field_id: int) -> Value | None:
        return next((each.value for each in reversed(self.values) if each.id == field_id), None)


def parse(data: bytes, *, texts: str = charset.AUTO) -> Fields:
    """The fields of `data`; never raises. texts: the character set of texts."""
    values: list[FieldValue] = []
    position = 0
    while position < len(data):
        shape = FIELDS.get(data[position])
        if shape is None:
            return Fields(tuple(values), data[position:])
        try:
            start, end = _borders(data, position + 1, shape)
            values.append(_value(data[position], data[start:end], shape, texts))
        except (_Broken, tlv.TlvTrouble) as broken:
            problem = f"Field {data[position]:02X} ({shape.english}): {broken}."
            return Fields(tuple(values), _rest(data[position:], shape), problem)
        position = end
    return Fields(tuple(values))


def length_digits(raw: bytes) -> int:
    """The length that digits F0 to F9 write, `F1 F8` = 18. Raises ValueError for other bytes."""
    if any(digit & 0xF0 != 0xF0 or digit & 0x0F > 9 for digit in raw):
        raise _Broken(f"{raw.hex(' ').upper()} is no length; its digits are F0 to F9")
    return int("".join(str(digit & 0x0F) for digit in raw))


def encoded_digits(length: int, count: int) -> bytes:
    """A length as `count` digits F0 to F9. Raises ValueError where it does not fit."""
    if not 0 <= length < 10**count:
        raise ValueError(f"{length} does not fit into {count} length digits")
    return bytes(0xF0 | int(digit) for digit in f"{length:0{count}d}")


class _Broken(ValueError):
    """A field whose content breaks the rules of its kind."""


def _borders(data: bytes, start: int, shape: Shape) -> tuple[int, int]:
    """Where the content of a field begins and ends, whose id stands before `start`."""
    if shape.kind is Kind.TLV:
        head, size = tlv.length(data[start : start + 3])
    elif shape.length_digits:
        head = shape.length_digits
        if len(data) < start + head:
            raise _Broken("its length is cut off")
        size = length_digits(data[start : start + head])
    else:
        head, size = 0, shape.size
    end = start + head + size
    if end > len(data):
        raise _Broken(f"it has {size} bytes, {max(0, len(data) - start - head)} are here")
    return start + head, end


def _rest(data: bytes, shape: Shape) -> bytes:
    """What is left from a broken field on; nobody knows how far its card data reach."""
    if shape.kind not in (Kind.CARD_NUMBER, Kind.SECRET):
        return data
    head = 1 + shape.length_digits
    return data[:head] + hidden_bytes(data[head:])


def _value(field_id: int, raw: bytes, shape: Shape, texts: str) -> FieldValue:
    match shape.kind:
        case Kind.CARD_NUMBER:
            return FieldValue(field_id, shape.name, masked_number_bytes(raw), masked_number(raw))
        case Kind.SECRET:
            hidden = f"({len(raw)} bytes, hidden)"
            return FieldValue(field_id, shape.name, hidden_bytes(raw), hidden)
        case Kind.TLV:
            tags = tlv.parse(raw)
            return FieldValue(field_id, shape.name, tlv.raw_of(raw, tags), tags)
        case Kind.TEXT:
            return FieldValue(field_id, shape.name, raw, charset.decode(raw.rstrip(b"\0"), texts))
        case _:
            return FieldValue(field_id, shape.name, raw, _READERS[shape.kind](raw))


def _totals(raw: bytes) -> Totals | str:
    first, last = digits(raw[:2]), digits(raw[2:4])
    rows = [raw[start : start + 7] for start in range(4, len(raw), 7)]
    if first is None or last is None or len(raw) != 4 + 7 * len(SCHEMES):
        return raw.hex().upper()
    schemes = []
    for scheme, row in zip(SCHEMES, rows, strict=True):
        cents = digits(row[1:])
        if cents is None:
            return raw.hex().upper()
        schemes.append(SchemeTotal(scheme, row[0], cents))
    return Totals(first, last, tuple(schemes))


_READERS: dict[Kind, Callable[[bytes], Value]] = {
    Kind.BINARY: lambda raw: int.from_bytes(raw, "big"),
    Kind.NUMBER: digits_or_hex,
    Kind.DIGITS: lambda raw: raw.hex().upper(),
    Kind.HEX: lambda raw: raw.hex().upper(),
    Kind.TOTALS: _totals,
}
