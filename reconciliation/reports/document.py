"""What a report says, before it has a form: tables of typed cells, each with a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reconciliation.reports.period import Period

Cell = str | int | None
Kind = Literal["text", "euro", "number", "percent", "tick", "remark"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. kind: euro cells are cents, percent cells tenths of a percent; tick and remark
    are left empty for whoever works through it with a pen."""

    name: str
    kind: Kind
    has_sum: bool = False


def text(name: str) -> Column:
    """Words and codes, to the left."""
    return Column(name, "text")


def euro(name: str, *, has_sum: bool = True) -> Column:
    """Cents, shown as euros and summed up below."""
    return Column(name, "euro", has_sum)


def number(name: str, *, has_sum: bool = True) -> Column:
    """A count."""
    return Column(name, "number", has_sum)


def percent(name: str) -> Column:
    """Tenths of a percent: 97 is 9,7 %."""
    return Column(name, "percent")


def tick(name: str) -> Column:
    """A box to tick on paper; the cells are None."""
    return Column(name, "tick")


def remark(name: str) -> Column:
    """Room to write on paper; the cells are None."""
    return Column(name, "remark")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one title. agrees: whether the check of this table holds; None where it has none.

    sentence: what the table says, in words; check: what was held against what.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    sentence: str = ""
    check: str = ""
    agrees: bool | None = None

    @property
    def sums(self) -> tuple[Cell, ...]:
        """The foot: the sum of each column that has one, else nothing."""
        return tuple(
            sum(value for row in self.rows if isinstance(value := row[place], int))
            if column.has_sum
            else None
            for place, column in enumerate(self.columns)
        )

    @property
    def has_sums(self) -> bool:
        """Whether a foot is worth its line."""
        return len(self.rows) > 1 and any(column.has_sum for column in self.columns)


@dataclass(frozen=True, slots=True)
class Document:
    """A report of a period, as the books were known."""

    title: str
    period: Period
    tables: tuple[Table, ...]

    @property
    def agrees(self) -> bool:
        """Whether every check in it holds."""
        return all(table.agrees is not False for table in self.tables)
