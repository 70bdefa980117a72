"""Online payments as finance looks at them: by state, searched for, and one with its story."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from ledger.tables.books import account, transfer
from ledger.tables.pay_links import pay_link
from terminals.checkout.disputes import FINAL
from terminals.checkout.purposes import load
from terminals.checkout.refunds import OnlineRefund
from terminals.checkout.rows import PAYMENTS, payment_of, row_of
from terminals.checkout.tables import (
    online_booking,
    online_dispute,
    online_payment,
    online_refund,
    provider_event,
)
from terminals.checkout.values import Payment

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "open": ("begun", "open"),
        "processing": ("processing",),
        "paid": ("paid",),
        "failed": ("failed",),
        "left": ("expired", "cancelled"),
    }
)
RUNNING = ("open", "processing")  # groups of payments that have not ended
LATELY = timedelta(days=7)  # so long what has ended is listed; older ones are searched for
MOST = 100
UNCLEAR = "371100"
_ZL = re.compile(r"ZL-?0*(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Booked:
    """A fact of the provider's that was booked. kind: see `online_booking_kind` in the database;
    entry_id: None where the fact moved nothing."""

    kind: str
    amount_cents: int
    booked_at: datetime
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the provider's. trouble: why it could not be worked off so far."""

    id: str
    type: str
    received_at: datetime
    state: str
    tries: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """Money a payer's bank took back. state, reason: the provider's words; due_by: until when
    evidence is heard, None where none is."""

    id: str
    payment: UUID
    amount_cents: int
    state: str
    reason: str
    due_by: datetime | None
    opened_at: datetime
    changed_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing can be said about it any more."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known of a payment. page: the provider's id of its page; unclear_cents: what
    of it waits in 371100; messages: about its page, its intent, its refunds and disputes."""

    payment: Payment
    page: str | None
    unclear_cents: int
    bookings: Sequence[Booked]
    refunds: Sequence[OnlineRefund]
    disputes: Sequence[Dispute]
    messages: Sequence[Heard]


def count_groups(session: Session, *, at: datetime) -> dict[str, int]:
    """How many payments are in each of GROUPS: those that run, and those that ended LATELY."""
    of = online_payment.c
    recent = or_(of.ended_at.is_(None), of.ended_at > at - LATELY)
    rows = session.execute(select(of.state, func.count()).where(recent).group_by(of.state))
    counts = {str(row[0]): int(row[1]) for row in rows}
    return {name: sum(counts.get(state, 0) for state in GROUPS[name]) for name in GROUPS}


def payments_in(session: Session, group: str, *, at: datetime) -> list[Payment]:
    """At most MOST payments of one of GROUPS: what runs by age, the oldest first; what ended
    LATELY, the newest first."""
    of = online_payment.c
    wanted = PAYMENTS.where(of.state.in_(GROUPS[group]))
    if group in RUNNING:
        wanted = wanted.where(of.ended_at.is_(None)).order_by(of.begun_at, of.id)
    else:
        wanted = wanted.where(of.ended_at > at - LATELY).order_by(of.ended_at.desc(), of.id)
    return [payment_of(row) for row in session.execute(wanted.limit(MOST))]


def search_payments(session: Session, words: str) -> list[Payment]:
    """At most MOST payments, the newest first, by one thing known of them.

    Our id of the payment, a wallet (W-000017, also bills of it), a pay link (its id, address,
    reference or ZL number), an order of tickets, or an id of the provider's: of the page, the
    intent, a refund or a dispute.
    """
    word = words.strip()
    if not word:
        return []
    of = online_payment.c
    newest = PAYMENTS.where(or_(*_matches(word))).order_by(of.begun_at.desc(), of.id)
    return [payment_of(row) for row in session.execute(newest.limit(MOST))]


def story_of(session: Session, payment: UUID) -> Story:
    """Everything about one payment, each part in order of time. Raises UnknownPayment."""
    row = row_of(session, payment)
    refunds, shown = _refunds_of(session, payment)
    disputes = disputes_of(session, payment)
    about = [row.session, row.intent, *shown, *(one.id for one in disputes)]
    return Story(
        payment_of(row), row.session, _unclear_cents(session, payment),
        _bookings_of(session, payment), refunds, disputes,
        _messages(session, [one for one in about if one is not None]),
    )  # fmt: skip


def open_disputes(session: Session) -> list[Dispute]:
    """Disputes that are not over, what is due first."""
    of = online_dispute.c
    wanted = select(*_DISPUTE).where(of.state.not_in(FINAL))
    rows = session.execute(wanted.order_by(of.due_by.asc().nulls_last(), of.opened_at))
    return [Dispute(*row) for row in rows]


def disputes_of(session: Session, payment: UUID) -> list[Dispute]:
    """The disputes of a payment, the oldest first."""
    of = online_dispute.c
    wanted = select(*_DISPUTE).where(of.payment == payment)
    return [Dispute(*row) for row in session.execute(wanted.order_by(of.opened_at, of.id))]


def link_numbers(session: Session, payments: Sequence[Payment]) -> dict[str, str]:
    """`ZL-000012` by subject, for those of the payments that are for a pay link."""
    ids = [UUID(one.subject) for one in payments if one.purpose == "pay_link"]
    if not ids:
        return {}
    rows = session.execute(select(pay_link.c.id, pay_link.c.number).where(pay_link.c.id.in_(ids)))
    return {str(row.id): f"ZL-{row.number:06d}" for row in rows}


_DISPUTE = [online_dispute.c[name] for name in Dispute.__dataclass_fields__]


def _matches(word: str) -> list[ColumnElement[bool]]:
    of, upper = online_payment.c, word.upper()
    reference = upper.replace(" ", "")  # printed in groups of four
    links = [
        pay_link.c.token == upper, pay_link.c.reference == reference, pay_link.c.wallet == upper,
    ]  # fmt: skip
    if number := _ZL.fullmatch(word):
        links.append(pay_link.c.number == int(number[1]))
    linked = select(cast(pay_link.c.id, Text)).where(or_(*links))
    # The purposes are named so that the index by subject serves.
    of_subject = and_(of.purpose.in_(list(load())), of.subject.in_((upper, word.lower())))
    refunded = select(online_refund.c.payment).where(online_refund.c.refund == word)
    disputed = select(online_dispute.c.payment).where(online_dispute.c.id == word)
    found = [
        of_subject, and_(of.purpose == "pay_link", of.subject.in_(linked)), of.session == word,
        of.intent == word, of.id.in_(refunded), of.id.in_(disputed),
    ]  # fmt: skip
    try:
        found.append(of.id == UUID(word))
    except ValueError:
        return found
    return found


def _refunds_of(session: Session, payment: UUID) -> tuple[list[OnlineRefund], list[str | None]]:
    """The refunds, the oldest first, and the provider's ids of them."""
    of = online_refund.c
    columns = [of[name] for name in OnlineRefund.__dataclass_fields__]
    wanted = select(*columns, of.refund).where(of.payment == payment)
    rows = session.execute(wanted.order_by(of.asked_at, of.id)).all()
    return [OnlineRefund(*row[:-1]) for row in rows], [row.refund for row in rows]


