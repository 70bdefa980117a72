"""What somebody without an account wants to buy, and how it becomes tickets when it is paid.

The key of an order is the key of its charge: an order that came twice, a payment that was heard
of three times and a worker that died in between all end in the same tickets.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import BasketLine, Charge, ChargeRequest, charge, find_charge
from ledger.entries import Posted
from ledger.locks import lock_ticket
from ledger.outcomes import Recorded
from ledger.tables.services import sold_pass
from terminals.gate.errors import OrderRefused
from terminals.gate.letters import post_tickets
from terminals.gate.offers import offers
from terminals.gate.tables import ticket, ticket_order
from terminals.gate.tickets import issue
from terminals.pay_links.addresses import receipt_path
from terminals.qr.codes import issue_card

MOST_OF_ONE, MOST_TICKETS = 10, 20
FORGOTTEN_AFTER = timedelta(days=14)
PURPOSE = "tickets"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Some of one product, at what one of them cost when it was chosen."""

    product: str
    quantity: int
    unit_cents: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. token: 128 random bits, in the address of the page with the tickets."""

    id: UUID
    token: str
    facility: str
    lines: tuple[OrderLine, ...]
    total_cents: int
    language: str
    email: str | None
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen at a house: how many of each product."""

    facility: str
    counts: Mapping[str, int]
    language: str
    email: str | None


def place_order(session: Session, wish: Wish, *, key: UUID, at: datetime) -> Order:
    """Keep what is wanted; the same key with the same wish finds the same order.

    Raises OrderRefused: tickets_none, tickets_too_many, ticket_not_sold.
    """
    lines = _lines(session, wish, at)
    content = [[line.product, line.quantity, line.unit_cents] for line in lines]
    id_ = uuid5(key, json.dumps([wish.facility, content]))
    row = {
        "id": id_, "token": secrets.token_urlsafe(16), "facility": wish.facility,
        "lines": content, "total_cents": sum(line.quantity * line.unit_cents for line in lines),
        "language": wish.language, "email": wish.email, "ordered_at": at,
    }  # fmt: skip
    kept = insert(ticket_order).values(row).on_conflict_do_nothing(index_elements=["id"])
    session.execute(kept)
    found = find_order(session, id_)
    assert found is not None
    return found


def find_order(session: Session, id: UUID) -> Order | None:
    """The order of this key."""
    return _first(session, ticket_order.c.id == id)


def order_of_token(session: Session, token: str) -> Order | None:
    """The order whose tickets stand behind this address."""
    return _first(session, ticket_order.c.token == token)


def fulfil(session: Session, order: Order, *, at: datetime) -> Charge | None:
    """Sell what was ordered, today, and issue its tickets; None where it cannot be sold any more.

    Done before, it is not done again. A refusal stands: the price changed overnight, say.
    """
    lock_ticket(session, str(order.id))
    known = find_charge(session, order.id)
    if known is not None:
        return None if known.refused else known
    lines = tuple(BasketLine(line.product, line.quantity, line.unit_cents) for line in order.lines)
    number = f"T-{order.id.hex[:12].upper()}"
    asked = ChargeRequest(order.id, order.facility, "online", at, lines, receipt_number=number)
    catalogue = posted_catalogue(session)
    (outcome,) = charge(session, catalogue, [asked])
    if not isinstance(outcome, Posted | Recorded):
        return None
    sold = find_charge(session, order.id)
    assert sold is not None
    issue(session, catalogue, sold)
    if sold.entry_id is not None:
        receipt_path(session, sold.entry_id)
    for code in passes_of(sold):
        issue_card(session, at=at, pass_code=code)
    post_tickets(session, order.email, order.token, order.language, key=uuid5(order.id, "issued"))
    return sold


def passes_of(sold: Charge) -> Sequence[str]:
    """The codes of the passes a charge sold."""
    return [code for line in sold.lines for code in line.passes if line.unit_cents]


def set_email(session: Session, order: Order, email: str) -> Order:
    """Keep where to send the tickets, once: an order has one address, so that nobody can have
    letters sent around with it."""
    free = (ticket_order.c.id == order.id) & ticket_order.c.email.is_(None)
    session.execute(update(ticket_order).where(free).values(email=email))
    found = find_order(session, order.id)
    assert found is not None
    return found


def forget_emails(session: Session, *, at: datetime) -> int:
    """Erase the address of every order whose tickets and passes, if it came to any, have been over
    for FORGOTTEN_AFTER; how many. To be run daily, again is safe."""
    last = business_day(at) - FORGOTTEN_AFTER
    still_hold = (
        select(sold.c.charge).where(sold.c.charge == ticket_order.c.id, sold.c.valid_until >= last)
        for sold in (ticket, sold_pass)
    )
    over = [ticket_order.c.email.is_not(None), ticket_order.c.ordered_at < at - FORGOTTEN_AFTER]
    over += [~each.exists() for each in still_hold]
    forgotten = update(ticket_order).where(*over).values(email=None).returning(ticket_order.c.id)
    return len(session.scalars(forgotten).all())


def _lines(session: Session, wish: Wish, at: datetime) -> tuple[OrderLine, ...]:
    catalogue = posted_catalogue(session)
    house = catalogue.facilities.get(wish.facility)
    sold = list(offers(catalogue, house, business_day(at))) if house else []
    wanted = {code: count for code, count in wish.counts.items() if count}
    if unknown := wanted.keys() - {each.product.code for each in sold}:
        raise OrderRefused("ticket_not_sold", product=min(unknown))
    if not wanted:
        raise OrderRefused("tickets_none")
    if max(wanted.values()) > MOST_OF_ONE or sum(wanted.values()) > MOST_TICKETS:
        raise OrderRefused("tickets_too_many", most=MOST_TICKETS)
    return tuple(
        OrderLine(each.product.code, wanted[each.product.code], each.cents)
        for each in sold
        if each.product.code in wanted
    )


def _first(session: Session, which: Any) -> Order | None:
    row = session.execute(select(ticket_order).where(which)).one_or_none()
    return None if row is None else _order(row)


def _order(row: Row[Any]) -> Order:
    lines = tuple(OrderLine(*line) for line in row.lines)
    return Order(
        row.id, row.token, row.facility, lines, row.total_cents, row.language, row.email,
        row.ordered_at,
    )  # fmt: skip
