"""Case references (Kassenzeichen): digits with a check digit at the end.

Thirteen digits, the last one by modulus 10 with weights 3 and 1 from the right, as GS1 reckons
it. Every city has a pattern of its own (domain: local structure); this is the demo city's.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from terminals.till.journal.tables import basket, sale

LENGTH = 13


@dataclass(frozen=True, slots=True)
class CaseFault:
    """kind: "short" (also too long or no digits) or "digit", then `digit` counts from 1."""

    kind: str
    digit: int | None = None


def fault_of(number: str) -> CaseFault | None:
    """What is wrong with a case reference, None where it fits."""
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()):
        return CaseFault("short")
    if check_digit(number[:-1]) != int(number[-1]):
        return CaseFault("digit", LENGTH)
    return None


def check_digit(digits: str) -> int:
    """The digit that makes the weighted sum a multiple of ten."""
    weighted = sum(int(d) * (3, 1)[n % 2] for n, d in enumerate(reversed(digits)))
    return -weighted % 10


def paid_before(connection: Connection, number: str) -> UUID | None:
    """The newest sale at this site that paid this case and stands."""
    found = (
        select(sale.c.key)
        .join(basket, basket.c.id == sale.c.basket)
        .where(basket.c.case_reference == number, sale.c.state == "paid")
        .order_by(sale.c.sold_at.desc())
    )
    key: UUID | None = connection.scalar(found.limit(1))
    return key
