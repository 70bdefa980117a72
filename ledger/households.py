"""Children at the daycare centres: a number, a centre, the family's wallet; no names.

Who gets a subsidy are social data: the charging of meals reads them, and the family's own page.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.errors import LedgerError
from ledger.tables.services import child, child_number, subsidy


@dataclass
class UnknownChild(LedgerError):
    """No child has this code."""

    child: str
    code = "child_unknown"


@dataclass(frozen=True, slots=True)
class Child:
    """A child as this system knows it: where it eats and which wallet pays."""

    code: str
    facility: str
    wallet: str


def register_child(session: Session, *, facility: str, wallet_code: str, on: date) -> Child:
    """Register a child of a daycare centre; siblings share a wallet."""
    number: int = session.scalar(child_number)
    one = Child(f"C-{number:06d}", facility, wallet_code)
    session.execute(
        insert(child).values(
            code=one.code, number=number, facility=facility, wallet=wallet_code, registered_on=on
        )
    )
    return one


def grant_subsidy(
    session: Session, child_code: str, *, authority: str, valid_from: date, valid_until: date
) -> None:
    """The authority (`jobcenter`, ...) pays the child's lunches, both days included.

    Lunches charged before are not touched. Raises UnknownChild; the database refuses a second
    subsidy for the same days and an authority the chart does not have.
    """
    number = session.scalar(select(child.c.number).where(child.c.code == child_code))
    if number is None:
        raise UnknownChild(child_code)
    session.execute(
        insert(subsidy).values(
            child=number, account=f"161900/{authority}",
            valid_from=valid_from, valid_until=valid_until,
        )
    )  # fmt: skip
