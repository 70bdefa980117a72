"""What became of a payment's refunds at the provider: ours, and those made by hand over there.

What counts is whether the money moved, and the provider's balance transactions say so: a refund
that succeeded may fail weeks later, and then its money is with us again and owed once more.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from ledger.closing_payouts import refund_ended
from terminals.checkout.booking import CLAIMS, book, is_booked, remember
from terminals.checkout.cases import open_case
from terminals.checkout.provider import Json, id_of
from terminals.checkout.purposes import load
from terminals.checkout.rows import payment_of, row_of
from terminals.checkout.tables import online_refund
from terminals.checkout.values import Payment

STATES = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
RANKS = {"waiting": 0, "asked": 1, "pending": 2, "succeeded": 3, "failed": 4, "turned_down": 4}


def follow_refund(session: Session, payment: Payment, seen: Json, *, at: datetime) -> None:
    """Move one refund of a payment forward and book what it moved; the caller holds the row of
    the payment."""
    row = _row(session, payment, seen, at)
    state = STATES.get(str(seen["status"]), "pending")
    if RANKS[state] < RANKS[row.state]:
        state = row.state
    values = {"state": state, "refund": seen["id"], "failure": seen.get("failure_reason")}
    session.execute(
        update(online_refund)
        .where(online_refund.c.id == row.id)
        .values(values | {"changed_at": at if state != row.state else row.changed_at})
    )
    has_left, is_back = _moves(seen)
    if has_left:
        _left(session, payment, row, seen, at)
    if is_back:
        _came_back(session, payment, seen, at)
    if state != row.state and state in ("succeeded", "failed"):
        _ended(session, payment, row, state, at=at)
    if state == "failed" and row.state != "failed":
        _owed_again(session, payment, row, str(seen.get("failure_reason")), at=at)


def failed_before_it_left(session: Session, refund: UUID, why: str, *, at: datetime) -> None:
    """The provider did not even take it on: what was set aside is owed again."""
    row = session.execute(select(online_refund).where(online_refund.c.id == refund)).one()
    if row.state != "asked":
        return
    session.execute(
        update(online_refund)
        .where(online_refund.c.id == refund)
        .values(state="failed", failure=why, changed_at=at)
    )
    refund_ended(session, refund, is_paid=False, at=at)
    payment = payment_of(row_of(session, row.payment))
    _owed_again(session, payment, row, why, at=at)


def _ended(session: Session, payment: Payment, row: Row[Any], state: str, *, at: datetime) -> None:
    """Whoever waits for this money hears of its end: a wallet that was closed, and its payer."""
    refund_ended(session, row.id, is_paid=state == "succeeded", at=at)
    sent_back = load()[payment.purpose].sent_back
    if state == "succeeded" and sent_back is not None:
        sent_back(session, payment, row.amount_cents, key=row.id)


def _row(session: Session, payment: Payment, seen: Json, at: datetime) -> Row[Any]:
    of = online_refund.c
    known = session.execute(select(online_refund).where(of.payment == payment.id)).all()
    ours = (seen.get("metadata") or {}).get("refund")
    for row in known:
        if row.refund == seen["id"] or (row.refund is None and str(row.id) == ours):
            return row
    values = {
        "id": uuid5(payment.id, seen["id"]), "payment": payment.id,
        "amount_cents": int(seen["amount"]), "source": "elsewhere",
        "reason": str(seen.get("reason") or "made_at_the_provider"), "asked_by": "provider",
        "asked_at": datetime.fromtimestamp(seen["created"], UTC), "state": "pending",
        "refund": seen["id"], "changed_at": at,
    }  # fmt: skip
    session.execute(insert(online_refund), [values])
    return session.execute(select(online_refund).where(of.id == values["id"])).one()


def _moves(seen: Json) -> tuple[bool, bool]:
    """Whether the money has left our balance, and whether it has come back to it."""
    status = STATES.get(str(seen["status"]))
    has_left = id_of(seen.get("balance_transaction")) is not None or status == "succeeded"
    has_left = has_left or id_of(seen.get("failure_balance_transaction")) is not None
    return has_left, has_left and status == "failed"


def _left(session: Session, payment: Payment, row: Row[Any], seen: Json, at: datetime) -> None:
    if is_booked(session, "refund_out", seen["id"]):
        return
    cents, key = int(seen["amount"]), uuid5(row.id, "out")
    if row.source == "elsewhere":
        entry = book(session, key, "refund_elsewhere", amounts={"amount": cents}, at=at,
                     reference=payment.intent)  # fmt: skip
        load()[payment.purpose].reversed_(session, payment, cents, at=at)
        open_case(session, "refund_elsewhere", seen["id"], payment=payment.id, cents=cents,
                  detail={"purpose": payment.purpose, "claims": CLAIMS}, at=at)  # fmt: skip
    else:
        entry = book(session, key, "refund_paid", amounts={"amount": cents},
                     roles={"refund_to": "184200"}, at=at, reference=payment.intent)  # fmt: skip
    remember(session, payment.id, "refund_out", seen["id"], cents=cents, entry=entry)


def _came_back(session: Session, payment: Payment, seen: Json, at: datetime) -> None:
    if is_booked(session, "refund_back", seen["id"]):
        return
    cents, key = int(seen["amount"]), uuid5(payment.id, f"back-{seen['id']}")
    entry = book(session, key, "refund_failed", amounts={"amount": cents}, at=at,
                 reference=payment.intent)  # fmt: skip
    remember(session, payment.id, "refund_back", seen["id"], cents=cents, entry=entry)


def _owed_again(
    session: Session, payment: Payment, row: Row[Any], why: str, *, at: datetime
) -> None:
    """What was set aside in 371300 is its subject's again, or waits there for another way; the
    case says which."""
    not_sent_back, is_there = load()[payment.purpose].not_sent_back, False
    if row.source == "subject" and not_sent_back is not None:
        cents, entry = row.amount_cents, row.entry_id
        is_there = not_sent_back(session, payment, entry, cents, key=row.id, at=at)
    open_case(
        session, "refund_failed", str(row.id), payment=row.payment, cents=row.amount_cents,
        detail={"why": why, "source": row.source, "is_on_wallet": is_there}, at=at,
    )  # fmt: skip
