"""What the provider tells us: stored as it comes, worked off once, in whatever order.

A message says only where to look. Whoever works it off fetches the thing itself, moves our row
forward and marks the message in the same transaction.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.jobs import defer
from ledger.permissions import Books
from terminals.checkout.errors import NotBooked, ProviderDown, ProviderRefused
from terminals.checkout.payments import settle
from terminals.checkout.provider import Json, Provider, id_of
from terminals.checkout.strangers import keep_stranger, of_terminal
from terminals.checkout.tables import online_payment, provider_event

JOB = "provider_event"
# The kinds of objects we know what to do about; a message about any other is kept and left.
KNOWN = frozenset({"checkout.session", "payment_intent", "charge", "refund", "dispute"})

log = logging.getLogger("stadtkasse.checkout")


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is worth storing: its id, type and time, and what it is about."""

    id: str
    type: str
    created: datetime
    object_id: str | None
    is_live: bool
    text: str


def message_in(text: str) -> Message:
    """The message in a verified body. Raises ValueError for anything else."""
    return message_in_event(json.loads(text), text)


def message_in_event(told: Any, text: str | None = None) -> Message:
    """The message in an event as the provider shows it. Raises ValueError for anything else."""
    try:
        thing = told["data"]["object"]
        created = datetime.fromtimestamp(told["created"], UTC)
        is_live, id_, type_ = bool(told["livemode"]), str(told["id"]), str(told["type"])
    except (KeyError, TypeError) as missing:
        raise ValueError("this is no message about an object") from missing
    return Message(id_, type_, created, id_of(thing), is_live, text or json.dumps(told))


def store(session: Session, message: Message) -> bool:
    """Keep a message and have it worked off; whether it was new."""
    row = {
        "id": message.id, "type": message.type, "created": message.created,
        "object_id": message.object_id, "payload": message.text,
    }  # fmt: skip
    if session.connection().execute(_STORE, row).one_or_none() is None:
        return False
    defer(session, JOB, {"event": message.id})
    return True


# Built once: SQLAlchemy need not look at it again for every message of a burst.
_STORE = (
    insert(provider_event)
    .on_conflict_do_nothing(index_elements=[provider_event.c.id])
    .returning(provider_event.c.id)
)


def work_event(books: Books, provider: Provider, event: str, *, at: datetime) -> str:
    """Work off one message; the state it is left in: "done", "ignored" (nothing of ours) or
    "unknown" (money we know nothing of: a case).

    Raises ProviderDown, ProviderRefused and NotBooked; the trouble stands beside the message, and
    it is tried again.
    """
    with books.read_only() as session:
        row = session.execute(select(provider_event).where(provider_event.c.id == event)).one()
    if row.state != "new":
        return str(row.state)
    try:
        return _worked(books, provider, row, at)
    except (ProviderDown, ProviderRefused, NotBooked) as trouble:
        with books.transaction() as session:
            _mark(session, event, tries=row.tries + 1, trouble=f"{trouble.code}: {trouble.reason}")
        raise


def failing_events(session: Session) -> list[Row[Any]]:
    """Messages that could not be worked off so far, with their trouble, the oldest first."""
    of = provider_event.c
    return list(
        session.execute(
            select(of.id, of.type, of.object_id, of.received_at, of.tries, of.trouble)
            .where(of.state == "new", of.tries > 0)
            .order_by(of.received_at)
        )
    )


def _worked(books: Books, provider: Provider, row: Row[Any], at: datetime) -> str:
    thing = json.loads(row.payload)["data"]["object"] if row.payload else {}
    if thing.get("object") not in KNOWN:
        return _left(books, row.id, "ignored", at)
    with books.read_only() as session:
        payment = _payment_of(session, thing)
    if payment is None:
        return _looked_up(books, provider, row.id, thing, at=at)
    settle(books, provider, payment, at=at, also=lambda s: _mark_worked(s, row.id, "done", at))
    return "done"


def _looked_up(books: Books, provider: Provider, event: str, thing: Json, *, at: datetime) -> str:
    """A message that names no payment of ours: its intent may, and if not it is a stranger's."""
    intent_id = id_of(thing.get("payment_intent"))
    if thing["object"] == "payment_intent":
        intent_id = thing["id"]
    intent = provider.intent(intent_id) if intent_id is not None else None
    if intent is not None and of_terminal(intent):
        return _left(books, event, "ignored", at)
    with books.read_only() as session:
        payment = _payment_of(session, intent) if intent is not None else None
    if payment is not None:
        settle(books, provider, payment, at=at, also=lambda s: _mark_worked(s, event, "done", at))
        return "done"
    if thing["object"] == "checkout.session" and intent is None:
        return _left(books, event, "ignored", at)  # somebody else's page, and no money
    with books.transaction() as session:
        keep_stranger(session, thing, intent, at=at)
        _mark_worked(session, event, "unknown", at)
    return "unknown"


def _payment_of(session: Session, thing: Mapping[str, Any]) -> UUID | None:
    of = online_payment.c
    intent = thing["id"] if thing["object"] == "payment_intent" else thing.get("payment_intent")
    wanted = [of.intent == id_of(intent)] if intent is not None else []
    if thing["object"] == "checkout.session":
        wanted.append(of.session == thing["id"])
    try:
        wanted.append(of.id == UUID((thing.get("metadata") or {})["payment"]))
    except (KeyError, ValueError):
        log.debug("%s names no payment", thing["id"])
    for one in wanted:
        found: UUID | None = session.scalar(select(of.id).where(one))
        if found is not None:
            return found
    return None


def _left(books: Books, event: str, state: str, at: datetime) -> str:
    with books.transaction() as session:
        _mark_worked(session, event, state, at)
    return state


def _mark_worked(session: Session, event: str, state: str, at: datetime) -> None:
    session.execute(
        update(provider_event)
        .where(provider_event.c.id == event, provider_event.c.state == "new")
        .values(state=state, worked_at=at, trouble=None)
    )


def _mark(session: Session, event: str, **values: Any) -> None:
    session.execute(
        update(provider_event)
        .where(provider_event.c.id == event, provider_event.c.state == "new")
        .values(values)
    )