def _bookings_of(session: Session, payment: UUID) -> list[Booked]:
    of = online_booking.c
    columns = [of[name] for name in Booked.__dataclass_fields__]
    wanted = select(*columns).where(of.payment == payment)
    return [Booked(*row) for row in session.execute(wanted.order_by(of.booked_at, of.kind))]


def _messages(session: Session, about: Sequence[str]) -> list[Heard]:
    of = provider_event.c
    columns = [of[name] for name in Heard.__dataclass_fields__]
    wanted = select(*columns).where(of.object_id.in_(about))
    return [Heard(*row) for row in session.execute(wanted.order_by(of.received_at, of.id))]


def _unclear_cents(session: Session, payment: UUID) -> int:
    """What arrived in 371100 with this payment, less what left from there: asked back, or taken
    back at the provider or by the payer's bank."""
    credited = aliased(account)
    arrived = (
        select(func.coalesce(func.sum(transfer.c.amount_cents), 0))
        .join(online_booking, online_booking.c.entry_id == transfer.c.entry_id)
        .join(credited, credited.c.id == transfer.c.credit_account)
        .where(
            online_booking.c.payment == payment, online_booking.c.kind == "received",
            credited.c.code == UNCLEAR,
        )
    )  # fmt: skip
    of = online_refund.c
    asked = select(func.coalesce(func.sum(of.amount_cents), 0)).where(
        of.payment == payment, of.source.in_(("unclear", "elsewhere")), of.state != "turned_down"
    )
    lost = select(func.coalesce(func.sum(online_booking.c.amount_cents), 0)).where(
        online_booking.c.payment == payment, online_booking.c.kind == "dispute_lost"
    )
    left = int(session.scalar(asked) or 0) + int(session.scalar(lost) or 0)
    return max(0, int(session.scalar(arrived) or 0) - left)
