"""What the centre has still to hear, in the order it happened, under keys made here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Text, bindparam, func, insert, select, type_coerce, update

from terminals.till.journal.tables import outbox

WAITING = "waiting"
TAKEN = "taken"
SALES = ("charge", "fee_notice")  # items without which the centre lacks money or a claim


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell. seq: its place in the site's order; key: the same at every repetition.

    written: the body as the journal has it, JSON; thousands are sent without being read.
    """

    seq: int
    key: UUID
    kind: str
    at: datetime
    written: str

    @property
    def body(self) -> Mapping[str, Any]:
        """What happened."""
        body: Mapping[str, Any] = json.loads(self.written)
        return body

    def document(self) -> str:
        """As `POST /api/v1/till/items` takes it: JSON."""
        return (
            f'{{"seq":{self.seq},"key":"{self.key}","kind":"{self.kind}",'
            f'"at":"{self.at.isoformat()}","body":{self.written}}}'
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that the centre did not take, with its reason."""

    item: Item
    state: str
    outcome: Mapping[str, Any]
    answered_at: datetime


def put(
    connection: Connection,
    till: str,
    kind: str,
    body: Mapping[str, Any],
    *,
    at: datetime,
    key: UUID | None = None,
) -> UUID:
    """Add an item in the transaction of what it tells about; its key."""
    key = key or uuid4()
    row = {"till": till, "key": key, "kind": kind, "at": at, "body": dict(body), "state": WAITING}
    connection.execute(_PUT, row)
    return key


_PUT = insert(outbox)


_ITEM = (outbox.c.seq, outbox.c.key, outbox.c.kind, outbox.c.at,
         type_coerce(outbox.c.body, Text).label("written"))  # fmt: skip


def waiting(connection: Connection, till: str, most: int, *, after: int = 0) -> list[Item]:
    """The oldest items the centre has not answered, of those behind the place `after`."""
    found = select(*_ITEM).where(
        outbox.c.till == till, outbox.c.state == WAITING, outbox.c.seq > after
    )
    return [Item(*row) for row in connection.execute(found.order_by(outbox.c.seq).limit(most))]


def count_waiting(connection: Connection, till: str, *kinds: str) -> int:
    """How many items are not yet answered; of these kinds, or all."""
    found = select(func.count()).where(outbox.c.till == till, outbox.c.state == WAITING)
    if kinds:
        found = found.where(outbox.c.kind.in_(kinds))
    return connection.scalar(found) or 0


def settle(
    connection: Connection, outcomes: Sequence[Mapping[str, Any]], *, now: datetime
) -> list[Mapping[str, Any]]:
    """Keep what the centre answered; returns those it did not take."""
    rejected = [outcome for outcome in outcomes if outcome["state"] != TAKEN]
    taken = [{"of": UUID(outcome["key"])} for outcome in outcomes if outcome["state"] == TAKEN]
    if taken:
        connection.execute(_ANSWERED.values(state=TAKEN, answered_at=now), taken)
    for outcome in rejected:
        values = {"state": outcome["state"], "outcome": dict(outcome), "answered_at": now}
        connection.execute(_ANSWERED.values(**values), {"of": UUID(outcome["key"])})
    return rejected


_ANSWERED = update(outbox).where(outbox.c.state == WAITING, outbox.c.key == bindparam("of"))


def rejected(connection: Connection, till: str) -> list[Rejected]:
    """The conflict list: what the centre did not take, newest first."""
    found = select(*_ITEM, outbox.c.state, outbox.c.outcome, outbox.c.answered_at).where(
        outbox.c.till == till, outbox.c.state.in_(("refused", "conflict", "invalid"))
    )
    rows = connection.execute(found.order_by(outbox.c.seq.desc()).limit(100))
    return [Rejected(Item(*row[:5]), *row[5:]) for row in rows]


def state_of(connection: Connection, key: UUID) -> str | None:
    """waiting, taken, refused, conflict or invalid; None: there is no such item."""
    return connection.scalar(select(outbox.c.state).where(outbox.c.key == key))
