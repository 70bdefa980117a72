"""Another address for an account: wanted by who is signed in, confirmed where it is read.

Whether the new address belongs to somebody else is shown to nobody but its owner, in a letter:
the answer, the rows written and the work done are the same either way.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, forget_letter, post_letter
from terminals.portal.payers import Payer, payer_by_email, payer_of, set_email
from terminals.portal.sessions import hash_of
from terminals.portal.tables import email_change, sign_in_link
from terminals.portal.throttle import Asking, Wait, note, wait_of_email, wait_of_source

VALID = timedelta(hours=24)
PATH = "/portal/adresse/"


@dataclass(frozen=True, slots=True)
class WantedEmail:
    """The address that waits to be confirmed, and until when it can be."""

    email: str
    expires_at: datetime


def want_email(
    session: Session, known: Payer, email: str, *, key: UUID, network: str, at: datetime
) -> Wait | None:
    """Send a link to the new address, in place of an earlier one; Wait for too many from there.

    email: normal. Counted with the links to sign in, so that nobody is flooded with letters.
    """
    before = session.scalar(select(email_change.c.key).where(email_change.c.payer == known.code))
    if before == key:
        return None  # the form came twice: its letter is on its way
    asking = Asking("link", network, at, email)
    if wait := wait_of_source(session, asking):
        return wait
    is_flood = wait_of_email(session, asking) is not None
    note(session, asking)
    token = secrets.token_urlsafe(32)
    row = {
        "payer": known.code, "token_hash": hash_of(token), "key": key, "email": email,
        "made_at": at, "expires_at": at + VALID,
    }  # fmt: skip
    wanted = insert(email_change).values(row)
    session.execute(
        wanted.on_conflict_do_update(
            constraint="email_change_pkey",
            set_={name: wanted.excluded[name] for name in row if name != "payer"},
        )
    )
    owner = payer_by_email(session, email)
    link, taken = _link_letter(known, email, token), _taken_letter(owner or known, email)
    if not is_flood:
        post_letter(session, link if owner is None else taken, key=uuid5(key, "email_change"))
    return None


def wanted_email(session: Session, payer: str, *, at: datetime) -> WantedEmail | None:
    """What the payer wants and has not confirmed yet."""
    row = session.execute(_open(at).where(email_change.c.payer == payer)).one_or_none()
    return None if row is None else WantedEmail(row.email, row.expires_at)


def email_behind(session: Session, token: str, *, at: datetime) -> str | None:
    """The address this link confirms; looking at it uses nothing up."""
    row = session.execute(_open(at).where(email_change.c.token_hash == hash_of(token)))
    found = row.one_or_none()
    return None if found is None else str(found.email)


def confirm_email(session: Session, token: str, *, at: datetime) -> bool:
    """It is the payer's from now on, and the old address is told; False where the link is over.

    Whoever is signed in stays so; links to sign in that went to the old address open nothing.
    """
    mine = _open(at).where(email_change.c.token_hash == hash_of(token)).with_for_update()
    row = session.execute(mine).one_or_none()
    if row is None:
        return False
    before = payer_of(session, row.payer)
    forget_wanted_email(session, row.payer)
    if not set_email(session, row.payer, row.email):
        return False  # somebody registered with it meanwhile
    session.execute(delete(sign_in_link).where(sign_in_link.c.email == before.email))
    post_letter(session, _changed_letter(before), key=uuid5(row.key, "email_changed"))
    record(session, Caller(row.payer, "payer"), "payer.email_changed", about=row.payer)
    return True


def forget_wanted_email(session: Session, payer: str) -> None:
    """It was confirmed or taken back; a letter that still waits is not sent."""
    wanted = delete(email_change).where(email_change.c.payer == payer)
    for key in session.scalars(wanted.returning(email_change.c.key)):
        forget_letter(session, uuid5(key, "email_change"))


def _open(at: datetime) -> Any:
    return select(email_change).where(email_change.c.expires_at > at)


def _link_letter(known: Payer, email: str, token: str) -> Letter:
    return _letter(known.language, email, "email_change", PATH + token)


def _taken_letter(owner: Payer, email: str) -> Letter:
    return _letter(owner.language, email, "email_taken", "/portal/anmelden")


def _changed_letter(before: Payer) -> Letter:
    return _letter(before.language, before.email, "email_changed", "/hilfe")


def _letter(language: str, to: str, name: str, path: str) -> Letter:
    say = words_of(language)
    return Letter(
        to, language, say(f"mail.{name}.subject"),
        (say(f"mail.{name}.text"), say(f"mail.{name}.not_you")),
        (say(f"mail.{name}.button"), address(path)),
    )  # fmt: skip
