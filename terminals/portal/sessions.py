"""Where a payer is signed in: on telephones, for weeks, each to be ended from any other.

A token is 256 random bits, kept as its SHA-256. Every sign-in makes a new one.
"""

import hashlib
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.orm import Session

from terminals.portal.tables import payer, payer_session

# A telephone has a lock of its own, and at 06:50 nobody wants to look for a mail. What hands out
# personal data or removes them asks for a sign-in that is fresh.
IDLE, LONGEST = timedelta(days=30), timedelta(days=180)
FRESH = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Browser:
    """What somebody asks with: a random mark it keeps, and what it is called in short."""

    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in use. way: "link", "password" or "passkey"."""

    id: int
    way: str
    signed_in_at: datetime
    seen_at: datetime
    browser: str
    code: str
    wallet: str

    def is_fresh(self, at: datetime) -> bool:
        """Whether it was opened just now."""
        return at - self.signed_in_at < FRESH


def open_session(session: Session, code: str, *, way: str, browser: Browser, at: datetime) -> str:
    """Sign the payer in; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": hash_of(token), "payer": code, "way": way,
        "browser": browser.name, "mark_hash": hash_of(browser.mark),
        "signed_in_at": at, "seen_at": at, "expires_at": at + LONGEST,
    }  # fmt: skip
    session.execute(insert(payer_session), [row])
    old = (payer_session.c.expires_at < at - KEPT) | (payer_session.c.revoked_at < at - KEPT)
    session.execute(delete(payer_session).where(old))
    return token


def find_session(session: Session, token: str, *, at: datetime) -> SignedIn | None:
    """The session this token opens; None when it is over."""
    row = session.execute(
        _SIGNED_IN.where(payer_session.c.token_hash == hash_of(token), _in_use(at))
    ).one_or_none()
    return None if row is None else _signed_in(row)


def see(session: Session, found: SignedIn, at: datetime) -> None:
    """Write down that the payer is still there; a session that ended meanwhile stays ended."""
    session.execute(
        update(payer_session)
        .where(payer_session.c.id == found.id, payer_session.c.revoked_at.is_(None))
        .values(seen_at=at)
    )


def sessions_of(session: Session, code: str, *, at: datetime) -> list[SignedIn]:
    """Where this payer is signed in now, the newest first."""
    rows = session.execute(
        _SIGNED_IN.where(payer.c.code == code, _in_use(at))
        .order_by(payer_session.c.signed_in_at.desc(), payer_session.c.id.desc())
    )  # fmt: skip
    return [_signed_in(row) for row in rows]


def revoke_session(session: Session, code: str, session_id: int, *, at: datetime) -> bool:
    """End one session of this payer; False when it had ended, or is another's."""
    return bool(_revoke(session, code, at, payer_session.c.id == session_id))


def revoke_sessions(session: Session, code: str, *, at: datetime, but: int | None = None) -> int:
    """End all sessions of this payer but perhaps one; returns how many."""
    others = payer_session.c.id != but if but is not None else payer_session.c.id.is_not(None)
    return _revoke(session, code, at, others)


def is_new_browser(session: Session, code: str, browser: Browser) -> bool:
    """Whether the payer has signed in before, but never with this browser."""
    marks = select(payer_session.c.mark_hash).where(payer_session.c.payer == code)
    known = set(session.scalars(marks.distinct()))
    return bool(known) and hash_of(browser.mark) not in known


def hash_of(token: str) -> bytes:
    """How a random token is kept."""
    return hashlib.sha256(token.encode()).digest()


_SIGNED_IN = select(
    payer_session.c.id, payer_session.c.way, payer_session.c.signed_in_at, payer_session.c.seen_at,
    payer_session.c.browser, payer.c.code, payer.c.wallet,
).join_from(payer_session, payer, payer.c.code == payer_session.c.payer)  # fmt: skip


def _signed_in(row: Row[*tuple[Any, ...]]) -> SignedIn:
    return SignedIn(**{field.name: getattr(row, field.name) for field in fields(SignedIn)})


def _in_use(at: datetime) -> ColumnElement[bool]:
    return (
        payer_session.c.revoked_at.is_(None)
        & (payer_session.c.expires_at > at)
        & (payer_session.c.seen_at > at - IDLE)
        & payer.c.erased_at.is_(None)
    )


def _revoke(session: Session, code: str, at: datetime, which: ColumnElement[bool]) -> int:
    ended = session.execute(
        update(payer_session)
        .where(payer_session.c.payer == code, payer_session.c.revoked_at.is_(None), which)
        .values(revoked_at=at)
        .returning(payer_session.c.id)
    )
    return len(ended.all())
