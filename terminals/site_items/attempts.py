"""Tries to take or give back money at a terminal: each state is kept, the newest one is shown.

An attempt moves forward only: started, unknown, decided. What a till says late about an earlier
state is kept and changes nothing; a second decision that contradicts the first is a conflict a
person has to look at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from terminals.site_items.item import TAKEN, Item, Outcome, Place, invalid
from terminals.site_schemas import AttemptBody
from terminals.tables import till_attempt

RANKS = {"started": 0, "unknown": 1, "approved": 2, "declined": 2, "aborted": 2}
_BODY = AttemptBody()


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as it stands; `changed_at` is when it came to its state."""

    attempt: UUID
    till: str
    basket: UUID | None
    kind: str
    amount_cents: int
    terminal: str | None
    adapter: str | None
    state: str
    started_at: datetime
    changed_at: datetime
    reason: str | None
    statement: str | None
    statement_by: str | None


def take_attempts(session: Session, items: Sequence[Item], place: Place) -> list[Outcome]:
    """Take states of attempts in order; one outcome each."""
    read = [_read(item, place) for item in items]
    states = [one for one in read if isinstance(one, Attempt)]
    known = _known(session, {one.attempt for one in states})
    before, outcomes = dict(known), list[Outcome]()
    for one in read:
        if isinstance(one, Outcome):
            outcomes.append(one)
            continue
        outcome, now = moved(known.get(one.attempt), one)
        known[one.attempt] = now
        outcomes.append(outcome)
    _store(session, [one for key, one in known.items() if before.get(key) != one])
    return outcomes


def moved(known: Attempt | None, said: Attempt) -> tuple[Outcome, Attempt]:
    """What a till said about an attempt, and how it stands after that."""
    if known is None:
        return TAKEN, said
    same = ("till", "kind", "amount_cents")
    if any(getattr(known, name) != getattr(said, name) for name in same):
        data = {name: getattr(known, name) for name in same}
        return Outcome("conflict", code="attempt_differs", data=data), known
    before, now = RANKS[known.state], RANKS[said.state]
    if before == now == 2 and known.state != said.state:
        data = {"state": known.state, "said": said.state}
        return Outcome("conflict", code="attempt_decided", data=data), known
    if (now, said.changed_at) < (before, known.changed_at):
        return TAKEN, known
    kept = {"started_at": known.started_at, "basket": known.basket, "terminal": known.terminal}
    values = {each.name: getattr(said, each.name) for each in fields(said)} | kept
    return TAKEN, Attempt(**values)


def _read(item: Item, place: Place) -> Attempt | Outcome:
    try:
        body: Mapping[str, Any] = _BODY.load(item.body)
    except ValidationError as wrong:
        return invalid("request_invalid", errors=wrong.messages_dict)
    at = body["at"]
    names = {each.name for each in fields(Attempt)} & body.keys()
    values = {name: body[name] for name in names}
    return Attempt(**values, till=place.till, started_at=at, changed_at=at)


_COLUMNS = tuple(till_attempt.c[each.name] for each in fields(Attempt))
_MOVING = ("state", "changed_at", "reason", "statement", "statement_by")


def _known(session: Session, keys: set[UUID]) -> dict[UUID, Attempt]:
    if not keys:
        return {}
    found = select(*_COLUMNS).where(till_attempt.c.attempt == func.any(list(keys)))
    return {row.attempt: Attempt(*row) for row in session.execute(found)}


def _store(session: Session, attempts: Sequence[Attempt]) -> None:
    if not attempts:
        return
    adding = insert(till_attempt)
    changed = {name: adding.excluded[name] for name in _MOVING}
    session.execute(
        adding.on_conflict_do_update(index_elements=["attempt"], set_=changed),
        [{each.name: getattr(one, each.name) for each in fields(one)} for one in attempts],
    )
