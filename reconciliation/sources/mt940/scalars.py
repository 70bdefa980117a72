"""From the text of a field to values: amounts, dates, balances and the account."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from reconciliation.sources.errors import Problem
from reconciliation.sources.mt940.fields import Field

_AMOUNT = re.compile(r"([0-9]{1,15}),([0-9]{0,2})0*")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9,]+)\s*")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_GERMAN = re.compile(r"([0-9]{8})/([0-9]{1,10})(?:[A-Z]{3})?")


@dataclass(frozen=True, slots=True)
class Balance:
    """A signed balance; is_final: not one between two pages."""

    cents: int
    currency: str
    on: date
    is_final: bool


def cents(place: Field, text: str) -> int:
    """ "1027,25" and "15000," in cents; raises BAD_AMOUNT."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise place.fault(Problem.BAD_AMOUNT, text)
    return int(match.group(1)) * 100 + int(match.group(2).ljust(2, "0"))


def day(place: Field, text: str) -> date:
    """YYMMDD; raises BAD_DATE for a day that does not exist."""
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError as error:
        raise place.fault(Problem.BAD_DATE, text) from error


def entry_day(place: Field, text: str, value_on: date) -> date:
    """MMDD in the year that brings it nearest to the value date; raises BAD_DATE.

    The format names no year: an entry of 2 January may have the value of 30 December.
    """
    near = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        with suppress(ValueError):  # 29 February exists in one of them
            near.append(date(year, int(text[:2]), int(text[2:4])))
    if not near:
        raise place.fault(Problem.BAD_DATE, text)
    return min(near, key=lambda candidate: abs(candidate - value_on))


def balance(place: Field) -> Balance:
    """`:60F:`, `:60M:`, `:62F:` or `:62M:`; raises BAD_AMOUNT and BAD_DATE."""
    match = _BALANCE.fullmatch(place.text)
    if match is None:
        raise place.fault(Problem.BAD_AMOUNT, place.text)
    sign, on, currency, amount = match.groups()
    unsigned = cents(place, amount)
    return Balance(
        -unsigned if sign == "D" else unsigned, currency, day(place, on), place.tag.endswith("F")
    )


def account_iban(text: str) -> str | None:
    """An IBAN as it is, a German bank code and account number as the IBAN they make."""
    compact = "".join(text.split()).upper()
    if match := _GERMAN.fullmatch(compact):
        return german_iban(*match.groups())
    return iban(compact.split("/")[-1])


def iban(text: str) -> str | None:
    """The text if it has the shape of an IBAN."""
    compact = "".join(text.split()).upper()
    return compact if _IBAN.fullmatch(compact) else None


def german_iban(bank_code: str, account: str) -> str:
    """ISO 13616 with the letters DE as 1314; a few banks number their accounts otherwise."""
    digits = bank_code + account.zfill(10)
    return f"DE{98 - int(digits + '131400') % 97:02d}{digits}"
