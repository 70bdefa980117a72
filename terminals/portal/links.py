"""Links to sign in by: asked for with an address, sent there, good for a quarter of an hour, once.

Whether somebody has this address is never shown: the answer, the rows written and the work done
are the same either way.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.payers import payer_by_email
from terminals.portal.sessions import Browser, hash_of
from terminals.portal.tables import sign_in_link
from terminals.portal.throttle import Asking, Wait, note, wait_of_email, wait_of_source

VALID = timedelta(minutes=15)
AGAIN_AFTER = timedelta(seconds=60)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link somebody asks for.

    email: normal. language: of the page it is asked on. code_hash: an activation code to be used
    up by it. next_page: a path of ours, or "".
    """

    email: str
    language: str
    code_hash: bytes | None = None
    next_page: str = ""


@dataclass(frozen=True, slots=True)
class AskedLink:
    """The newest link a browser asked for, as its page shows it."""

    wanted: Wanted
    made_at: datetime

    def seconds_to_wait(self, at: datetime) -> int:
        """Until another one may be asked for; 0: now."""
        return max(0, -((at - self.made_at - AGAIN_AFTER) // timedelta(seconds=1)))


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can still be used; is_elsewhere: it was asked for in another browser."""

    wanted: Wanted
    is_elsewhere: bool


def ask_for_link(
    session: Session, wanted: Wanted, *, browser: Browser, network: str, at: datetime
) -> Wait | None:
    """Send a link if there is somebody to send it to; Wait only for too many from one source."""
    asking = Asking("link", network, at, wanted.email)
    if wait := wait_of_source(session, asking):
        return wait
    is_flood = wait_of_email(session, asking) is not None
    note(session, asking)
    token = secrets.token_urlsafe(32)
    link_id = uuid4()
    row = {
        "id": link_id, "token_hash": hash_of(token), "browser_hash": hash_of(browser.mark),
        "email": wanted.email, "language": wanted.language, "code_hash": wanted.code_hash,
        "next_page": wanted.next_page, "made_at": at, "expires_at": at + VALID,
    }  # fmt: skip
    session.execute(insert(sign_in_link), [row])
    session.execute(delete(sign_in_link).where(sign_in_link.c.made_at < at - KEPT))
    known = payer_by_email(session, wanted.email)
    letter = _letter(wanted, token, known.language if known else wanted.language)
    # To nobody the letter is written as well, and thrown away: the same work, the same time.
    is_sent = not is_flood and (known is not None or wanted.code_hash is not None)
    with session.begin_nested() as written:
        post_letter(session, letter, key=link_id)
        if not is_sent:
            written.rollback()
    return None


def asked_link(session: Session, browser: Browser, *, at: datetime) -> AskedLink | None:
    """What this browser asked for last, as long as the link would be good."""
    row = session.execute(
        select(sign_in_link)
        .where(
            sign_in_link.c.browser_hash == hash_of(browser.mark),
            sign_in_link.c.made_at > at - VALID,
        )
        .order_by(sign_in_link.c.made_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else AskedLink(_wanted(row), row.made_at)


def open_link(session: Session, token: str, *, browser: Browser, at: datetime) -> OpenLink | None:
    """The link of this token if it can still be used; looking at it uses nothing up."""
    row = session.execute(_in_use(token, at)).one_or_none()
    if row is None:
        return None
    return OpenLink(_wanted(row), row.browser_hash != hash_of(browser.mark))


def use_link(session: Session, token: str, *, at: datetime) -> Wanted | None:
    """Use the link up, once: None when it was used, has expired or never was."""
    row = session.execute(_in_use(token, at).with_for_update()).one_or_none()
    if row is None:
        return None
    used = update(sign_in_link).where(sign_in_link.c.id == row.id)
    session.execute(used.values(used_at=at))
    return _wanted(row)


def _in_use(token: str, at: datetime) -> Any:
    return select(sign_in_link).where(
        sign_in_link.c.token_hash == hash_of(token),
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > at,
    )


def _wanted(row: Row[Any]) -> Wanted:
    return Wanted(row.email, row.language, row.code_hash, row.next_page)


def _letter(wanted: Wanted, token: str, language: str) -> Letter:
    say = words_of(language)
    return Letter(
        wanted.email, language, say("mail.sign_in.subject"),
        (say("mail.sign_in.text"), say("mail.sign_in.not_you")),
        (say("mail.sign_in.button"), address(f"/portal/anmelden/{token}")),
    )  # fmt: skip
