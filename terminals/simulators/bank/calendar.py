"""The bank's own calendar: it books on TARGET days only."""

from datetime import date, timedelta

# Good Friday of each year the simulator may live in; Easter Monday is three days later.
_GOOD_FRIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26", "2028-04-14", "2029-03-30",
        "2030-04-19", "2031-04-11", "2032-03-26", "2033-04-15", "2034-04-07", "2035-03-23",
    )
)  # fmt: skip
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})


def is_bank_day(day: date) -> bool:
    """Whether the bank books on this day: no weekend and no TARGET holiday."""
    return not (
        day.weekday() >= 5
        or (day.month, day.day) in _FIXED_HOLIDAYS
        or day in _GOOD_FRIDAYS
        or day - timedelta(days=3) in _GOOD_FRIDAYS
    )


def next_bank_day(day: date) -> date:
    """The first bank day after `day`."""
    day += timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day
