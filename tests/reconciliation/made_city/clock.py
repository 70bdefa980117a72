"""Instants, German wall clocks and the banks' business days (TARGET)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def instant(day: date, seconds: int, *, fold: int = 0) -> datetime:
    """UTC of `seconds` after midnight on German clocks; a time that is skipped moves on."""
    wall = datetime.combine(day, time()) + timedelta(seconds=seconds)
    return wall.replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def wall_of(at: datetime) -> datetime:
    """What a German clock shows, without saying which of two equal hours it is."""
    return at.astimezone(BERLIN).replace(tzinfo=None)


def hours_of_change(day: date) -> int:
    """Length of a German day against 24 hours: -1 in spring, 1 in autumn, else 0."""
    length = instant(day + DAY, 0) - instant(day, 0)
    return int(length.total_seconds()) // 3600 - 24


@cache
def easter(year: int) -> date:
    """Easter Sunday by Gauss's rule in Lichtenberg's form."""
    century = year // 100
    shift = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    moon = (19 * (year % 19) + shift) % 30
    late = (moon + year % 19 // 11) // 29
    full = 21 + moon - late
    first = 7 - (year + year // 4 + 2 - (3 * century + 3) // 4) % 7
    return date(year, 3, 1) + timedelta(days=full + 7 - (full - first) % 7 - 1)


@cache
def is_open(day: date) -> bool:
    """Whether TARGET settles: not on weekends, New Year, Easter, 1 May, 25 and 26 December."""
    if day.weekday() > 4 or (day.month, day.day) in ((1, 1), (5, 1), (12, 25), (12, 26)):
        return False
    return day - easter(day.year) not in (-2 * DAY, DAY)


@cache
def open_days_after(day: date, count: int) -> date:
    """The `count`-th day after `day` on which TARGET settles."""
    while count:
        day += DAY
        count -= is_open(day)
    return day


def open_on_or_after(day: date) -> date:
    """`day` if TARGET settles on it, else the next day it does."""
    return day if is_open(day) else open_days_after(day, 1)
