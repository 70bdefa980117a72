"""What a table on the carrier is: its file, its columns and where its rows come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from reconciliation.exports.books import units
from reconciliation.reports.period import Period

DELIMITER, QUOTE, LINE_END = ";", '"', "\r\n"
Cell = str | int | date | None
Kind = Literal["text", "number", "amount", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. kind: amounts are cents, written with two digits behind a comma. refers_to: the
    table whose key it names; is_key: part of the primary key, whose columns come first."""

    name: str
    kind: Kind
    description: str
    refers_to: str | None = None
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class CarrierTable:
    """One table. name: as references name it; read: its rows in order, read as they are written;
    of_period: whether it holds what happened in the period, and not what stands beside it."""

    name: str
    file: str
    description: str
    columns: tuple[Column, ...]
    read: Callable[[Session, Period], Iterable[Sequence[Cell]]]
    of_period: bool = True


def line_of(table: CarrierTable, cells: Sequence[Cell]) -> str:
    """One row of the file: texts in quotes, numbers, amounts and days bare, nothing for None."""
    parts = (_written(column.kind, cell) for column, cell in zip(table.columns, cells, strict=True))
    return DELIMITER.join(parts) + LINE_END


def head_of(table: CarrierTable) -> str:
    """The first line: the names of the columns."""
    return DELIMITER.join(_quoted(column.name) for column in table.columns) + LINE_END


def _written(kind: Kind, cell: Cell) -> str:
    if cell is None:
        return ""
    if kind == "amount" and isinstance(cell, int):
        return units(cell, ",")
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return _quoted(cell) if isinstance(cell, str) else str(cell)


def _quoted(words: str) -> str:
    # A record is a line, whatever the text has in it.
    line = " ".join(words.split())
    return f"{QUOTE}{line.replace(QUOTE, QUOTE * 2)}{QUOTE}"
