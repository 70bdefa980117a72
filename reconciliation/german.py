"""Amounts, shares, counts and days inside a German sentence."""

from datetime import date, datetime

from ledger.calendar import CITY_TIME

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def euros(cents: int) -> str:
    """`111840` → `1.118,40 €`, with a true minus and a space that holds."""
    whole, rest = divmod(abs(cents), 100)
    return f"{MINUS if cents < 0 else ''}{grouped(whole)},{rest:02d}{NO_BREAK_SPACE}€"


def percent(tenths: int) -> str:
    """`97` → `9,7 %`."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{MINUS if tenths < 0 else ''}{whole},{rest}{NO_BREAK_SPACE}%"


def grouped(number: int) -> str:
    """`6437` → `6.437`."""
    return f"{number:,}".replace(",", ".")


def german_day(day: date) -> str:
    """`17.11.2026`."""
    return f"{day:%d.%m.%Y}"


def german_instant(at: datetime) -> str:
    """`17.11.2026, 07:31` in the city's time; `at` carries a time zone."""
    return f"{at.astimezone(CITY_TIME):%d.%m.%Y, %H:%M}"
