"""What a person has to look at about online payments: opened once, closed with an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from terminals.checkout.tables import online_case


@dataclass(frozen=True, slots=True)
class OnlineCase:
    """kind: see `online_case_kind` in the database. ref: what it is about, once for its kind."""

    id: int
    kind: str
    ref: str
    payment: UUID | None
    amount_cents: int | None
    detail: Mapping[str, Any]
    opened_at: datetime


def open_case(
    session: Session,
    kind: str,
    ref: str,
    *,
    payment: UUID | None,
    cents: int | None,
    detail: Mapping[str, Any],
    at: datetime,
) -> None:
    """Open a case; one that was opened before, or closed since, stays as it is."""
    row = {
        "kind": kind, "ref": ref, "payment": payment, "amount_cents": cents,
        "detail": dict(detail), "opened_at": at,
    }  # fmt: skip
    session.execute(
        insert(online_case).values(row).on_conflict_do_nothing(constraint="online_case_once")
    )


def open_cases(session: Session) -> list[OnlineCase]:
    """What waits for a person, the oldest first."""
    of = online_case.c
    rows = session.execute(
        select(of.id, of.kind, of.ref, of.payment, of.amount_cents, of.detail, of.opened_at)
        .where(of.closed_at.is_(None))
        .order_by(of.opened_at, of.id)
    )
    return [OnlineCase(*row) for row in rows]


def close_case(session: Session, id: int, *, by: str, answer: str, at: datetime) -> bool:
    """Close a case with what was done about it; whether it was open."""
    closed = session.scalar(
        update(online_case)
        .where(online_case.c.id == id, online_case.c.closed_at.is_(None))
        .values(closed_at=at, closed_by=by, answer=answer)
        .returning(online_case.c.id)
    )
    return closed is not None
