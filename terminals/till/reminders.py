"""Reminding the second person of a refund that waits: every two minutes at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from terminals.till.drafts import find_draft, keep_draft
from terminals.till.errors import TillRefusal
from terminals.till.outbox import put
from terminals.till.take_backs import TakeBack

PAUSE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Reminded:
    """times: so often; last_at: aware, by this till's clock."""

    times: int
    last_at: datetime


def remind(connection: Connection, of: TakeBack, *, person: str, now: datetime) -> None:
    """Tell the centre that a guest stands here and waits.

    Raises TillRefusal: not_pending; reminded_before, within two minutes of the last time.
    """
    if of.state != "pending":
        raise TillRefusal("not_pending")
    before = reminded(connection, of)
    if before is not None and now < before.last_at + PAUSE:
        raise TillRefusal("reminded_before")
    kept = {"times": before.times + 1 if before else 1, "last_at": now.isoformat()}
    keep_draft(connection, of.till, _name(of), kept)
    put(connection, of.till, "refund_reminded", {"refund": str(of.id), "person": person}, at=now)


def reminded(connection: Connection, of: TakeBack) -> Reminded | None:
    """When the second person was reminded of this refund last; None: never."""
    body = find_draft(connection, of.till, _name(of))
    if body is None:
        return None
    return Reminded(body["times"], datetime.fromisoformat(body["last_at"]))


def _name(of: TakeBack) -> str:
    return f"reminded/{of.id}"
