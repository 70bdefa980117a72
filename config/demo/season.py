"""How many people come: by kind of facility, season, weekday, hour and holidays.

The sizes follow what such cities publish: about 350 visits a day at an indoor pool, 350 in all
museums together, 550 cases at the citizens' offices, a Freibad that lives on hot days.
"""

from datetime import date, timedelta
from functools import cache

from config.demo.chance import draws
from ledger.calendar import is_bank_day
from ledger.catalogue.model import Facility

# Visits on an ordinary weekday; cases at the offices, of which about 70 in 100 have a fee.
WEEKDAY_VISITS = {
    "B01": 430, "B02": 350, "B03": 330, "B04": 390, "B05": 360, "B06": 900,
    "M01": 70, "M02": 60, "M03": 60, "M04": 30, "M05": 20, "M06": 90, "M07": 0,
    "A01": 170, "A02": 150, "A03": 45, "A04": 40, "A05": 38, "A06": 34, "A07": 36, "A08": 37,
}  # fmt: skip
ANYWHERE_ELSE = 50

# In percent of an ordinary day, Monday first.
_BY_WEEKDAY = {
    "pool": (95, 100, 105, 100, 100, 145, 155),
    "museum": (0, 90, 95, 105, 110, 170, 190),
    "citizens_office": (120, 105, 90, 115, 70, 0, 0),
}
# In percent of an ordinary month, January first.
_BY_MONTH = {
    "pool": (110, 112, 108, 100, 85, 70, 62, 65, 85, 100, 110, 95),
    "museum": (80, 85, 95, 105, 110, 100, 95, 100, 105, 110, 110, 120),
    "citizens_office": (105, 100, 105, 105, 110, 110, 100, 90, 100, 95, 95, 80),
}
_OUTDOOR_BY_MONTH = {5: 45, 6: 110, 7: 160, 8: 150, 9: 50}
_HOURS = {
    "pool": {6: 7, 7: 8, 8: 7, 9: 6, 10: 7, 11: 6, 12: 5, 13: 5, 14: 8, 15: 11, 16: 12, 17: 10,
             18: 6, 19: 2},
    "museum": {10: 10, 11: 18, 12: 15, 13: 14, 14: 18, 15: 15, 16: 10},
    "citizens_office": {8: 18, 9: 20, 10: 19, 11: 16, 12: 6, 13: 5, 14: 9, 15: 7},
}  # fmt: skip
HOT_DAYS_IN_100 = 12
HOT_PERCENT = 310


def visits(house: Facility, day: date) -> int:
    """How many people come to this facility on this day; 0 where it is closed."""
    weekdays = _BY_WEEKDAY.get(house.kind)
    if weekdays is None or not house.is_open(day):
        return 0
    if is_holiday(day):
        percent = {"pool": 130, "museum": 150}.get(house.kind, 0)
    else:
        percent = weekdays[day.weekday()]
    if house.code == "M07":  # guided tours at the weekend
        return 24 if day.weekday() >= 5 else 0
    usual = WEEKDAY_VISITS.get(house.code, ANYWHERE_ELSE) * percent * _month_percent(house, day)
    chance = draws(day, house.code, "visits").gauss(100, 8)
    return max(0, usual * round(chance) // 1_000_000)


def hours(kind: str) -> dict[int, int]:
    """The hours of business of this kind of facility, with how busy each one is."""
    return _HOURS[kind]


def has_lunch(house: Facility, day: date) -> bool:
    """Whether this daycare centre cooks on this day."""
    return day.weekday() < 5 and not is_holiday(day) and house.is_open(day)


@cache
def is_holiday(day: date) -> bool:
    """Whether it is a public holiday in North Rhine-Westphalia."""
    easter = _easter(day.year)
    moving = (easter + timedelta(days=days) for days in (-2, 1, 39, 50, 60))
    fixed = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
    return day in moving or (day.month, day.day) in fixed


def _month_percent(house: Facility, day: date) -> int:
    if house.season is None:
        return _BY_MONTH[house.kind][day.month - 1]
    is_hot = draws(day, "weather").randrange(100) < HOT_DAYS_IN_100
    return _OUTDOOR_BY_MONTH.get(day.month, 0) * (HOT_PERCENT if is_hot else 100) // 100


@cache
def _easter(year: int) -> date:
    """Easter Sunday: its Monday is the only one in these weeks on which no bank is open."""
    first = date(year, 3, 22)
    sundays = (first + timedelta(days=n) for n in range(35))
    return next(
        day for day in sundays if day.weekday() == 6 and not is_bank_day(day + timedelta(days=1))
    )
