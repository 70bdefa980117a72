"""Reminding the second person of a refund that waits: every two minutes at most."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from terminals.till.drafts import find_draft, keep_draft
from terminals.till.errors import TillRefusal
from terminals.till.outbox import put
from terminals.till.take_backs import TakeBack

PAUSE = timedelta(minutes=2)


def remind(connection: Connection, of: TakeBack, *, person: str, now: datetime) -> None:
    """Tell the centre that a guest stands here and waits.

    Raises TillRefusal: not_pending; reminded_before, within two minutes of the last time.
    """
    if of.state != "pending":
        raise TillRefusal("not_pending")
    before = reminded_at(connection, of)
    if before is not None and now < before + PAUSE:
        raise TillRefusal("reminded_before")
    keep_draft(connection, of.till, _name(of), {"at": now.isoformat()})
    put(connection, of.till, "refund_reminded", {"refund": str(of.id), "person": person}, at=now)


def reminded_at(connection: Connection, of: TakeBack) -> datetime | None:
    """When the second person was reminded of this refund last, by this till's clock."""
    body = find_draft(connection, of.till, _name(of))
    return None if body is None else datetime.fromisoformat(body["at"])


def _name(of: TakeBack) -> str:
    return f"reminded/{of.id}"
