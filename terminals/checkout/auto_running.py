"""Wallets that fill themselves up, done: who is due, and the charge, once and within the cap.

The row of a payment that is planned is what keeps a second one away: the database takes one on
its way for each wallet. It is committed before anybody is asked, so a process that dies between
two steps is followed by one that goes on where it stood.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.jobs import defer
from ledger.permissions import Books
from ledger.tables.books import account, guard
from ledger.tables.families import wallet_closing
from ledger.tables.services import wallet as wallet_table
from terminals.checkout import auto_letters  # as a module: its way leads past our callers
from terminals.checkout.asked import KEY_LIVES, charge_of
from terminals.checkout.auto_state import spent_cents
from terminals.checkout.errors import ProviderRefused
from terminals.checkout.payments import settle
from terminals.checkout.provider import Provider
from terminals.checkout.purposes import load
from terminals.checkout.rows import change, payment_of, row_of
from terminals.checkout.tables import auto_top_up, online_payment, online_way
from terminals.checkout.values import Payment

JOB = "auto_top_up"
NOTICE = timedelta(days=2)  # a direct debit is announced so long before it is drawn
TITLE = "Aufladung"

log = logging.getLogger("stadtkasse.checkout")


def due_top_ups(session: Session, at: datetime) -> list[UUID]:
    """Plan a payment for every wallet that has fallen below its threshold; their ids.

    For after a batch of meals or a charge, as often as one likes: one on its way keeps the next
    away, and the amounts of a calendar month, in the city's time, stay within the cap.
    """
    day = business_day(at)
    due = session.execute(
        select(auto_top_up, online_way.c.kind.label("way"), online_way.c.method)
        .join(wallet_table, wallet_table.c.code == auto_top_up.c.wallet)
        .join(account, account.c.code == wallet_table.c.account)
        .join(guard, guard.c.account_id == account.c.id)
        .join(online_way, online_way.c.payer == auto_top_up.c.payer)
        .where(
            or_(
                auto_top_up.c.state == "active",
                (auto_top_up.c.state == "paused") & (auto_top_up.c.paused_until <= day),
            ),
            guard.c.posted < auto_top_up.c.threshold_cents,
            ~_is_on_the_way(),
            ~_is_closing(auto_top_up.c.wallet),
        )
        .order_by(auto_top_up.c.wallet)
        .with_for_update(of=auto_top_up)
    ).all()
    planned = [_planned(session, row, at) for row in due]
    return [id_ for id_ in planned if id_ is not None]


def run_top_up(books: Books, provider: Provider, id: UUID, *, at: datetime) -> Payment:
    """Charge what was planned, once it is due, and settle it. Raises ProviderDown: the same call
    later then finds what became of it."""
    row = _asking(books, id, at)
    if row.state == "open" and row.intent is None and at - row.due_at < KEY_LIVES:
        _charge(books, provider, row, at)
    if row.state == "begun":
        return payment_of(row)
    return settle(books, provider, id, at=at)


def _is_on_the_way() -> ColumnElement[bool]:
    """Asked before the payment is written: whoever moves one on its way locks the wish after it."""
    of = online_payment.c
    return exists().where(
        of.subject == auto_top_up.c.wallet, of.kind == "saved", of.ended_at.is_(None)
    )


def _is_closing(wallet: ColumnElement[str] | str) -> ColumnElement[bool]:
    """An account that is paid back is empty in the end, and that is no reason to fill it."""
    of = wallet_closing.c
    return exists().where(of.wallet == wallet, of.state != "withdrawn")


def _planned(session: Session, row: Row[Any], at: datetime) -> UUID | None:
    due_at = at + NOTICE if row.way == "sepa_debit" else at
    if spent_cents(session, row.wallet, due_at) + row.amount_cents > row.month_cap_cents:
        return None
    id_ = uuid4()
    values = {
        "id": id_, "kind": "saved", "purpose": "auto_top_up", "subject": row.wallet,
        "amount_cents": row.amount_cents, "title": TITLE, "locale": "de", "ways": [row.way],
        "payer": row.payer, "keeps_way": False, "begun_at": at, "due_at": due_at,
        "state": "begun", "way": row.way, "method": row.method,
    }  # fmt: skip
    made = session.scalar(
        insert(online_payment)
        .values(values)
        .on_conflict_do_nothing()
        .returning(online_payment.c.id)
    )
    if made is None:
        return None  # another one is on its way
    if row.way == "sepa_debit":
        auto_letters.tell_ahead(session, payment_of(row_of(session, id_)), due_at=due_at)
    defer(session, JOB, {"payment": str(id_)}, lock=f"auto-{row.wallet}", at=due_at)
    return id_


def _asking(books: Books, id: UUID, at: datetime) -> Row[Any]:
    """Write down that the provider is asked from now on, or that nobody will be."""
    with books.transaction() as session:
        row = row_of(session, id, is_locked=True)
        if row.state != "begun" or row.due_at > at:
            return row
        if _is_wanted(session, row, at):
            change(session, id, state="open")
        else:
            change(session, id, state="cancelled", reason="called_off", ended_at=at)
        return row_of(session, id)


def _is_wanted(session: Session, row: Row[Any], at: datetime) -> bool:
    wish = session.execute(
        select(auto_top_up.c.state, auto_top_up.c.paused_until).where(
            auto_top_up.c.wallet == row.subject, ~_is_closing(row.subject)
        )
    ).one_or_none()
    if wish is None:
        return False
    is_over = wish.paused_until is not None and wish.paused_until <= business_day(at)
    return wish.state == "active" or (wish.state == "paused" and is_over)


def _charge(books: Books, provider: Provider, row: Row[Any], at: datetime) -> None:
    try:
        intent = provider.charge(*charge_of(row))["id"]
    except ProviderRefused as refused:
        intent = refused.intent
        if intent is None:  # no intent was made: no such card, no such customer
            log.warning("a planned top-up was refused: %s", refused.reason)
            _never_made(books, row.id, refused.reason, at)
            return
    with books.transaction() as session:
        if row_of(session, row.id, is_locked=True).intent is None:
            change(session, row.id, intent=intent)


def _never_made(books: Books, id: UUID, why: str, at: datetime) -> None:
    """It counts as a decline: the next one would be refused as well, for ever."""
    with books.transaction() as session:
        if row_of(session, id, is_locked=True).state != "open":
            return
        change(session, id, state="failed", reason=why, ended_at=at)
        payment = payment_of(row_of(session, id))
        ended = load()[payment.purpose].ended
        assert ended is not None
        ended(session, payment, at=at)
