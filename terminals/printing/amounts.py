"""How money, days and instants read on paper, in German and in English."""

from datetime import date, datetime

from ledger.calendar import CITY_TIME

NO_BREAK = "\u00a0"
MINUS = "\u2212"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(cents: int, language: str = "de") -> str:
    """`123450` → `1.234,50 €`, in English `€1,234.50`; a minus leads."""
    digits = number(abs(cents), language)
    sign = MINUS if cents < 0 else ""
    return f"{sign}{digits}{NO_BREAK}€" if language == "de" else f"{sign}€{digits}"


def number(cents: int, language: str = "de") -> str:
    """`123450` → `1.234,50`, for columns whose head names the currency."""
    whole, rest = divmod(abs(cents), 100)
    english = f"{MINUS if cents < 0 else ''}{whole:,}.{rest:02d}"
    return english if language == "en" else english.translate(_SWAPPED)


def day(of: date, language: str = "de") -> str:
    """`30.09.2026`, in English `30 Sep 2026`."""
    if language == "de":
        return f"{of:%d.%m.%Y}"
    return f"{of.day} {_MONTHS[of.month - 1]} {of.year}"


def instant(at: datetime, language: str = "de") -> str:
    """Day and minute in the city; `at` must be aware."""
    local = _local(at)
    return f"{day(local.date(), language)} {local:%H:%M}"


def time_of_day(at: datetime) -> str:
    """`11:41:07` in the city; `at` must be aware."""
    return f"{_local(at):%H:%M:%S}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: pass an aware datetime")
    return at.astimezone(CITY_TIME)


_SWAPPED = str.maketrans(",.", ".,")
