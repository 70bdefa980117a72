"""Signing in: the password, the code of a second device, and after a one-time password a new one.

Each step proves one thing and hands out a fresh token; the old one ends. Answers are values, not
exceptions, since a try that failed must be kept.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.staff.passwords import hash_secret, is_outdated, is_secret
from ledger.staff.people import set_password
from ledger.staff.sessions import (
    OPEN,
    SessionRule,
    SignedIn,
    open_session,
    revoke_session,
)
from ledger.staff.throttle import Visit, note, wait_seconds
from ledger.staff.totp import matching_step, new_secret
from ledger.tables.staff import staff

LONGEST_LOGIN = 80


@dataclass(frozen=True, slots=True)
class Proven:
    """The step is done: the token of the session, and its stage."""

    token: str
    stage: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not right, and it is not said what."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many mistakes: nothing was looked at; again in `seconds`."""

    seconds: int


Answer = Proven | Wrong | Wait


def with_password(
    session: Session, login: str, password: str, *, visit: Visit, rule: SessionRule
) -> Answer:
    """The first step: name and password. An unknown name takes as long as a wrong password."""
    login = login.strip().lower()[:LONGEST_LOGIN]
    if seconds := wait_seconds(session, login, visit):
        return Wait(seconds)
    row = session.execute(
        select(staff.c.code, staff.c.role, staff.c.password_hash).where(
            staff.c.login == login,
            staff.c.is_active,
            or_(staff.c.password_until.is_(None), staff.c.password_until > visit.at),
        )
    ).one_or_none()
    hashed: str | None = row.password_hash if row else None
    if not is_secret(password, hashed) or row is None or hashed is None:
        note(session, login, visit, is_success=False)
        who = Caller(row.code, row.role) if row else Caller("anonymous", "anonymous")
        record(session, who, "sign_in.failed", about=row.code if row else None, detail=_from(visit))
        return Wrong()
    if is_outdated(hashed):
        better = update(staff).where(staff.c.code == row.code, staff.c.password_hash == hashed)
        session.execute(better.values(password_hash=hash_secret(password)))
    token = open_session(session, row.code, stage="password", visit=visit, rule=rule)
    return Proven(token, "password")


def secret_to_set_up(session: Session, half: SignedIn) -> str | None:
    """The secret for a new second device, the same until a code confirms it; None: it is set up."""
    locked = select(staff.c.totp_secret, staff.c.totp_last_step).where(staff.c.code == half.code)
    secret, last_step = session.execute(locked.with_for_update()).one()
    if last_step is not None:
        return None
    if secret is None:
        secret = new_secret()
        session.execute(update(staff).where(staff.c.code == half.code).values(totp_secret=secret))
    found: str = secret
    return found


def with_code(
    session: Session, half: SignedIn, code: str, *, visit: Visit, rule: SessionRule
) -> Answer:
    """The second step: the six digits, each taken once; the first ones confirm the device."""
    if seconds := wait_seconds(session, half.login, visit):
        return Wait(seconds)
    row = session.execute(
        select(staff.c.totp_secret, staff.c.totp_last_step, staff.c.password_until)
        .where(staff.c.code == half.code)
        .with_for_update()
    ).one()
    by = _caller(half)
    step = None
    if row.totp_secret is not None:
        step = matching_step(row.totp_secret, code, at=visit.at, after=row.totp_last_step)
    if step is None:
        note(session, half.login, visit, is_success=False)
        record(session, by, "sign_in.failed", about=half.code, detail=_from(visit))
        return Wrong()
    session.execute(update(staff).where(staff.c.code == half.code).values(totp_last_step=step))
    note(session, half.login, visit, is_success=True)
    if row.totp_last_step is None:
        record(session, by, "staff.code_set_up", about=half.code)
    stage = OPEN if row.password_until is None else "code"
    return _go_on(session, half, stage, visit=visit, rule=rule)


def with_new_password(
    session: Session, half: SignedIn, password: str, *, visit: Visit, rule: SessionRule
) -> Proven:
    """The last step after a one-time password: one of their own. Raises PasswordTooWeak."""
    set_password(session, _caller(half), half.code, password, at=visit.at)
    return _go_on(session, half, OPEN, visit=visit, rule=rule)


def sign_out(session: Session, by: Caller, *, at: datetime) -> None:
    """End the session this person is signed in by."""
    if by.session_id is not None and revoke_session(session, by.name, by.session_id, at=at):
        record(session, by, "sign_in.ended", about=by.name)


def doubt(session: Session, login: str, password: str, visit: Visit) -> Wrong | Wait | None:
    """Ask once more before something that matters; None: it is the right one."""
    if seconds := wait_seconds(session, login, visit):
        return Wait(seconds)
    query = select(staff.c.password_hash).where(staff.c.login == login)
    if is_secret(password, session.scalar(query)):
        return None
    note(session, login, visit, is_success=False)
    return Wrong()


def _go_on(
    session: Session, half: SignedIn, stage: str, *, visit: Visit, rule: SessionRule
) -> Proven:
    revoke_session(session, half.code, half.id, at=visit.at)
    token = open_session(session, half.code, stage=stage, visit=visit, rule=rule)
    if stage == OPEN:
        record(session, _caller(half), "sign_in.done", about=half.code, detail=_from(visit))
    return Proven(token, stage)


def _caller(half: SignedIn) -> Caller:
    return Caller(half.code, half.role, half.facility, person=half.name, session_id=half.id)


def _from(visit: Visit) -> dict[str, str]:
    return {"address": visit.address}
