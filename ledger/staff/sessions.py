"""Where people are signed in: sessions in the database, found by a token nobody can read there."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.orm import Session

from ledger.staff.throttle import Visit
from ledger.tables.staff import staff, staff_session

OPEN = "open"
TO_SIGN_IN = timedelta(minutes=10)  # from the password to the last question
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=90)
LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How long somebody stays signed in: without a click, and at most."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in use and whose it is.

    stage: what was proven: "password", "code", or "open" when nothing more is asked.
    """

    id: int
    stage: str
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    browser: str
    code: str
    login: str
    name: str
    role: str
    facility: str | None


def open_session(
    session: Session, code: str, *, stage: str, visit: Visit, rule: SessionRule
) -> str:
    """Sign the person in at this stage; returns the token, which is kept only as a hash.

    256 random bits: a plain SHA-256 keeps them safe at rest.
    """
    token = secrets.token_urlsafe(32)
    lasts = rule.longest if stage == OPEN else TO_SIGN_IN
    row = {
        "token_hash": _hash(token), "staff": code, "stage": stage,
        "signed_in_at": visit.at, "seen_at": visit.at, "expires_at": visit.at + lasts,
        "address": visit.address, "browser": visit.browser[:LONGEST_BROWSER],
    }  # fmt: skip
    session.execute(insert(staff_session), [row])
    session.execute(delete(staff_session).where(staff_session.c.expires_at < visit.at - KEPT))
    return token


def find_session(
    session: Session, token: str, *, at: datetime, rule: SessionRule
) -> SignedIn | None:
    """The session in use that this token opens, at any stage; None when it is over."""
    given = _hash(token)
    row: Row[*tuple[Any, ...]] | None = session.execute(
        _SIGNED_IN.add_columns(staff_session.c.token_hash).where(
            staff_session.c.token_hash == given, _in_use(at, rule)
        )
    ).one_or_none()
    # Compared once more in constant time, as a device's token is.
    if row is None or not hmac.compare_digest(row.token_hash, given):
        return None
    return _signed_in(row)


def is_to_be_seen(found: SignedIn, at: datetime) -> bool:
    """Whether it is time to write down that the person is still there."""
    return at - found.seen_at >= SEEN_EVERY


def see(session: Session, found: SignedIn, at: datetime) -> None:
    """Write down that the person is still there; a session that ended meanwhile stays ended."""
    session.execute(
        update(staff_session)
        .where(staff_session.c.id == found.id, staff_session.c.revoked_at.is_(None))
        .values(seen_at=at)
    )


def sessions_of(session: Session, code: str, *, at: datetime, rule: SessionRule) -> list[SignedIn]:
    """Where this person is signed in now, the newest first."""
    rows = session.execute(
        _SIGNED_IN.where(staff.c.code == code, staff_session.c.stage == OPEN, _in_use(at, rule))
        .order_by(staff_session.c.signed_in_at.desc(), staff_session.c.id.desc())
    )  # fmt: skip
    return [_signed_in(row) for row in rows]


def revoke_session(session: Session, code: str, session_id: int, *, at: datetime) -> bool:
    """End one session of this person; False when it had ended, or is another's."""
    return bool(_revoke(session, code, at, staff_session.c.id == session_id))


def revoke_sessions(session: Session, code: str, *, at: datetime, but: int | None = None) -> int:
    """End all sessions of this person, at every stage, but perhaps one; returns how many."""
    others = staff_session.c.id != but if but is not None else staff_session.c.id.is_not(None)
    return _revoke(session, code, at, others)


_SIGNED_IN = select(
    staff_session.c.id, staff_session.c.stage, staff_session.c.signed_in_at,
    staff_session.c.seen_at, staff_session.c.expires_at, staff_session.c.address,
    staff_session.c.browser, staff.c.code, staff.c.login, staff.c.name, staff.c.role,
    staff.c.facility,
).join_from(staff_session, staff, staff.c.code == staff_session.c.staff)  # fmt: skip


def _signed_in(row: Row[*tuple[Any, ...]]) -> SignedIn:
    return SignedIn(**{field.name: getattr(row, field.name) for field in fields(SignedIn)})


def _in_use(at: datetime, rule: SessionRule) -> ColumnElement[bool]:
    return (
        staff_session.c.revoked_at.is_(None)
        & (staff_session.c.expires_at > at)
        & (staff_session.c.seen_at > at - rule.idle)
        & staff.c.is_active
    )


def _revoke(session: Session, code: str, at: datetime, which: ColumnElement[bool]) -> int:
    ended = session.execute(
        update(staff_session)
        .where(staff_session.c.staff == code, staff_session.c.revoked_at.is_(None), which)
        .values(revoked_at=at)
        .returning(staff_session.c.id)
    )
    return len(ended.all())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
