"""How amounts, days and instants read at the register, in German and in English.

A figure and its unit never part (no-break space), a minus is U+2212 as long as a plus.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from ledger.calendar import CITY_TIME
from terminals.till.pages.frame import Language

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
GROUP = 4
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one language; every method gives text for the screen."""

    language: Language

    def count(self, number: int) -> str:
        """`1234` → `1.234`, `1,234`."""
        digits = f"{number:,}"
        return digits if self.language == "en" else digits.replace(",", ".")

    def euro(self, cents: int) -> str:
        """`-150` → `−1,50 €`, `−€1.50`."""
        whole, rest = divmod(abs(cents), 100)
        sign = MINUS if cents < 0 else ""
        if self.language == "en":
            return f"{sign}€{self.count(whole)}.{rest:02d}"
        return f"{sign}{self.count(whole)},{rest:02d}{NO_BREAK_SPACE}€"

    def round_euro(self, cents: int) -> str:
        """Whole euros without decimals, for notes and limits: `1000` → `10 €`, `€10`."""
        whole, rest = divmod(cents, 100)
        if rest:
            return self.euro(cents)
        if self.language == "en":
            return f"€{self.count(whole)}"
        return f"{self.count(whole)}{NO_BREAK_SPACE}€"

    def spoken(self, cents: int) -> str:
        """For a screen reader: `1900` → `19,00 Euro`, `19.00 euros`."""
        whole, rest = divmod(abs(cents), 100)
        sign = MINUS if cents < 0 else ""
        if self.language == "en":
            return f"{sign}{whole}.{rest:02d} euros"
        return f"{sign}{whole},{rest:02d} Euro"

    def clock(self, at: datetime) -> str:
        """`11:42` in the city's time; `at` is aware."""
        return f"{_in_the_city(at):%H:%M}"

    def seconds(self, at: datetime) -> str:
        """`11:42:09` in the city's time; `at` is aware."""
        return f"{_in_the_city(at):%H:%M:%S}"

    def of_day(self, at: time) -> str:
        """A local time of day: `09:12`."""
        return f"{at:%H:%M}"

    def day(self, on: date) -> str:
        """`07.02.2026`, `7 Feb 2026`."""
        if self.language == "en":
            return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
        return f"{on:%d.%m.%Y}"

    def short_day(self, on: date) -> str:
        """`06.02.`, `6 Feb`; where the year is clear."""
        if self.language == "en":
            return f"{on.day} {MONTHS[on.month - 1]}"
        return f"{on:%d.%m.}"

    def date_of(self, at: datetime) -> date:
        """The city's day at this instant."""
        return _in_the_city(at).date()

    def elapsed(self, since: datetime, now: datetime) -> str:
        """`0:09`, minutes and seconds; never below zero."""
        minutes, rest = divmod(max(0, int((now - since).total_seconds())), 60)
        return f"{minutes}:{rest:02d}"

    def grouped(self, number: str) -> str:
        """`5301004277183` → `5301 0042 7718 3`."""
        return " ".join(number[at : at + GROUP] for at in range(0, len(number), GROUP))


def _in_the_city(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: pass an aware datetime")
    return at.astimezone(CITY_TIME)
