"""The journal as CSV in the shape a finance system asks for; columns and signs are the city's.

One row for each Buchungssatz (`rows = "transfers"`), or two, one for each account it touches
(`rows = "legs"`). Without settings it is a plain table with every field. What may lead to a
person (the reference of a case) is no field: it can be erased in the books, and not here.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TextIO

from ledger.calendar import CITY_TIME
from ledger.entries import DIMENSIONS
from reconciliation.exports import (
    Books,
    Export,
    ExportedEntry,
    ExportedTransfer,
    Layout,
    Settings,
    units,
)
from reconciliation.exports.fields import Values, mapped

OF_BOTH = ("batch", "entry", "line", "booked_on", "recorded_at", "event", "title", "reference",
           "reverses", "amount", "currency", *DIMENSIONS)  # fmt: skip
OF_ROWS = {"transfers": ("debit", "credit"), "legs": ("account", "counter_account", "side")}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate
TEXTS = frozenset({"event", "title", "reference", *DIMENSIONS})
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso-8859-15")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the first line, and the field or the fixed text it shows."""

    name: str
    field: str | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The settings of this format, checked.

    sign: of amounts of legs. sides: the words for debit and credit. account: our full code, or
    the control account's number alone. guard: texts that a spreadsheet would calculate get an
    apostrophe.
    """

    rows: str
    columns: tuple[Column, ...]
    accounts: Mapping[str, str]
    account: str
    delimiter: str
    quote: str
    line_end: str
    decimal: str
    day: str
    sign: str
    sides: tuple[str, str]
    head: bool
    guard: bool


Row = Mapping[str, Any]


def layout(settings: Settings) -> Layout:
    """How this city wants it; without settings a plain table."""
    values = Values("journal_csv", settings)
    values.only("encoding", "column", *(each.name for each in fields(Shape)))
    shape = _shape(values)
    encoding = values.choice("encoding", ENCODINGS)
    return Layout(lambda books, stream: write(books, stream, shape), ".csv", encoding)


def write(books: Books, stream: TextIO, shape: Shape) -> None:
    """A line of names, then a row for each transfer or for each account it touches."""
    rows = csv.writer(
        stream, delimiter=shape.delimiter,
        quoting=csv.QUOTE_ALL if shape.quote == "all" else csv.QUOTE_MINIMAL,
        lineterminator="\r\n" if shape.line_end == "crlf" else "\n",
    )  # fmt: skip
    if shape.head:
        rows.writerow([column.name for column in shape.columns])
    cut: Callable[..., Iterator[Row]] = _legs if shape.rows == "legs" else _transfers
    for entry in books.entries:
        for row in cut(books, entry, shape):
            rows.writerow([_cell(column, row, shape) for column in shape.columns])


def _transfers(books: Books, entry: ExportedEntry, shape: Shape) -> Iterator[Row]:
    for line, moved in enumerate(entry.transfers, start=1):
        yield _row(books, entry, line, moved) | {
            "amount": moved.amount_cents,
            "debit": _account(shape, moved.debit_code),
            "credit": _account(shape, moved.credit_code),
        }


def _legs(books: Books, entry: ExportedEntry, shape: Shape) -> Iterator[Row]:
    negative = {"debit_positive": 1, "credit_positive": 0}.get(shape.sign)
    for line, moved in enumerate(entry.transfers, start=1):
        both = (_account(shape, moved.debit_code), _account(shape, moved.credit_code))
        row = _row(books, entry, line, moved)
        for n, side in enumerate(shape.sides):
            cents = -moved.amount_cents if n == negative else moved.amount_cents
            yield row | {
                "amount": cents, "account": both[n], "counter_account": both[1 - n], "side": side,
            }  # fmt: skip


def _row(books: Books, entry: ExportedEntry, line: int, moved: ExportedTransfer) -> dict[str, Any]:
    found: dict[str, Any] = {
        "batch": books.number, "entry": entry.id, "line": line, "booked_on": entry.booked_on,
        "recorded_at": entry.recorded_at, "event": entry.event, "title": entry.title,
        "reference": entry.reference, "reverses": entry.reverses, "currency": moved.currency,
    }  # fmt: skip
    return found | {name: getattr(moved.dimensions, name) for name in DIMENSIONS}


def _cell(column: Column, row: Row, shape: Shape) -> str:
    if column.field is None:
        return column.text
    value = row[column.field]
    if value is None:
        return ""
    if column.field == "amount":
        return units(value, shape.decimal)
    if isinstance(value, datetime):
        return value.astimezone(CITY_TIME).strftime(f"{shape.day} %H:%M:%S")
    if isinstance(value, date):
        return value.strftime(shape.day)
    text = str(value)
    is_formula = shape.guard and column.field in TEXTS and text.startswith(FORMULA)
    return f"'{text}" if is_formula else text


def _account(shape: Shape, code: str) -> str:
    if shape.account == "full" and code not in shape.accounts:
        control, slash, name = code.partition("/")
        return f"{mapped(shape.accounts, control)}{slash}{name}"
    return mapped(shape.accounts, code)


def _shape(values: Values) -> Shape:
    rows = values.choice("rows", ("transfers", "legs"))
    sides = values.given.get("sides", ["S", "H"])
    if not (isinstance(sides, list) and len(sides) == 2 and all(map(str, sides))):
        raise values.wrong("sides are two words, for debit and for credit")
    delimiter = values.text("delimiter", ";", longest=1)
    decimal = values.choice("decimal", (",", "."))
    if len(delimiter) != 1 or delimiter == decimal:
        raise values.wrong("delimiter is one sign, and another one than the decimal sign")
    known = (*OF_BOTH, *OF_ROWS[rows])
    columns = tuple(_column(each, known) for each in values.tables("column"))
    return Shape(
        rows=rows, columns=columns or tuple(Column(name, name) for name in known),
        accounts=values.texts("accounts"), account=values.choice("account", ("control", "full")),
        delimiter=delimiter, quote=values.choice("quote", ("minimal", "all")),
        line_end=values.choice("line_end", ("crlf", "lf")), decimal=decimal,
        day=values.text("day", "%d.%m.%Y"),
        sign=values.choice("sign", ("none", "debit_positive", "credit_positive")),
        sides=(str(sides[0]), str(sides[1])), head=values.flag("head", default=True),
        guard=values.flag("guard", default=True),
    )  # fmt: skip


def _column(values: Values, known: tuple[str, ...]) -> Column:
    values.only("name", "field", "text")
    if "field" not in values.given:
        return Column(values.text("name"), None, values.text("text"))
    field = values.text("field")
    if field not in known:
        raise values.wrong(f"there is no field {field}; there are {', '.join(known)}")
    return Column(values.text("name", field), field)


EXPORT = Export("journal_csv", "Journal (CSV)", layout)
