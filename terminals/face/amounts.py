"""Amounts as people type and read them: `12,5`, `12.50 €`, `1.234,50 €`; whole cents in between."""

import re
from decimal import Decimal

from babel.numbers import format_currency

_TYPED = re.compile(r"(?P<euros>\d{1,7})(?:[.,](?P<cents>\d{1,2}))?")
_GROUPED = re.compile(r"(?<=\d)[.\u00a0\u202f ](?=\d{3}(?:\D|$))")
MINUS = "\u2212"


def cents_of(typed: str) -> int | None:
    """The cents of an amount as it was typed, None where it is none.

    A point or comma before the last one or two digits parts the cents; before three it groups.
    """
    bare = _GROUPED.sub("", typed.strip().strip("€").strip())
    found = _TYPED.fullmatch(bare)
    if found is None:
        return None
    return int(found["euros"]) * 100 + int((found["cents"] or "").ljust(2, "0"))


def euros(cents: int, language: str, *, sign: bool = False) -> str:
    """`4,50 €` or `€4.50`; below zero with a minus sign, which is no hyphen; `sign` says plus."""
    amount = format_currency(Decimal(abs(cents)).scaleb(-2), "EUR", locale=language)
    if cents < 0:
        return f"{MINUS}{amount}"
    return f"+{amount}" if sign and cents else amount
