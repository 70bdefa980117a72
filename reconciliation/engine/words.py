"""Amounts and days as a finance clerk reads them."""

from datetime import date


def euro(cents: int, currency: str = "EUR") -> str:
    """`euro(-123450)` is "-1.234,50 €"; other currencies by their code."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    grouped = f"{whole:,}".replace(",", ".")
    return f"{sign}{grouped},{rest:02d} {'€' if currency == 'EUR' else currency}"


def day(when: date) -> str:
    """`day(date(2026, 3, 29))` is "29.03.2026"."""
    return f"{when:%d.%m.%Y}"


def listed(codes: tuple[str, ...], *, most: int = 3) -> str:
    """The first few of many, the rest as a number."""
    named = ", ".join(codes[:most])
    return named if len(codes) <= most else f"{named} und {len(codes) - most} weitere"
