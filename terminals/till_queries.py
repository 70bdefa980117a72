"""What the centre shows of its tills: who stands there, what is unclear, what was not taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from ledger.tables import catalogue
from ledger.tables.services import charge
from ledger.tables.staff import staff
from terminals.tables import (
    device,
    enrolment,
    terminal_total,
    till_attempt,
    till_item,
    till_shift,
)

LISTED = 50
UNCLEAR = ("started", "unknown")


@dataclass(frozen=True, slots=True)
class TillState:
    """A till with a device, or one that had one.

    device: its name, None after it was revoked. heard_at: when it last sent something.
    shift: the open one, opened_by: who opened it, by name.
    """

    till: str
    name: str
    facility: str
    facility_name: str
    device: str | None
    heard_at: datetime | None
    shift: str | None
    opened_by: str | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnclearAttempt:
    """A try to take or give back money nobody knows the end of yet."""

    attempt: UUID
    till: str
    facility_name: str
    kind: str
    amount_cents: int
    terminal: str | None
    state: str
    started_at: datetime
    reason: str | None
    statement: str | None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something a till sent that the centre did not book: state, code and data say why.

    sale: the receipt number it is about, where one is known.
    """

    key: UUID
    till: str
    facility_name: str
    kind: str
    happened_at: datetime | None
    received_at: datetime
    state: str
    code: str
    data: Mapping[str, Any]
    body: Any
    sale: str | None


@dataclass(frozen=True, slots=True)
class TerminalTotal:
    """What a terminal reported at the end of its day, and what the till expected."""

    terminal: str
    till: str
    facility_name: str
    day: date
    number: str
    amount_cents: int
    expected_cents: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that still lets a till in."""

    till: str
    made_by: str
    expires_at: datetime


def tills(session: Session, *, facility: str | None = None) -> list[TillState]:
    """Tills that ever had a device or sent something, by code."""
    heard = (
        select(till_item.c.till, func.max(till_item.c.received_at).label("heard_at"))
        .group_by(till_item.c.till)
        .subquery()
    )
    in_use = and_(device.c.till == catalogue.till.c.code, device.c.revoked_at.is_(None))
    is_open = and_(till_shift.c.till == catalogue.till.c.code, till_shift.c.closed_at.is_(None))
    ever = select(device.c.till).where(device.c.till.is_not(None))
    query = (
        select(
            catalogue.till.c.code, catalogue.till.c.name, catalogue.till.c.facility,
            catalogue.facility.c.name, func.max(device.c.name), func.max(heard.c.heard_at),
            func.max(till_shift.c.shift),
            func.max(func.coalesce(staff.c.name, till_shift.c.opened_by)),
            func.max(till_shift.c.opened_at),
        )
        .join(catalogue.facility, catalogue.facility.c.code == catalogue.till.c.facility)
        .outerjoin(device, in_use)
        .outerjoin(heard, heard.c.till == catalogue.till.c.code)
        .outerjoin(till_shift, is_open)
        .outerjoin(staff, staff.c.code == till_shift.c.opened_by)
        .where(catalogue.till.c.code.in_(ever))
        .group_by(catalogue.till.c.code, catalogue.facility.c.name)
        .order_by(catalogue.till.c.code)
    )  # fmt: skip
    return [TillState(*row) for row in session.execute(_at(query, facility))]


def unclear_attempts(session: Session, *, facility: str | None = None) -> list[UnclearAttempt]:
    """Attempts nobody knows the end of, the oldest first."""
    names = ("kind", "amount_cents", "terminal", "state", "started_at", "reason", "statement")
    query = _of_till(
        select(
            till_attempt.c.attempt, till_attempt.c.till, catalogue.facility.c.name,
            *(till_attempt.c[name] for name in names),
        ),
        till_attempt,
    ).where(till_attempt.c.state.in_(UNCLEAR))  # fmt: skip
    ordered = _at(query, facility).order_by(till_attempt.c.started_at)
    return [UnclearAttempt(*row) for row in session.execute(ordered)]


def not_taken(session: Session, *, facility: str | None = None) -> list[NotTaken]:
    """What was refused, contradicted something or could not be read, the newest first."""
    names = ("key", "till", "kind", "happened_at", "received_at", "state", "code", "body", "data")
    columns = [till_item.c[name] for name in names]
    query = _of_till(
        select(*columns, catalogue.facility.c.name.label("facility_name")), till_item
    ).where(till_item.c.state != "taken")
    order = (till_item.c.received_at.desc(), till_item.c.seq.desc())
    rows = session.execute(_at(query, facility).order_by(*order).limit(LISTED)).mappings().all()
    sales = _receipts(session, [row["body"] for row in rows])
    return [
        NotTaken(**{**row, "data": row["data"] or {}}, sale=sale)
        for row, sale in zip(rows, sales, strict=True)
    ]


def terminal_totals(session: Session, *, facility: str | None = None) -> list[TerminalTotal]:
    """Ends of day of card terminals, the newest first."""
    total = terminal_total.c
    query = _of_till(
        select(
            total.terminal, total.till, catalogue.facility.c.name, total.day, total.number,
            total.amount_cents, total.expected_cents, total.agrees,
        ),
        terminal_total,
    )  # fmt: skip
    newest = _at(query, facility).order_by(total.day.desc(), total.id.desc()).limit(LISTED)
    return [TerminalTotal(*row) for row in session.execute(newest)]


def open_codes(session: Session, *, at: datetime) -> list[OpenCode]:
    """Codes that were not used and have not ended, the newest last."""
    codes = enrolment.c
    query = select(codes.till, codes.made_by, codes.expires_at).where(
        codes.used_at.is_(None), codes.expires_at > at
    )
    return [OpenCode(*row) for row in session.execute(query.order_by(codes.expires_at))]


def _receipts(session: Session, bodies: Sequence[Any]) -> list[str | None]:
    """The receipt each of these bodies is about: its own, or that of the charge it names."""
    named = [each if isinstance(each, dict) else {} for each in bodies]
    charges = {key for each in named if (key := _uuid(each.get("charge")))}
    wanted = select(charge.c.key, charge.c.receipt_number).where(charge.c.key.in_(charges))
    known = {row.key: row.receipt_number for row in session.execute(wanted)} if charges else {}
    own = [each.get("receipt_number") for each in named]
    return [
        number if isinstance(number, str) else known.get(_uuid(each.get("charge")))
        for number, each in zip(own, named, strict=True)
    ]


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _of_till(query: Select[Any], of: Any) -> Select[Any]:
    return query.join(catalogue.till, catalogue.till.c.code == of.c.till).join(
        catalogue.facility, catalogue.facility.c.code == catalogue.till.c.facility
    )


def _at(query: Select[Any], facility: str | None) -> Select[Any]:
    return query if facility is None else query.where(catalogue.till.c.facility == facility)
