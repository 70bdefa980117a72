"""Coming in: by a link, a password or a passkey; each time with a new token.

What a try came to is a value and not an exception: the try itself must be kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ledger.locks import lock_sign_in
from ledger.staff.passwords import hash_secret, is_outdated, is_secret
from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.activation import look_up, use_up
from terminals.portal.errors import ChildTaken, CodeRefused, EmailTaken
from terminals.portal.joining import join, register
from terminals.portal.links import Wanted, use_link
from terminals.portal.payers import Payer, payer_by_email, payer_of
from terminals.portal.sessions import Browser, is_new_browser, open_session
from terminals.portal.tables import payer
from terminals.portal.throttle import Asking, Wait, note, wait_of_email, wait_of_source


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in: the cookie's token and where to go on.

    problem: why a code was not used up, though the payer is signed in.
    """

    token: str
    payer: Payer
    next_page: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in: "link_over", "wrong", "code_used", "code_expired" or "child_taken"."""

    why: str


def by_link(session: Session, token: str, *, browser: Browser, at: datetime) -> Entered | Refused:
    """Whoever holds the link has the address; with a code the child becomes theirs."""
    wanted = use_link(session, token, at=at)
    if wanted is None:
        return Refused("link_over")
    lock_sign_in(session, f"portal enters {wanted.email}")
    known = payer_by_email(session, wanted.email)
    problem = None
    if wanted.code_hash is not None:
        found = _with_code(session, wanted, known, at=at)
        if isinstance(found, str):
            problem = found
        else:
            known = found
    if known is None:
        return Refused(problem or "link_over")
    return enter(
        session, Entered("", known, wanted.next_page, problem), "link",
        browser=browser, at=at,
    )  # fmt: skip


def by_password(
    session: Session, typed: tuple[str, str], *, browser: Browser, network: str, at: datetime
) -> Entered | Refused | Wait:
    """Address and password. An unknown address takes as long as a wrong password."""
    email, password = typed[0].strip().lower()[:254], typed[1]
    asking = Asking("password", network, at, email)
    if wait := wait_of_source(session, asking) or wait_of_email(session, asking):
        return wait
    row = session.execute(
        select(payer.c.code, payer.c.password_hash).where(payer.c.email == email)
    ).one_or_none()
    hashed: str | None = row.password_hash if row else None
    if not is_secret(password, hashed) or row is None or hashed is None:
        note(session, asking)
        return Refused("wrong")
    if is_outdated(hashed):
        better = update(payer).where(payer.c.code == row.code, payer.c.password_hash == hashed)
        session.execute(better.values(password_hash=hash_secret(password)))
    entered = Entered("", payer_of(session, row.code))
    return enter(session, entered, "password", browser=browser, at=at)


def by_passkey(session: Session, code: str, *, browser: Browser, at: datetime) -> Entered:
    """Whoever `terminals.portal.passkeys` has found the payer to be."""
    return enter(session, Entered("", payer_of(session, code)), "passkey", browser=browser, at=at)


def add_child(session: Session, known: Payer, hashed: bytes, *, at: datetime) -> None:
    """One more child by a code that `open_code` found good. Raises CodeRefused, ChildTaken."""
    found = look_up(session, hashed, at=at)
    if isinstance(found, CodeRefused):
        raise found
    join(session, known, found.child)
    use_up(session, found, known.code, at=at)


def _with_code(
    session: Session, wanted: Wanted, known: Payer | None, *, at: datetime
) -> Payer | str:
    """The payer, who now has the child; or the code of what stood in the way."""
    assert wanted.code_hash is not None
    try:
        with session.begin_nested():
            if known is None:
                return _register(session, wanted, wanted.code_hash, at=at)
            add_child(session, known, wanted.code_hash, at=at)
            return known
    except (CodeRefused, ChildTaken, EmailTaken) as refused:
        return refused.code


def _register(session: Session, wanted: Wanted, hashed: bytes, *, at: datetime) -> Payer:
    found = look_up(session, hashed, at=at)
    if isinstance(found, CodeRefused):
        raise found
    new = register(session, wanted.email, found.child, language=wanted.language, at=at)
    use_up(session, found, new.code, at=at)
    return new


def enter(
    session: Session, entered: Entered, way: str, *, browser: Browser, at: datetime
) -> Entered:
    """Open a session for whoever has been proven; a mail tells of a browser never seen before."""
    known = entered.payer
    if is_new_browser(session, known.code, browser):
        post_letter(session, _of_new_device(known, browser), key=uuid4())
    token = open_session(session, known.code, way=way, browser=browser, at=at)
    return replace(entered, token=token)


def _of_new_device(known: Payer, browser: Browser) -> Letter:
    say = words_of(known.language)
    return Letter(
        known.email, known.language, say("mail.device.subject"),
        (say("mail.device.text", browser=browser.name), say("mail.device.not_you")),
        (say("mail.device.button"), address("/portal/mehr/anmeldung")),
    )  # fmt: skip
