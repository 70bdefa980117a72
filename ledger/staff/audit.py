"""The audit log: who did what when; rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.permissions import Caller
from ledger.tables.staff import audit_log, staff

# Subjects without any amount of money: all that the administrator sees of the log.
WITHOUT_MONEY = ("staff", "sign_in", "session", "pin", "device")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of the log.

    at: aware UTC, by the database's clock. who: a staff code or a device; name: of the person.
    what: `subject.verb`. about: what it was done to. detail: plain JSON.
    """

    id: int
    at: datetime
    who: str
    name: str | None
    role: str
    what: str
    about: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: by who or what they are about, by subject, of one day in the city's time."""

    who: str | None = None
    subject: str | None = None
    day: date | None = None


def record(
    session: Session,
    by: Caller,
    what: str,
    *,
    about: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down a deed in the transaction that does it: both are kept, or neither.

    what: `subject.verb`, like `approval.decided`. detail: JSON values, no secrets, no floats.
    """
    row = {"who": by.name, "role": by.role, "what": what, "about": about, "detail": detail or {}}
    session.execute(insert(audit_log), [row])


def deeds(
    session: Session,
    *,
    only: Filter,
    before: int | None = None,
    with_money: bool = False,
    limit: int = PAGE,
) -> list[Deed]:
    """The newest rows first, older than id `before`; without money's only what has none."""
    query = _filtered(_DEEDS, only)
    if before is not None:
        query = query.where(audit_log.c.id < before)
    if not with_money:
        query = query.where(or_(*(_of(subject) for subject in WITHOUT_MONEY)))
    rows = session.execute(query.order_by(audit_log.c.id.desc()).limit(limit))
    return [Deed(*row) for row in rows]


_DEEDS = select(
    audit_log.c.id, audit_log.c.at, audit_log.c.who, staff.c.name, audit_log.c.role,
    audit_log.c.what, audit_log.c.about, audit_log.c.detail,
).outerjoin_from(audit_log, staff, staff.c.code == audit_log.c.who)  # fmt: skip


def _filtered(query: Select[Any], only: Filter) -> Select[Any]:
    if only.who:
        query = query.where(or_(audit_log.c.who == only.who, audit_log.c.about == only.who))
    if only.subject:
        query = query.where(_of(only.subject))
    if only.day:
        begin = datetime.combine(only.day, datetime.min.time(), CITY_TIME)
        end = datetime.combine(only.day + timedelta(days=1), datetime.min.time(), CITY_TIME)
        query = query.where(audit_log.c.at >= begin, audit_log.c.at < end)
    return query


def _of(subject: str) -> Any:
    return audit_log.c.what.startswith(f"{subject}.", autoescape=True)
