"""The city's days: business days in Aachen's time zone and the bank days of TARGET."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Europe/Berlin")


def business_day(at: datetime) -> date:
    """The calendar day in the city at this instant; `at` must carry a time zone.

    Computed once, when a charge is made, and stored: midnight and both nights of the clock
    change then need no second thought anywhere else.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: pass an aware datetime")
    return at.astimezone(CITY_TIME).date()


def is_bank_day(day: date) -> bool:
    """Whether TARGET settles on this day: no weekend and none of its six holidays."""
    if day.weekday() >= 5:
        return False
    easter = _easter(day.year)
    return day not in (
        date(day.year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        date(day.year, 5, 1),
        date(day.year, 12, 25),
        date(day.year, 12, 26),
    )


def add_bank_days(day: date, count: int) -> date:
    """The bank day `count` bank days after `day` (0: `day` itself or the next bank day)."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_bank_day(day):
            day += timedelta(days=1)
    return day


def bank_days_before(day: date, count: int) -> date:
    """The bank day `count` bank days before `day`, which need not be one itself."""
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_bank_day(day):
            day -= timedelta(days=1)
    return day


def bank_days_between(earlier: date, later: date) -> int:
    """How many bank days lie after `earlier` up to and including `later`; the age of a case."""
    days = (later - earlier).days
    return sum(is_bank_day(earlier + timedelta(days=n)) for n in range(1, days + 1))


def next_month(day: date) -> date:
    """The first day of the month after the one of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_back(day: date, count: int) -> date:
    """The first day of the month that is `count` months before the one of `day`."""
    month = day.year * 12 + day.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)


def _easter(year: int) -> date:
    """Easter Sunday, Gregorian (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    n = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + n + 90) // 25
    day = (h - m + n + month + 19) % 32
    return date(year, month, day)
