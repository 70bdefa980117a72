"""Every night: ask the provider after everything that is still open, so that nothing depends on
a message that may never have come."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_, select, update

from ledger.permissions import Books
from terminals.checkout.auto_running import run_top_up
from terminals.checkout.disputes import FINAL
from terminals.checkout.errors import NotBooked, ProviderDown, ProviderRefused
from terminals.checkout.forgetting import forget, waiting
from terminals.checkout.inbox import message_in_event, store, work_event
from terminals.checkout.leaving import forget_what_is_over
from terminals.checkout.payments import settle
from terminals.checkout.provider import Provider, id_of
from terminals.checkout.refunds import ask_provider
from terminals.checkout.tables import (
    online_dispute,
    online_payment,
    online_refund,
    provider_event,
)

OPEN_FOR = timedelta(hours=1)
UNDELIVERED_FOR = timedelta(days=7)  # the provider tries for three, and a night may be missed
MAY_CHANGE_FOR = timedelta(days=30)  # fees that were late, refunds that fail after they succeeded
KEPT_FOR = timedelta(days=30)

Thing = TypeVar("Thing", str, UUID)

log = logging.getLogger("stadtkasse.checkout")


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: messages fetched and worked off, payments and refunds looked at, what
    was to be forgotten over there, and how many of all these met with trouble and wait for the
    next one."""

    fetched: int
    worked: int
    settled: int
    refunds: int
    forgotten: int
    troubles: int


def sweep(books: Books, provider: Provider, *, at: datetime) -> Swept:
    """Look after everything that may have moved unheard; safe to repeat and to kill."""
    trouble: list[str] = []
    fetched = _fetched(books, provider, at, trouble)
    worked = _each(_events(books), lambda e: work_event(books, provider, e, at=at), trouble)
    asked = _each(_refunds(books, at), lambda r: ask_provider(books, provider, r, at=at), trouble)
    planned = _planned(books, at)
    _each(planned, lambda p: run_top_up(books, provider, p, at=at), trouble)
    payments = _payments(books, _taken_away(provider, at, trouble), at)
    settled = _each(payments, lambda p: settle(books, provider, p, at=at), trouble)
    gone = _each(_unwanted(books, at), lambda r: forget(books, provider, r, at=at), trouble)
    with books.transaction() as session:
        session.execute(
            update(provider_event)
            .where(
                provider_event.c.payload.is_not(None),
                provider_event.c.state != "new",
                provider_event.c.received_at < at - KEPT_FOR,
            )
            .values(payload=None)
        )
    return Swept(fetched, worked, settled, asked, gone, len(trouble))


def _each(things: list[Thing], work: Callable[[Thing], object], trouble: list[str]) -> int:
    done = 0
    for thing in things:
        try:
            work(thing)
        except (ProviderDown, ProviderRefused, NotBooked) as met:
            trouble.append(met.reason)
            log.warning("%s waits for the next sweep: %s, %s", thing, met.code, met.reason)
        else:
            done += 1
    return done


def _fetched(books: Books, provider: Provider, at: datetime, trouble: list[str]) -> int:
    new = 0
    try:
        for event in provider.events_not_delivered(at - UNDELIVERED_FOR):
            with books.transaction() as session:
                new += store(session, message_in_event(event))
    except ProviderDown as met:
        trouble.append(met.reason)
        log.warning("what was not delivered is asked for again next time: %s", met.reason)
    return new


def _taken_away(provider: Provider, at: datetime, trouble: list[str]) -> list[str]:
    """The intents that money was taken from lately, by a refund or a dispute."""
    try:
        taken = list(provider.taken_away_since(at - MAY_CHANGE_FOR))
    except ProviderDown as met:
        trouble.append(met.reason)
        log.warning("refunds and disputes are asked for again next time: %s", met.reason)
        return []
    intents = (id_of(each.get("payment_intent")) for each in taken)
    return sorted({each for each in intents if each is not None})


def _events(books: Books) -> list[str]:
    waiting = select(provider_event.c.id).where(provider_event.c.state == "new")
    with books.read_only() as session:
        return list(session.scalars(waiting.order_by(provider_event.c.created)))


def _refunds(books: Books, at: datetime) -> list[UUID]:
    asked = select(online_refund.c.id).where(
        online_refund.c.state == "asked", online_refund.c.asked_at < at - OPEN_FOR
    )
    with books.read_only() as session:
        return list(session.scalars(asked.order_by(online_refund.c.asked_at)))


def _unwanted(books: Books, at: datetime) -> list[str]:
    with books.transaction() as session:
        forget_what_is_over(session, at=at)
        return waiting(session)


def _planned(books: Books, at: datetime) -> list[UUID]:
    """Wallets' own payments whose job has given up, or died before it began."""
    of = online_payment.c
    due = (of.kind == "saved") & of.ended_at.is_(None) & (of.due_at < at - OPEN_FOR)
    with books.read_only() as session:
        return list(session.scalars(select(of.id).where(due).order_by(of.due_at)))


def _payments(books: Books, taken_away: list[str], at: datetime) -> list[UUID]:
    of = online_payment.c
    refunded = select(online_refund.c.payment).where(
        online_refund.c.state.in_(("asked", "pending"))
    )
    disputed = select(online_dispute.c.payment).where(online_dispute.c.state.not_in(FINAL))
    wanted = select(of.id).where(
        or_(
            of.ended_at.is_(None) & (of.due_at < at - OPEN_FOR),
            (of.state == "paid") & ~of.has_fee & (of.ended_at > at - MAY_CHANGE_FOR),
            of.intent.in_(taken_away),
            of.id.in_(refunded),
            of.id.in_(disputed),
        )
    )
    with books.read_only() as session:
        return list(session.scalars(wanted.order_by(of.begun_at, of.id)))
