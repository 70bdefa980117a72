"""The people with an account: who they are, in which role, and at which site."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.errors import LedgerError, constraint_of
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.staff.errors import (
    LoginMalformed,
    LoginTaken,
    NameMissing,
    NotYourself,
    PersonNeedsSite,
    UnknownPerson,
    UnknownSite,
)
from ledger.staff.passwords import check_password, hash_secret, one_time_password
from ledger.staff.sessions import revoke_sessions
from ledger.tables.staff import staff, staff_number, staff_pin

STAFF_ROLES = (
    "cashier", "site_manager", "finance", "finance_approver", "auditor", "administrator",
)  # fmt: skip
SITE_ROLES = ("cashier", "site_manager")
ONE_TIME = timedelta(days=7)  # from the office to the pool and back from holiday
LONGEST_NAME = 80

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """One account. `has_code`: the second factor is set up; `has_pin`: signs in at tills.

    password_until: a one-time password is good until then; None when the password is their own,
    or there is none yet.
    """

    code: str
    login: str
    name: str
    role: str
    facility: str | None
    is_active: bool
    has_password: bool
    password_until: datetime | None
    has_code: bool
    has_pin: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody works as; a facility for the roles of one site, none for the others."""

    role: str
    facility: str | None = None


def add_person(session: Session, by: Caller, *, login: str, name: str, post: Post) -> Person:
    """Open an account; it has neither password nor PIN yet.

    Raises LoginMalformed, LoginTaken, NameMissing, PersonNeedsSite and UnknownSite.
    """
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise LoginMalformed(login)
    _check_name(name)
    _check_post(post)
    code = f"S-{session.scalar(staff_number):04d}"
    row = {"code": code, "login": login, "name": name, "role": post.role}
    try:
        with session.begin_nested():
            session.execute(insert(staff), [row | {"facility": post.facility}])
    except IntegrityError as refused:
        raise _named(refused, post, login) from refused
    record(session, by, "staff.added", about=code, detail=_post_detail(post))
    return person(session, code)


def people(session: Session) -> list[Person]:
    """Everybody by name, who works here before who did."""
    rows = session.execute(_PEOPLE.order_by(staff.c.is_active.desc(), staff.c.name, staff.c.code))
    return [Person(*row) for row in rows]


def person(session: Session, code: str) -> Person:
    """One account. Raises UnknownPerson."""
    row = session.execute(_PEOPLE.where(staff.c.code == code)).one_or_none()
    if row is None:
        raise UnknownPerson(code)
    return Person(*row)


def person_by_login(session: Session, login: str) -> Person:
    """The account that signs in by this name. Raises UnknownPerson."""
    row = session.execute(_PEOPLE.where(staff.c.login == login.strip().lower())).one_or_none()
    if row is None:
        raise UnknownPerson(login)
    return Person(*row)


def move_person(
    session: Session, by: Caller, code: str, *, name: str, post: Post, at: datetime
) -> Person:
    """Give the person another name, role or site; who changes either signs in again.

    The PIN of one site opens nothing at another. Raises UnknownPerson, NotYourself, NameMissing,
    PersonNeedsSite and UnknownSite.
    """
    before = person(session, code)
    name = name.strip()
    _check_name(name)
    _check_post(post)
    if (before.role, before.facility) != (post.role, post.facility) and by.name == code:
        raise NotYourself
    try:
        with session.begin_nested():
            _change(session, code, name=name, role=post.role, facility=post.facility)
    except IntegrityError as refused:
        raise _named(refused, post, before.login) from refused
    if before.facility != post.facility:
        session.execute(delete(staff_pin).where(staff_pin.c.staff == code))
    if (before.role, before.facility) != (post.role, post.facility):
        revoke_sessions(session, code, at=at)
        record(session, by, "staff.moved", about=code, detail=_post_detail(post))
    if before.name != name:
        record(session, by, "staff.renamed", about=code)
    return person(session, code)


