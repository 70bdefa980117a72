"""Booking what the provider says has happened: each of its facts once, by its own id."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Outcome, Posted
from ledger.journal import post
from ledger.sub_accounts import lock_funds
from ledger.tables.books import entry as books_entry
from terminals.checkout.cases import open_case
from terminals.checkout.errors import NotBooked
from terminals.checkout.provider import Json
from terminals.checkout.tables import online_booking
from terminals.checkout.values import Payment

CLAIMS = "171200"
ONLINE = Dimensions(channel="online")


def is_booked(session: Session, kind: str, ref: str) -> bool:
    """Whether this fact has been booked; the caller holds the payment's row."""
    row = select(online_booking.c.ref).where(
        online_booking.c.kind == kind, online_booking.c.ref == ref
    )
    return session.scalar(row) is not None


def remember(
    session: Session, payment: UUID | None, kind: str, ref: str, *, cents: int, entry: int | None
) -> None:
    """Write down that the fact is booked; a second time is refused by the database."""
    row = {"kind": kind, "ref": ref, "payment": payment, "amount_cents": cents, "entry_id": entry}
    session.execute(insert(online_booking), [row])


def next_key(session: Session, payment: UUID, what: str) -> UUID:
    """A key for one more entry about this payment; the caller holds the payment's row."""
    booked = select(func.count()).where(online_booking.c.payment == payment)
    return uuid5(payment, f"{what}-{session.scalar(booked)}")


def book(
    session: Session,
    key: UUID,
    event: str,
    *,
    amounts: Mapping[str, int],
    at: datetime,
    roles: Mapping[str, str] | None = None,
    reference: str | None = None,
) -> int | None:
    """Book one event of the posting rules today; its entry, None where all amounts are zero.
    Raises NotBooked."""
    rules = posted_catalogue(session).rulebook
    moves = rules.transfers(event, amounts=amounts, roles=roles or {}, dimensions=ONLINE)
    if not moves:
        return None
    entry = Entry(key, event, business_day(at), moves, reference=reference)
    return posted(post(session, [entry])[0])


def posted(outcome: Outcome) -> int:
    """The entry of an outcome. Raises NotBooked."""
    if not isinstance(outcome, Posted):
        raise NotBooked(getattr(outcome, "code", "conflict"))
    return outcome.entry_id


def book_fee(session: Session, payment: UUID | None, cost: Json, *, at: datetime) -> None:
    """Book what the provider kept of a payment, once for each of its balance transactions."""
    if is_booked(session, "fee", cost["id"]):
        return
    fee = int(cost["fee"])
    key = uuid5(_NAMES, f"fee-{cost['id']}")
    event = "provider_fee" if fee >= 0 else "provider_fee_back"
    entry = book(session, key, event, amounts={"fee": abs(fee)}, at=at, reference=cost["id"])
    remember(session, payment, "fee", cost["id"], cents=fee, entry=entry)


def book_unclear(session: Session, payment: Payment, cents: int, *, at: datetime) -> int | None:
    """Book money that arrived and that nothing is to be paid with: it waits in 371100."""
    key = uuid5(payment.id, "unclear")
    return book(
        session, key, "online_unclear", amounts={"amount": cents}, at=at, reference=payment.intent
    )


def without_use(session: Session, payment: Payment, why: str, *, at: datetime) -> int | None:
    """For a purpose whose subject needs no money any more: keep it apart, with a case that asks
    for a refund."""
    open_case(
        session, "money_without_use", str(payment.id), payment=payment.id,
        cents=payment.amount_cents, detail={"why": why, "purpose": payment.purpose}, at=at,
    )  # fmt: skip
    return book_unclear(session, payment, payment.amount_cents, at=at)


def paid_by(session: Session, entry: int) -> UUID | None:
    """The payment whose money this entry booked, with what was sold for it."""
    of = online_booking.c
    return session.scalar(select(of.payment).where(of.kind == "received", of.entry_id == entry))


def waits_apart(session: Session, payment: Payment) -> bool:
    """Whether the payment's money paid for nothing: it was booked as unclear when it came."""
    of = online_booking.c
    events = select(books_entry.c.event).join(online_booking, of.entry_id == books_entry.c.id)
    received = events.where(of.kind == "received", of.payment == payment.id)
    return session.scalar(received) == "online_unclear"


def recover_apart(session: Session, payment: Payment, cents: int, *, at: datetime) -> int:
    """As `recover`, for money that waited apart: nobody owes what nothing was given for."""
    book(
        session, next_key(session, payment.id, "unclear_gone"), "unclear_assigned",
        amounts={"amount": cents}, roles={"assigned_to": CLAIMS}, at=at, reference=payment.intent,
    )  # fmt: skip
    return 0


def recover(
    session: Session, payment: Payment, cents: int, *, account: str | None, at: datetime
) -> int:
    """Even out a claim in 171200 from a wallet, as far as it may fall; returns what is left.

    What stays is a claim, with a case for it. account: None where there is no wallet.
    """
    funds = lock_funds(session, [account])[account] if account is not None else 0
    taken = max(0, min(cents, funds))
    if taken and account is not None:
        key = next_key(session, payment.id, "recovered")
        amounts, roles = {"amount": taken}, {"wallet": account}
        book(session, key, "dispute_recovered", amounts=amounts, roles=roles, at=at,
             reference=payment.intent)  # fmt: skip
    if cents > taken:
        ref = str(next_key(session, payment.id, "claim"))
        open_case(session, "claim_left", ref, payment=payment.id, cents=cents - taken,
                  detail={"purpose": payment.purpose}, at=at)  # fmt: skip
    return cents - taken


_NAMES = UUID("5b0c4f55-6a0e-4a5c-9c2f-5d3f4f0c7e10")
