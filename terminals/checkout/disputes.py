"""Disputes and returned debits: money that the payer's bank took back from us.

An inquiry moves nothing. What moves is booked from the dispute's own balance transactions, each
once: out of our balance into a claim (171200), and back when the dispute is won. Once it is lost,
the purpose recovers what it can. A debit that comes back weeks later is a dispute too, and lost
at once.
"""

from datetime import UTC, datetime
from uuid import uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from terminals.checkout.booking import book, is_booked, remember
from terminals.checkout.cases import open_case
from terminals.checkout.provider import Json
from terminals.checkout.purposes import load
from terminals.checkout.tables import online_dispute
from terminals.checkout.values import Payment

FINAL = ("won", "lost", "prevented", "warning_closed")


def follow_dispute(session: Session, payment: Payment, seen: Json, *, at: datetime) -> None:
    """Keep what is known of a dispute and book what it moved; the caller holds the row of the
    payment."""
    _keep(session, payment, seen, at)
    moves = seen.get("balance_transactions") or []
    for move in moves:
        _book_move(session, payment, seen, move, at)
    if not str(seen["status"]).startswith("warning"):
        due = (seen.get("evidence_details") or {}).get("due_by")
        detail = {"reason": seen.get("reason"), "due_by": due, "purpose": payment.purpose}
        open_case(session, "disputed", seen["id"], payment=payment.id, cents=int(seen["amount"]),
                  detail=detail, at=at)  # fmt: skip
    gone = -sum(int(move["amount"]) for move in moves)
    if seen["status"] == "lost" and gone > 0 and not is_booked(session, "dispute_lost", seen["id"]):
        load()[payment.purpose].reversed_(session, payment, gone, at=at)
        remember(session, payment.id, "dispute_lost", seen["id"], cents=gone, entry=None)
    if seen["status"] == "won" and is_booked(session, "dispute_lost", seen["id"]):
        # What was recovered meanwhile is owed again, and only a person can say to whom.
        won = int(seen["amount"])
        open_case(session, "won_after_lost", seen["id"], payment=payment.id, cents=won,
                  detail={"purpose": payment.purpose}, at=at)  # fmt: skip


def _book_move(session: Session, payment: Payment, seen: Json, move: Json, at: datetime) -> None:
    ref = f"{seen['id']}:{move['id']}"
    if is_booked(session, "dispute", ref):
        return
    cents, fee = int(move["amount"]), int(move["fee"])
    key = uuid5(payment.id, ref)
    if cents < 0:
        entry = book(session, key, "dispute_opened", amounts={"amount": -cents, "fee": max(fee, 0)},
                     at=at, reference=payment.intent)  # fmt: skip
    else:
        amounts = {"amount": cents, "fee_back": max(-fee, 0)}
        entry = book(session, key, "dispute_won", amounts=amounts, at=at,
                     reference=payment.intent)  # fmt: skip
    remember(session, payment.id, "dispute", ref, cents=cents, entry=entry)


def _keep(session: Session, payment: Payment, seen: Json, at: datetime) -> None:
    due = (seen.get("evidence_details") or {}).get("due_by")
    news = {
        "amount_cents": int(seen["amount"]), "state": str(seen["status"]),
        "reason": str(seen.get("reason")), "changed_at": at,
        "due_by": None if due is None else datetime.fromtimestamp(due, UTC),
    }  # fmt: skip
    row = {
        "id": seen["id"], "payment": payment.id,
        "opened_at": datetime.fromtimestamp(seen["created"], UTC), **news,
    }  # fmt: skip
    # Someone who looked earlier may come later: what has ended stays ended. Banks do change their
    # mind about what was lost, and about nothing else.
    final = [one for one in FINAL if (one, news["state"]) != ("lost", "won")]
    session.execute(
        insert(online_dispute)
        .values(row)
        .on_conflict_do_update(
            index_elements=[online_dispute.c.id], set_=news,
            where=online_dispute.c.state.not_in(final),
        )
    )  # fmt: skip
