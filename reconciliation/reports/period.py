"""What a report covers: business days, as the books were known at an instant."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from ledger.balances import cut_at
from ledger.calendar import CITY_TIME
from ledger.turnovers import last_entry_before

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20\d\d")
_DAYS = re.compile(r"(20\d\d-\d\d-\d\d)_(20\d\d-\d\d-\d\d)")
NAMES = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Business days from `first` to `last`, both inclusive.

    known_at: aware; only what was sealed by then counts, so the same question gets the same
    answer for ever. None for everything there is now.
    """

    first: date
    last: date
    known_at: datetime | None = None

    @property
    def is_month(self) -> bool:
        """Whether it is one whole month."""
        return self.first == month_of(self.first).first and self.last == month_of(self.first).last

    @property
    def name(self) -> str:
        """`2026-11`, `2026`, or both days: as addresses and files say it."""
        if self.is_month:
            return f"{self.first:%Y-%m}"
        if (self.first, self.last) == (date(self.first.year, 1, 1), date(self.first.year, 12, 31)):
            return f"{self.first:%Y}"
        return f"{self.first}_{self.last}"

    @property
    def words(self) -> str:
        """`November 2026`, or both days."""
        if self.is_month:
            return f"{NAMES[self.first.month - 1]} {self.first.year}"
        return f"{self.first:%d.%m.%Y} bis {self.last:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The entries that can be of a period: after `after_entry` and up to `until_entry`."""

    after_entry: int
    until_entry: int


def month_of(day: date, *, known_at: datetime | None = None) -> Period:
    """The month a day is in."""
    days = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=days), known_at)


def year_of(year: int, *, known_at: datetime | None = None) -> Period:
    """A calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31), known_at)


def period_named(name: str, *, known_at: datetime | None = None) -> Period | None:
    """`2026-11`, `2026`, or two days in their order, `2026-11-02_2026-11-17`; else None."""
    if found := _MONTH.fullmatch(name):
        return month_of(date(int(found[1]), int(found[2]), 1), known_at=known_at)
    if found := _DAYS.fullmatch(name):
        return between(found[1], found[2], known_at=known_at)
    return year_of(int(name), known_at=known_at) if _YEAR.fullmatch(name) else None


def between(first: str, last: str, *, known_at: datetime | None = None) -> Period | None:
    """Two days written as `2026-11-17`, the first not after the last; else None."""
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return Period(*days, known_at) if days[0] <= days[1] else None


def instants(period: Period) -> tuple[datetime, datetime]:
    """The instants its days begin and end at in the city, the end not included; no later than
    what it knows."""
    begin = datetime.combine(period.first, time(), CITY_TIME)
    end = datetime.combine(period.last + timedelta(days=1), time(), CITY_TIME)
    return begin, min(end, period.known_at) if period.known_at else end


def bounds(session: Session, period: Period) -> Bounds:
    """Where to look for the period's entries: a month of a long journal is read alone."""
    cut = cut_at(session, as_of=period.last, known_at=period.known_at)
    until = 2**62 if cut.with_tail else cut.last_entry
    return Bounds(last_entry_before(session, period.first), until)