def deactivate(session: Session, by: Caller, code: str, *, at: datetime) -> None:
    """Lock the person out everywhere from the next request on; the PIN is forgotten.

    Raises UnknownPerson and NotYourself.
    """
    if by.name == code:
        raise NotYourself
    person(session, code)
    _change(session, code, is_active=False)
    session.execute(delete(staff_pin).where(staff_pin.c.staff == code))
    revoke_sessions(session, code, at=at)
    record(session, by, "staff.deactivated", about=code)


def reactivate(session: Session, by: Caller, code: str) -> None:
    """Let the person in again, with the password they had. Raises UnknownPerson."""
    person(session, code)
    _change(session, code, is_active=True)
    record(session, by, "staff.reactivated", about=code)


def sign_out_everywhere(session: Session, by: Caller, code: str, *, at: datetime) -> None:
    """End all sessions of this person. Raises UnknownPerson."""
    person(session, code)
    revoke_sessions(session, code, at=at)
    record(session, by, "staff.signed_out", about=code)


def give_password(session: Session, by: Caller, code: str, *, at: datetime) -> str:
    """A one-time password, shown this once: it opens the question for a password of their own.

    Ends the person's sessions. The second factor stays, if it was ever confirmed. Raises
    UnknownPerson.
    """
    password = one_time_password()
    hashed = hash_secret(password)
    _change(session, code, password_hash=hashed, password_until=at + ONE_TIME)
    unconfirmed = (staff.c.code == code) & staff.c.totp_last_step.is_(None)
    session.execute(update(staff).where(unconfirmed).values(totp_secret=None))
    revoke_sessions(session, code, at=at)
    record(session, by, "staff.password_given", about=code)
    return password


def set_password(session: Session, by: Caller, code: str, password: str, *, at: datetime) -> None:
    """A password of the person's own; ends all other sessions.

    Raises UnknownPerson and PasswordTooWeak.
    """
    known = person(session, code)
    check_password(password, login=known.login, name=known.name)
    _change(session, code, password_hash=hash_secret(password), password_until=None)
    revoke_sessions(session, code, at=at, but=by.session_id)
    record(session, by, "staff.password_set", about=code)


def forget_code(session: Session, by: Caller, code: str, *, at: datetime) -> None:
    """A lost telephone: the second factor is set up anew at the next sign-in.

    Raises UnknownPerson and NotYourself: two people are needed for it.
    """
    if by.name == code:
        raise NotYourself
    person(session, code)
    _change(session, code, totp_secret=None, totp_last_step=None)
    revoke_sessions(session, code, at=at)
    record(session, by, "staff.code_forgotten", about=code)


_PEOPLE = select(
    staff.c.code, staff.c.login, staff.c.name, staff.c.role, staff.c.facility, staff.c.is_active,
    staff.c.password_hash.is_not(None), staff.c.password_until, staff.c.totp_last_step.is_not(None),
    staff_pin.c.staff.is_not(None), staff.c.added_at,
).outerjoin_from(staff, staff_pin, staff_pin.c.staff == staff.c.code)  # fmt: skip


def _change(session: Session, code: str, **values: object) -> None:
    changed = session.execute(
        update(staff).where(staff.c.code == code).values(**values).returning(staff.c.code)
    )
    if changed.one_or_none() is None:
        raise UnknownPerson(code)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise NameMissing


def _check_post(post: Post) -> None:
    if post.role not in STAFF_ROLES:
        raise ValueError(f"a role is one of {', '.join(STAFF_ROLES)}, not {post.role!r}")
    if (post.role in SITE_ROLES) != (post.facility is not None):
        raise PersonNeedsSite(post.role)


def _named(refused: IntegrityError, post: Post, login: str) -> LedgerError | IntegrityError:
    match constraint_of(refused):
        case "staff_login_once":
            return LoginTaken(login)
        case "staff_at_facility":
            return UnknownSite(post.facility or "")
    return refused


def _post_detail(post: Post) -> dict[str, str]:
    return {"role": post.role} | ({"facility": post.facility} if post.facility else {})
