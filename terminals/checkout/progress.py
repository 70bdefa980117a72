"""Moving a payment forward by what was seen, and booking what that means, in one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlalchemy.orm import Session

from terminals.checkout.auto_state import way_kept
from terminals.checkout.booking import (
    book,
    book_fee,
    book_unclear,
    is_booked,
    remember,
)
from terminals.checkout.cases import open_case
from terminals.checkout.disputes import follow_dispute
from terminals.checkout.look import Look, look, state_of
from terminals.checkout.people import keep_way
from terminals.checkout.provider import Provider
from terminals.checkout.purposes import load
from terminals.checkout.refunds_found import follow_refund
from terminals.checkout.rows import change, payment_of, row_of
from terminals.checkout.values import Payment

__all__ = ["follow", "look"]

RANKS = {"begun": 0, "open": 1, "processing": 2, "failed": 3, "expired": 3, "cancelled": 3,
         "paid": 4}  # fmt: skip


def follow(session: Session, provider: Provider, id: UUID, seen: Look, *, at: datetime) -> Payment:
    """Move the payment to where the provider is, never back, and book each fact once.

    Two who looked at different moments may come in any order: the one who looked earlier finds
    nothing to do. Raises NotBooked, and then nothing must be committed.
    """
    before = row_of(session, id, is_locked=True)
    now = _moved(session, before, seen, at)
    if now.state == "paid":
        _paid(session, now, seen, at)
    elif now.state == "processing" and now.way == "sepa_debit":
        _promised(session, now, provider.early_cents, at)
    elif before.ended_at is None and now.ended_at is not None:
        _ended(session, now, at)
    return payment_of(row_of(session, id))


def _moved(session: Session, row: Row[Any], seen: Look, at: datetime) -> Row[Any]:
    state, reason = state_of(row, seen)
    if RANKS[state] < RANKS[row.state] or (RANKS[state] == 3 and RANKS[row.state] == 3):
        state = row.state
    values: dict[str, Any] = {"state": state, "way": seen.way or row.way}
    if row.intent is None and seen.intent is not None:
        values["intent"] = seen.intent["id"]
    if state != row.state or reason is not None:
        values["reason"] = reason
    if RANKS[state] >= 3 and row.state != state:
        values["ended_at"] = at
    change(session, row.id, **values)
    return row_of(session, row.id)


def _paid(session: Session, row: Row[Any], seen: Look, at: datetime) -> None:
    payment = payment_of(row)
    if not is_booked(session, "received", row.intent):
        _receive(session, row, seen, at)
    if seen.cost is not None:
        book_fee(session, row.id, seen.cost, at=at)
        if not row.has_fee:
            change(session, row.id, has_fee=True)
    for refund in reversed(seen.refunds):  # the oldest first
        follow_refund(session, payment, refund, at=at)
    for dispute in reversed(seen.disputes):
        follow_dispute(session, payment, dispute, at=at)


def _receive(session: Session, row: Row[Any], seen: Look, at: datetime) -> None:
    payment, cents = payment_of(row), seen.received_cents
    if seen.is_as_wanted(row.amount_cents):
        entry = load()[row.purpose].received(session, payment, at=at)
        if payment.credited_at is None:
            change(session, row.id, credited_at=at)
    else:
        entry = book_unclear(session, payment, cents, at=at) if cents else None
        open_case(
            session, "amount_differs", row.intent, payment=row.id, cents=cents,
            detail={"wanted_cents": row.amount_cents, "currency": (seen.intent or {})["currency"]},
            at=at,
        )  # fmt: skip
        change(session, row.id, reason="amount_differs")
    remember(session, row.id, "received", row.intent, cents=cents or 0, entry=entry)
    if row.keeps_way and seen.method is not None:
        keep_way(session, row.payer, seen.method, at=at)
        way_kept(session, row.payer, at=at)


def _promised(session: Session, row: Row[Any], limit_cents: int, at: datetime) -> None:
    promised = load()[row.purpose].promised
    if promised is None or is_booked(session, "promised", row.intent):
        return
    entry = promised(session, payment_of(row), limit_cents=limit_cents, at=at)
    if entry is not None:
        remember(session, row.id, "promised", row.intent, cents=row.amount_cents, entry=entry)
        change(session, row.id, credited_at=at)


def _ended(session: Session, row: Row[Any], at: datetime) -> None:
    """It came to its end without money; what was credited early is taken back first."""
    purpose, payment = load()[row.purpose], payment_of(row)
    if row.intent is not None and is_booked(session, "promised", row.intent):
        entry = book(
            session, uuid5(row.id, "promise_broken"), "direct_debit_failed",
            amounts={"amount": row.amount_cents}, at=at, reference=row.intent,
        )  # fmt: skip
        remember(session, row.id, "promise_broken", row.intent, cents=row.amount_cents, entry=entry)
        change(session, row.id, credited_at=None)
        assert purpose.promise_broken is not None
        purpose.promise_broken(session, payment, at=at)
    if purpose.ended is not None:
        purpose.ended(session, payment, at=at)
