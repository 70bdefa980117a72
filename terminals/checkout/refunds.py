"""Giving money back: asked for, released by a second person where it must be, then by the provider.

What goes back is booked into 371300 when it is asked for, so that nobody can spend it twice; it
leaves from there when the provider has paid it out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, Text, cast, exists, func, insert, select, update
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.jobs import defer
from ledger.journal import reverse
from ledger.permissions import Books
from terminals.checkout.booking import book, posted
from terminals.checkout.errors import ProviderRefused, RefundNotPossible
from terminals.checkout.provider import Json, Provider
from terminals.checkout.purposes import load
from terminals.checkout.refunds_found import failed_before_it_left
from terminals.checkout.rows import payment_of, row_of
from terminals.checkout.tables import online_case, online_dispute, online_refund

LIMIT_CENTS = 2500  # above it somebody else than who asked releases a refund
PAYERS_DAYS = timedelta(days=14)  # so long a payer takes back a top-up without asking anybody
JOB = "online_refund"
_HARMLESS = ("won", "prevented", "warning_needs_response", "warning_under_review",
             "warning_closed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnlineRefund:
    """A refund as it stands.

    source: what its amount was taken from: "subject", "unclear" (371100), "booked" (whoever asked
    had put it into 371300), "elsewhere" (made at the provider). state: "waiting" for a second
    person, "asked", "pending", then "succeeded", "failed" or "turned_down"; one that succeeded
    may still fail. failure: the provider's word. released_by: the second person, who released
    it or turned it down.
    """

    id: UUID
    payment: UUID
    amount_cents: int
    source: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    failure: str | None
    changed_at: datetime
    released_by: str | None
    entry_id: int | None


def give_back(
    session: Session,
    id: UUID,
    amount_cents: int,
    *,
    key: UUID,
    by: str,
    reason: str,
    at: datetime,
    source: str = "subject",
) -> OnlineRefund:
    """Ask for a refund of a payment, or of a part of it; the same key asks once.

    by: staff code, or the name of the rule that asks. source: see OnlineRefund. Up to LIMIT_CENTS
    the provider is asked at once, above it after `release`. Raises UnknownPayment and
    RefundNotPossible (not_paid, too_much, disputed, spent, key_reused).
    """
    state = "asked" if amount_cents <= LIMIT_CENTS else "waiting"
    values = {"by": by, "reason": reason, "source": source, "state": state}
    return _asked(session, id, amount_cents, key=key, at=at, **values)


def take_back(
    session: Session, id: UUID, amount_cents: int, *, key: UUID, payer: str, at: datetime
) -> OnlineRefund:
    """A payer takes back a top-up of PAYERS_DAYS at most, as far as it has not been spent; it goes
    to where it came from, so nobody need release it. The caller has looked whose payment it is.

    Raises as `give_back` does, and RefundNotPossible("too_late").
    """
    row = row_of(session, id)
    if row.ended_at is not None and at - row.ended_at > PAYERS_DAYS:
        raise RefundNotPossible("too_late")
    values = {"by": payer, "reason": "taken_back", "source": "subject", "state": "asked"}
    return _asked(session, id, amount_cents, key=key, at=at, **values)


def release(session: Session, refund: UUID, *, by: str, at: datetime) -> OnlineRefund:
    """Let a refund go out, as the second person.

    Raises RefundNotPossible (unknown, own_request, decided).
    """
    _decide(session, refund, "asked", by, at)
    defer(session, JOB, {"refund": str(refund)}, lock=f"refund-{refund}")
    return find_refund(session, refund)


def turn_down(session: Session, refund: UUID, *, by: str, at: datetime) -> OnlineRefund:
    """Refuse a refund; what was set aside for it goes back to where it was taken from.

    What has been taken back for it, a ticket or a whole account, does not come back: such a
    refund is not refused. Raises as `release` does, and RefundNotPossible("booked").
    """
    row = _decide(session, refund, "turned_down", by, at)
    if row.source == "booked":
        raise RefundNotPossible("booked")
    if row.entry_id is not None:
        key = uuid5(refund, "turned_down")
        posted(reverse(session, row.entry_id, key=key, booked_on=business_day(at)))
    return find_refund(session, refund)


def find_refund(session: Session, refund: UUID) -> OnlineRefund:
    """One refund. Raises RefundNotPossible("unknown")."""
    row = session.execute(_REFUNDS.where(online_refund.c.id == refund)).one_or_none()
    if row is None:
        raise RefundNotPossible("unknown")
    return OnlineRefund(*row)


def refunds_of(session: Session, payment: UUID) -> list[OnlineRefund]:
    """The refunds of a payment, the newest first."""
    of_payment = _REFUNDS.where(online_refund.c.payment == payment)
    rows = session.execute(of_payment.order_by(online_refund.c.asked_at.desc()))
    return [OnlineRefund(*row) for row in rows]


def waiting_refunds(session: Session) -> list[OnlineRefund]:
    """What waits for a second person, the oldest first."""
    waiting = _REFUNDS.where(online_refund.c.state == "waiting")
    return [OnlineRefund(*row) for row in session.execute(waiting.order_by("asked_at"))]


def failed_refunds(session: Session) -> list[OnlineRefund]:
    """What failed and was not paid another way yet, the oldest first: its case is still open, and
    the money is not on a wallet again."""
    is_open = exists().where(
        online_case.c.kind == "refund_failed", online_case.c.closed_at.is_(None),
        online_case.c.ref == cast(online_refund.c.id, Text),
        online_case.c.detail["is_on_wallet"].as_boolean().is_not(True),
    )  # fmt: skip
    failed = _REFUNDS.where(online_refund.c.state == "failed", is_open)
    return [OnlineRefund(*row) for row in session.execute(failed.order_by("changed_at"))]


def ask_provider(books: Books, provider: Provider, refund: UUID, *, at: datetime) -> UUID:
    """Have the provider pay a refund out, once; returns its payment, which is to be settled next.

    What was asked before is found by our id in it, however long ago that was. Raises ProviderDown.
    """
    with books.read_only() as session:
        row = session.execute(
            select(online_refund).where(online_refund.c.id == refund)
        ).one_or_none()
        intent = None if row is None else row_of(session, row.payment).intent
    if row is None or intent is None:
        raise RefundNotPossible("unknown")
    payment: UUID = row.payment
    if row.state != "asked" or row.refund is not None or _made(provider, intent, refund):
        return payment
    try:
        provider.refund(intent, row.amount_cents, refund=str(refund))
    except ProviderRefused as refused:
        with books.transaction() as session:
            row_of(session, payment, is_locked=True)
            failed_before_it_left(session, refund, refused.reason, at=at)
    return payment


def _made(provider: Provider, intent: str, refund: UUID) -> Json | None:
    made = provider.refunds_of(intent)
    return next((r for r in made if (r.get("metadata") or {}).get("refund") == str(refund)), None)


_REFUNDS = select(*(online_refund.c[name] for name in OnlineRefund.__dataclass_fields__))


def _asked(
    session: Session, id: UUID, cents: int, *, key: UUID, at: datetime, by: str, reason: str,
    source: str, state: str,
) -> OnlineRefund:  # fmt: skip
    row = row_of(session, id, is_locked=True)
    known = session.execute(_REFUNDS.where(online_refund.c.id == key)).one_or_none()
    if known is not None:
        if (known.payment, known.amount_cents) != (id, cents):
            raise RefundNotPossible("key_reused")
        return OnlineRefund(*known)
    _check(session, row, cents)
    entry = _set_aside(session, row, cents, key=key, source=source, at=at)
    values = {
        "id": key, "payment": id, "amount_cents": cents, "source": source, "reason": reason,
        "asked_by": by, "asked_at": at, "state": state, "changed_at": at, "entry_id": entry,
    }  # fmt: skip
    session.execute(insert(online_refund), [values])
    if state == "asked":
        defer(session, JOB, {"refund": str(key)}, lock=f"refund-{key}")
    return find_refund(session, key)


def _check(session: Session, row: Row[Any], cents: int) -> None:
    if row.state != "paid":
        raise RefundNotPossible("not_paid")
    gone = session.scalar(
        select(func.coalesce(func.sum(online_refund.c.amount_cents), 0)).where(
            online_refund.c.payment == row.id,
            online_refund.c.state.not_in(("failed", "turned_down")),
        )
    )
    if not 0 < cents <= row.amount_cents - int(gone or 0):
        raise RefundNotPossible("too_much")
    disputed = select(online_dispute.c.id).where(
        online_dispute.c.payment == row.id, online_dispute.c.state.not_in(_HARMLESS)
    )
    if session.scalar(disputed) is not None:
        raise RefundNotPossible("disputed")  # the payer has taken it back already


def _set_aside(
    session: Session, row: Row[Any], cents: int, *, key: UUID, source: str, at: datetime
) -> int | None:
    entry_key = uuid5(key, "given_back")
    match source:
        case "subject":
            given_back = load()[row.purpose].given_back
            if given_back is None:
                raise ValueError(f"{row.purpose} books by itself what is given back")
            return given_back(session, payment_of(row), cents, key=entry_key, at=at)
        case "unclear":
            return book(
                session, entry_key, "unclear_assigned", amounts={"amount": cents},
                roles={"assigned_to": "371300"}, at=at, reference=row.intent,
            )  # fmt: skip
        case "booked":
            return None
    raise ValueError(f"nothing is given back from {source!r}")


def _decide(session: Session, refund: UUID, state: str, by: str, at: datetime) -> Row[Any]:
    row = session.execute(
        select(online_refund).where(online_refund.c.id == refund).with_for_update()
    ).one_or_none()
    if row is None:
        raise RefundNotPossible("unknown")
    if row.state != "waiting":
        raise RefundNotPossible("decided")
    if row.asked_by == by:
        raise RefundNotPossible("own_request")
    session.execute(
        update(online_refund)
        .where(online_refund.c.id == refund)
        .values(state=state, released_by=by, changed_at=at)
    )
    return row
