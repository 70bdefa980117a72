"""Letting people in: a ticket once, a pass visit by visit, each exactly once by its key.

A single ticket's revenue was booked when it was sold: here only the admission is recorded. A
visit with a pass releases its share (`ledger.passes.visit`). A refusal is not stored, for asking
again gets the same answer, unless the gate had opened already because it was alone: then the
contradiction is kept for people to look at, with what it contradicts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Posted
from ledger.locks import lock_ticket
from ledger.outcomes import Recorded
from ledger.pass_take_backs import take_back_visit
from terminals.gate.pass_visits import visit_pass
from terminals.gate.scanned import PassCode, Scanned, Unread, scan
from terminals.gate.tables import admission, admission_withdrawal
from terminals.gate.tickets import Use, find_ticket
from terminals.gate.tokens import Ticket
from terminals.gate.values import (
    Admitted,
    Asked,
    Gate,
    NotAdmitted,
    Outcome,
    Refusal,
    day_refusal,
)

UNDO = timedelta(minutes=15)
_NEVER_OPENED = timedelta(days=1)
_LONGEST_CODE = 64


def admit(session: Session, asked: Asked, keys: Mapping[int, Ed25519PublicKey]) -> Outcome:
    """Let the holder of a scanned text in, in the caller's transaction."""
    found = scan(asked.text, keys, asked.at)
    kind, code = _named(found)
    lock_ticket(session, code)
    if known := _known(session, asked, code):
        return known
    if _is_withdrawn(session, asked.key):
        return NotAdmitted(asked.key, "withdrawn", {})
    match found:
        case Ticket():
            refusal, visit, left = _ticket_refusal(session, found, asked), None, None
        case PassCode():
            refusal, visit, left = visit_pass(session, found, asked)
        case Unread():
            refusal, visit, left = Refusal(found.reason, {}), None, None
    if refusal is None:
        _store(session, asked, kind=kind, code=code, visit=visit)
        return Admitted(asked.key, kind, code, visits_left=left)
    if asked.was_open:
        _store(session, asked, kind=kind, code=code, refusal=refusal)
    return NotAdmitted(asked.key, refusal.reason, refusal.data, asked.was_open)


def withdraw(
    session: Session, admission_key: UUID, *, key: UUID, gate: Gate, why: str, at: datetime
) -> str | None:
    """Take an admission back: the gate never opened ("not_opened") or opened by "mistake".

    One that never came is kept from coming. A pass gets its share again. Returns None, or why
    not: too_late, or the refusal of `take_back_visit`.
    """
    row = session.execute(select(admission).where(admission.c.key == admission_key)).one_or_none()
    if row is not None:
        lock_ticket(session, row.code)
    if _is_withdrawn(session, admission_key):
        return None
    longest = UNDO if why == "mistake" else _NEVER_OPENED
    if row is not None and not timedelta(0) <= at - row.admitted_at <= longest:
        return "too_late"
    if row is not None and row.visit is not None:
        back = take_back_visit(session, row.visit, key=key, at=at, longest=longest)
        if not isinstance(back, Posted | Recorded):
            return getattr(back, "code", "key_conflict")
    taken_back = {"admission": admission_key, "key": key, "device": gate.device, "reason": why}
    session.execute(insert(admission_withdrawal), [taken_back | {"withdrawn_at": at}])
    return None


def _named(found: Scanned) -> tuple[str, str]:
    match found:
        case Ticket(code=code):
            return "ticket", code
        case PassCode(code=code):
            return "pass", code
        case _:
            return "unread", "-"


def _known(session: Session, asked: Asked, code: str) -> Outcome | None:
    row = session.execute(select(admission).where(admission.c.key == asked.key)).one_or_none()
    if row is None:
        return None
    if row.code != code or row.device != asked.gate.device:
        return NotAdmitted(asked.key, "key_conflict", {})
    if row.state == "conflict":
        return NotAdmitted(asked.key, row.reason, row.data or {}, was_open=True, replayed=True)
    return Admitted(asked.key, row.kind, row.code, replayed=True)


def _is_withdrawn(session: Session, key: UUID) -> bool:
    found = select(admission_withdrawal.c.key).where(admission_withdrawal.c.admission == key)
    return session.scalar(found) is not None


def _ticket_refusal(session: Session, held: Ticket, asked: Asked) -> Refusal | None:
    found, day = find_ticket(session, held.code), business_day(asked.at)
    if found is None:
        return Refusal("unknown", {})
    if found.ended:
        return Refusal("returned", {"how": found.ended})
    if held.is_supplement:
        return Refusal("supplement", {})
    if found.facility != asked.gate.facility:
        house = posted_catalogue(session).facilities[found.facility]
        return Refusal("other_house", {"house": house.name})
    if no := day_refusal(found.valid_from, found.valid_until, day):
        return no
    return _used(found.used) if found.used else None


def _used(before: Use) -> Refusal:
    return Refusal("used", {"at": before.at.isoformat(), "gate": before.gate}, before.key)


def _store(
    session: Session, asked: Asked, *, kind: str, code: str, visit: UUID | None = None,
    refusal: Refusal | None = None,
) -> None:  # fmt: skip
    gate = asked.gate
    row: dict[str, Any] = {
        "key": asked.key, "kind": kind, "code": code[:_LONGEST_CODE], "visit": visit,
        "state": "admitted" if refusal is None else "conflict",
        "turn": _turn(session, code) if kind == "ticket" and refusal is None else 0,
        "facility": gate.facility, "gate": gate.name, "device": gate.device,
        "admitted_at": asked.at, "day": business_day(asked.at), "was_offline": asked.was_open,
        "reason": refusal.reason if refusal else None,
        "data": dict(refusal.data) if refusal else None,
        "other": refusal.other if refusal else None,
    }  # fmt: skip
    session.execute(insert(admission), [row])


def _turn(session: Session, code: str) -> int:
    withdrawn = (
        select(func.count())
        .select_from(admission)
        .join(admission_withdrawal, admission_withdrawal.c.admission == admission.c.key)
        .where(admission.c.ticket == code)
    )
    return session.scalar(withdrawn) or 0
