"""The time a statement is about: a year or a month, as its address says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.calendar import next_month

_NAMED = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A whole year, or with `month` one of its months."""

    year: int
    month: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        if self.month is None:
            return date(self.year, 12, 31)
        return next_month(self.first) - timedelta(days=1)

    @property
    def name(self) -> str:
        """As the address says it: `2026` or `2026-11`."""
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"


def period_of(name: str) -> Period | None:
    """`2026` or `2026-11`; None for anything else."""
    found = _NAMED.fullmatch(name)
    if found is None:
        return None
    return Period(int(found["year"]), int(found["month"]) if found["month"] else None)


def years_since(opened: date, today: date) -> Sequence[tuple[Period, Sequence[Period]]]:
    """Each year with its months from the first day to this one, the newest first."""
    years = []
    for year in range(today.year, opened.year - 1, -1):
        first = opened.month if year == opened.year else 1
        last = today.month if year == today.year else 12
        months = [Period(year, month) for month in range(last, first - 1, -1)]
        years.append((Period(year), months))
    return years
