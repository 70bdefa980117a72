"""From the texts of a record to values: cents, currencies, directions and dates.

Every function raises UnreadableStatement with the line the record begins on.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from ledger.calendar import business_day
from reconciliation.sources.camt.records import Record
from reconciliation.sources.errors import Problem, UnreadableStatement, shown

_DIGITS_MAX = 18  # ISO 20022: an amount has at most 18 digits
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def money(record: Record, path: str = "Amt") -> tuple[int, str]:
    """The amount in hundredths, exactly ("474.4" is 47440), and its currency.

    Unsigned, as ISO 20022 has it. Raises MISSING, BAD_AMOUNT (fractions of a hundredth
    included) or BAD_CURRENCY.
    """
    text = required(record, path)
    whole, _, fraction = text.partition(".")
    if len(fraction) > 2:
        fraction = fraction[:2] + fraction[2:].rstrip("0")
    digits = whole + fraction.ljust(2, "0")
    # int() alone would take signs, blanks, underscores and the digits of other scripts.
    if not (digits.isascii() and digits.isdecimal()) or text == ".":
        raise fault(Problem.BAD_AMOUNT, record, path, text)
    if len(fraction) > 2 or len(digits) > _DIGITS_MAX:
        raise fault(Problem.BAD_AMOUNT, record, path, text)
    currency = record.values.get(path + "@Ccy", "")
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise fault(Problem.BAD_CURRENCY, record, path, currency)
    return int(digits), currency


def is_credit(record: Record) -> bool:
    """Whether `CdtDbtInd` says credit; raises MISSING or BAD_INDICATOR."""
    text = required(record, "CdtDbtInd")
    if text not in ("CRDT", "DBIT"):
        raise fault(Problem.BAD_INDICATOR, record, "CdtDbtInd", text)
    return text == "CRDT"


def day(record: Record, path: str) -> date | None:
    """The day in `Dt` or `DtTm` below the path; an instant counts by the city's calendar."""
    values = record.values
    text = values.get(path + "/Dt") or values.get(path + "/DtTm")
    if text is None:
        return None
    try:
        return _day(text)
    except (ValueError, OverflowError) as error:
        raise fault(Problem.BAD_DATE, record, path, text) from error


@lru_cache(maxsize=256)  # a statement names the same few days again and again
def _day(text: str) -> date:
    if match := _DATE.fullmatch(text):
        return date.fromisoformat(match.group(1))
    instant = datetime.fromisoformat(text)
    return instant.date() if instant.tzinfo is None else business_day(instant)


def iban(text: str | None) -> str | None:
    """Without blanks, in capitals. Not verified: what the bank says is what it says."""
    return "".join(text.split()).upper() if text else None


def number(text: str | None, *, digits: int = 9) -> int | None:
    """The text as a whole number of so many digits, None if it is none: banks put other things
    there too."""
    is_number = text is not None and text.isascii() and text.isdecimal()
    return int(text) if text and is_number and len(text) <= digits else None


def required(record: Record, path: str) -> str:
    """The text at the path; raises MISSING."""
    text = record.values.get(path)
    if text is None:
        raise fault(Problem.MISSING, record, path, None)
    return text


def fault(problem: Problem, record: Record, path: str, found: str | None) -> UnreadableStatement:
    """The error for this value."""
    element = f"{record.shape.name}/{path}"
    cut = None if found is None else shown(found)
    return UnreadableStatement(problem, record.line, element=element, found=cut)
