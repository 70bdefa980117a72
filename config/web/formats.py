"""How figures, days and instants read on a German screen: the filters of every template.

A figure and its unit never part (no-break space), a minus is U+2212 as long as a plus, and
`None` reads as a dash: it does not apply, which is not the same as zero.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from config.web.words import word
from ledger.calendar import CITY_TIME

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
LONG_WEEKDAYS = (
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
    "Sonntag",
)
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
HEAT_LEVELS = 6


def count(number: int | None) -> str:
    """`6437` → `6.437`."""
    if number is None:
        return DASH
    digits = f"{abs(number):,}".replace(",", ".")
    return f"{MINUS}{digits}" if number < 0 else digits


def cents(amount: int | None) -> str:
    """`-3790` → `−37,90`; for columns whose head names the currency."""
    if amount is None:
        return DASH
    whole, rest = divmod(abs(amount), 100)
    return f"{MINUS if amount < 0 else ''}{count(whole)},{rest:02d}"


def signed(amount: int | None) -> str:
    """Like `cents`, but a plus is said as well: `5000` → `+50,00`."""
    return f"+{cents(amount)}" if amount is not None and amount > 0 else cents(amount)


def euro(amount: int | None) -> str:
    """`111840` → `1.118,40 €`; for running text."""
    return DASH if amount is None else f"{cents(amount)}{NO_BREAK_SPACE}€"


def balance(amount: int) -> str:
    """Debits minus credits, as accounts say it: `984620` → `9.846,20 S`, never with a minus."""
    if amount == 0:
        return cents(0)
    return f"{cents(abs(amount))}{NO_BREAK_SPACE}{'S' if amount > 0 else 'H'}"


def share(part: int, whole: int) -> str:
    """`part` of `whole` with one decimal, half up: `(97, 1000)` → `9,7 %`; a dash of nothing."""
    if whole <= 0:
        return DASH
    percent, tenth = divmod(tenths(abs(part), whole), 10)
    sign = MINUS if part < 0 and (percent or tenth) else ""
    return f"{sign}{count(percent)},{tenth}{NO_BREAK_SPACE}%"


def tenths(part: int, whole: int) -> int:
    """`part` of `whole` in tenths of a percent, half up, neither negative; 0 of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole > 0 else 0


def day(on: date | None) -> str:
    """`Di 17.11.2026`; for a day that stands alone."""
    return DASH if on is None else f"{weekday(on)}{NO_BREAK_SPACE}{on:%d.%m.%Y}"


def long_day(on: date) -> str:
    """`Dienstag, 17. November 2026`."""
    return f"{LONG_WEEKDAYS[on.weekday()]}, {on.day}. {MONTHS[on.month - 1]} {on.year}"


def short_day(on: date) -> str:
    """`17.11.`; for tables whose year is clear."""
    return f"{on:%d.%m.}"


def weekday(on: date) -> str:
    """`Di`."""
    return WEEKDAYS[on.weekday()]


def instant(at: datetime) -> str:
    """`18.11.2026, 02:03` in the city's time; `at` carries a time zone."""
    return f"{_in_the_city(at):%d.%m.%Y, %H:%M}"


def clock(at: datetime) -> str:
    """`02:03` in the city's time."""
    return f"{_in_the_city(at):%H:%M}"


def duration(seconds: int) -> str:
    """`188` → `3 min 08 s`."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest}{NO_BREAK_SPACE}s"
    return f"{count(minutes)}{NO_BREAK_SPACE}min{NO_BREAK_SPACE}{rest:02d}{NO_BREAK_SPACE}s"


def bank_days(age: int) -> str:
    """The age of a difference: `neu`, `4 BT`."""
    return f"{count(age)}{NO_BREAK_SPACE}BT" if age else "neu"


def heat(amount: int | None, highest: int) -> int:
    """How strongly a cell is tinted, from 0 (nothing) to `HEAT_LEVELS` (the highest)."""
    if not amount or amount < 0:
        return 0
    return 1 + min(HEAT_LEVELS - 1, amount * HEAT_LEVELS // (highest + 1))


def plural(number: int, one: str, many: str) -> str:
    """`(1, "Differenz", "Differenzen")` → `1 Differenz`."""
    return f"{count(number)}{NO_BREAK_SPACE}{one if number == 1 else many}"


FILTERS: Mapping[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        balance,
        bank_days,
        cents,
        clock,
        count,
        day,
        duration,
        euro,
        heat,
        instant,
        long_day,
        plural,
        share,
        short_day,
        signed,
        tenths,
        weekday,
        word,
    )
}


def _in_the_city(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: pass an aware datetime")
    return at.astimezone(CITY_TIME)
