"""Payments on the provider's page: begun, found, settled and called off.

The row of a payment is committed before the provider hears of it. Whatever happens then, asking
again with the row's own key finds the same page: a reply that was lost, a process that died, a
form that was sent twice. What was paid is never believed from an address or a message, only from
the provider's own object, fetched now; `settle` does that and may be called by anybody at any
time.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from ledger.permissions import Books
from terminals.checkout import progress
from terminals.checkout.asked import KEY_LIVES, found_at, intent_adopted, page_of
from terminals.checkout.errors import KeyReused, ProviderDown, ProviderRefused, UnknownPayment
from terminals.checkout.people import customer_for
from terminals.checkout.provider import Provider
from terminals.checkout.refunds import give_back
from terminals.checkout.rows import ENDED, change, lock_subject, payment_of, row_of
from terminals.checkout.tables import online_payment, online_payment_key
from terminals.checkout.values import Payment, Wanted

__all__ = [
    "Payment", "Wanted", "begin", "call_off", "find_payment", "give_back", "payments_of", "settle",
]  # fmt: skip

PAGE_LIVES = timedelta(minutes=60)  # the provider takes 30 minutes to 24 hours
WORTH_A_VISIT = timedelta(minutes=5)  # a page that closes sooner is not shown again
PATIENCE = timedelta(hours=1)  # after that an answer with an error is no reason to wait

log = logging.getLogger("stadtkasse.checkout")


def begin(
    books: Books, provider: Provider, wanted: Wanted, *, key: UUID, origin: str, at: datetime
) -> Payment:
    """A payment with a page to send the payer to; the same key finds the same one.

    Two forms that want the same, while the first page is still open, share it. origin: of our
    own addresses, "https://kasse.example". Raises ProviderDown (ask again with the same key)
    and KeyReused.
    """
    if wanted.payer is not None:
        customer_for(books, provider, wanted.payer)
    with books.transaction() as session:
        lock_subject(session, wanted.purpose, wanted.subject)
        id_ = _by_key(session, key, wanted) or _reusable(session, wanted, at)
        if id_ is None:
            id_ = uuid4()
            session.execute(insert(online_payment), [_row(id_, wanted, origin, at)])
        _remember(session, key, id_, wanted)
        row = row_of(session, id_)
    if row.state != "begun":
        return payment_of(row)
    if row.payer is not None and row.customer is None:
        raise ProviderDown("customer_let_go")  # a moment ago; the next call makes another one
    return _opened(books, provider, row, at)


def find_payment(session: Session, id: UUID) -> Payment | None:
    """The payment of this id."""
    try:
        return payment_of(row_of(session, id))
    except UnknownPayment:
        return None


def payments_of(session: Session, purpose: str, subject: str) -> list[Payment]:
    """What was begun for this, the newest first."""
    rows = session.execute(
        select(online_payment)
        .where(online_payment.c.purpose == purpose, online_payment.c.subject == subject)
        .order_by(online_payment.c.begun_at.desc(), online_payment.c.id)
    )
    return [payment_of(row) for row in rows]


def settle(
    books: Books,
    provider: Provider,
    id: UUID,
    *,
    at: datetime,
    also: Callable[[Session], None] | None = None,
) -> Payment:
    """Fetch what the provider knows, move the payment forward, and book what has happened, once.

    also: further work for the transaction that does so. Raises UnknownPayment, ProviderDown and
    NotBooked; then nothing has changed, and the next call does it.
    """
    with books.read_only() as session:
        row = row_of(session, id)
    if row.session is None and row.intent is None and row.state not in ENDED:
        row = _made_sure(books, provider, row, at)
    seen = progress.look(provider, row)
    with books.transaction() as session:
        moved = progress.follow(session, provider, id, seen, at=at)
        if also is not None:
            also(session)
    return moved


def call_off(books: Books, provider: Provider, id: UUID, *, at: datetime) -> Payment:
    """Close the page, so that nobody pays any more; what was paid meanwhile is paid.

    Raises UnknownPayment, ProviderDown and NotBooked.
    """
    found = settle(books, provider, id, at=at)
    if found.state != "open":
        return found
    with books.read_only() as session:
        row = row_of(session, id)
    with suppress(ProviderRefused):  # it was paid or closed a moment ago: that is looked at next
        provider.expire_session(row.session)
        with books.transaction() as session:
            if row_of(session, id, is_locked=True).state == "open":
                change(session, id, state="cancelled", ended_at=at)
    return settle(books, provider, id, at=at)


def _row(id_: UUID, wanted: Wanted, origin: str, at: datetime) -> dict[str, Any]:
    def address(path: str) -> str:
        return origin.rstrip("/") + path.replace("{payment}", str(id_))

    return {
        "id": id_, "kind": "page", "purpose": wanted.purpose, "subject": wanted.subject,
        "amount_cents": wanted.amount_cents, "title": wanted.title, "locale": wanted.locale,
        "ways": list(wanted.ways), "payer": wanted.payer, "keeps_way": wanted.save,
        "back_url": address(wanted.back), "cancelled_url": address(wanted.cancelled),
        "page_until": at + PAGE_LIVES, "begun_at": at, "due_at": at, "state": "begun",
    }  # fmt: skip


def _wish(wanted: Wanted) -> bytes:
    what = (wanted.purpose, wanted.subject, wanted.amount_cents, wanted.ways, wanted.payer)
    return hashlib.sha256(repr((*what, wanted.save)).encode()).digest()


def _by_key(session: Session, key: UUID, wanted: Wanted) -> UUID | None:
    known = online_payment_key
    row = session.execute(select(known).where(known.c.key == key)).one_or_none()
    if row is None:
        return None
    if row.request_hash != _wish(wanted):
        raise KeyReused(key)
    payment: UUID = row.payment
    return payment


def _reusable(session: Session, wanted: Wanted, at: datetime) -> UUID | None:
    of = online_payment.c
    return session.scalar(
        select(of.id)
        .where(
            of.purpose == wanted.purpose, of.subject == wanted.subject, of.state == "open",
            of.kind == "page", of.amount_cents == wanted.amount_cents,
            of.payer.is_not_distinct_from(wanted.payer), of.keeps_way == wanted.save,
            of.ways == list(wanted.ways), of.page_until > at + WORTH_A_VISIT,
        )
        .order_by(of.begun_at.desc())
        .limit(1)
    )  # fmt: skip


def _remember(session: Session, key: UUID, id_: UUID, wanted: Wanted) -> None:
    known = session.scalar(select(online_payment_key.c.key).where(online_payment_key.c.key == key))
    if known is None:
        row = {"key": key, "payment": id_, "request_hash": _wish(wanted)}
        session.execute(insert(online_payment_key), [row])


def _opened(books: Books, provider: Provider, row: Row[Any], at: datetime) -> Payment:
    try:
        page = provider.create_session(*page_of(row))
    except ProviderRefused as refused:
        log.warning("the provider makes no page: %s", refused.reason)
        with books.transaction() as session:
            if row_of(session, row.id, is_locked=True).state == "begun":
                change(session, row.id, state="failed", reason=refused.reason, ended_at=at)
        raise ProviderDown(refused.reason) from refused
    return payment_of(_adopted(books, row.id, page))


def _adopted(books: Books, id_: UUID, page: dict[str, Any]) -> Row[Any]:
    with books.transaction() as session:
        if row_of(session, id_, is_locked=True).state == "begun":
            change(session, id_, state="open", session=page["id"], page=page["url"])
        return row_of(session, id_)


def _made_sure(books: Books, provider: Provider, row: Row[Any], at: datetime) -> Row[Any]:
    """Find out what became of a call whose answer we never had."""
    if row.kind == "saved":
        return _charge_found(books, provider, row, at)
    page = _asked_again(provider, row, at)
    if page is None:
        page = found_at(provider, row)
    if page is not None:
        return _adopted(books, row.id, page)
    with books.transaction() as session:
        if row_of(session, row.id, is_locked=True).state == "begun":
            change(session, row.id, state="expired", reason="never_made", ended_at=at)
        return row_of(session, row.id)


def _charge_found(books: Books, provider: Provider, row: Row[Any], at: datetime) -> Row[Any]:
    found = intent_adopted(books, provider, row)
    if found.intent is None and found.state == "open" and at - found.due_at >= KEY_LIVES:
        with books.transaction() as session:  # the call never arrived, and it is too late now
            if row_of(session, row.id, is_locked=True).intent is None:
                change(session, row.id, state="failed", reason="never_made", ended_at=at)
            return row_of(session, row.id)
    return found


def _asked_again(provider: Provider, row: Row[Any], at: datetime) -> dict[str, Any] | None:
    if at - row.begun_at >= KEY_LIVES:
        return None  # the key may be forgotten: a new page would be nobody's
    try:
        return provider.create_session(*page_of(row))
    except ProviderRefused:
        return None  # too late to make it, or it never was
    except ProviderDown:
        if at - row.begun_at < PATIENCE:
            raise
        return None  # an error may be remembered under the key: look instead
