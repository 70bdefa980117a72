"""Baskets at Aachen's counters for tests, and what became of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import (
    BasketLine,
    ChargeRequest,
    charge,
    reverse_charge,
)
from ledger.entries import Posted
from ledger.queries import find_entry
from ledger.tables.books import entry
from ledger.tables.services import counted

DAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 12, tzinfo=CITY_TIME)


def asked(*lines: BasketLine, **how: Any) -> ChargeRequest:
    """A basket at the first pool's till, by girocard unless `how` says otherwise."""
    given = {"key": uuid4(), "facility": "B01", "way": "girocard", "charged_at": NOON,
             "terminal": "B01-1"} | how  # fmt: skip
    return ChargeRequest(lines=lines or (BasketLine("POOL-AD"),), **given)


def at_museum(*lines: BasketLine, **how: Any) -> ChargeRequest:
    return asked(*lines, **{"facility": "M01", "terminal": "M01-1", **how})


def at_office(*lines: BasketLine, **how: Any) -> ChargeRequest:
    return asked(*lines, **{"facility": "A01", "terminal": "A01-1", **how})


def with_pass(product: str, code: str, **line: Any) -> BasketLine:
    """A visit with a pass."""
    return BasketLine(product, pass_code=code, **line)


def answer(session: Session, request: ChargeRequest) -> Any:
    return charge(session, posted_catalogue(session), [request])[0]


def booked(session: Session, outcome: Any) -> dict[tuple[str, str], int]:
    """What the entry of a posted charge moved, by debit and credit account, in cents."""
    assert isinstance(outcome, Posted), outcome
    found = find_entry(session, outcome.entry_id)
    assert found is not None
    moved: dict[tuple[str, str], int] = {}
    for line in found.transfers:
        pair = (line.debit, line.credit)
        moved[pair] = moved.get(pair, 0) + line.amount_cents
    return moved


def handed_out(session: Session) -> dict[str, int]:
    rows = select(counted.c.product, func.sum(counted.c.quantity)).group_by(counted.c.product)
    return {product: quantity for product, quantity in session.execute(rows) if quantity}


def entry_count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(entry)).one()


def take_back(session: Session, key_of_charge: UUID, **how: Any) -> Any:
    given = {"key": uuid4(), "booked_on": DAY, "reason": "vertippt"} | how
    return reverse_charge(session, key_of_charge, **given)
