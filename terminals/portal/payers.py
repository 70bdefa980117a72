"""Payers: who tops up a wallet and sees what it paid for; an address, a language, a few choices."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.errors import constraint_of
from ledger.low_balance import set_low_mark
from ledger.staff.passwords import check_password, hash_secret
from terminals.portal.errors import EmailMalformed, MarkOutOfRange
from terminals.portal.tables import payer, payer_number

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the brackets
LOWEST_MARK, HIGHEST_MARK = 500, 5000

# No parser of addresses: whether one exists shows the letter alone. What must not pass are
# line ends, blanks and brackets, which would end up in a header.
_EMAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+\.[^\s@.<>,;:\"]+"
)


@dataclass(frozen=True, slots=True)
class Notices:
    """What a payer wants to be told by mail; what concerns safety is told in any case.

    tells_low: when less than low_mark_cents is left. tells_arrived: when money has come.
    """

    tells_low: bool
    low_mark_cents: int
    tells_arrived: bool
    tells_menu: bool
    tells_closed: bool


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer with an account; `dismissed` are the offers not to be made again."""

    code: str
    email: str
    language: str
    wallet: str
    handle: UUID
    has_password: bool
    notices: Notices
    dismissed: tuple[str, ...]
    registered_at: datetime


def normal_email(typed: str) -> str:
    """The address as it is kept: without blanks around it and in lower case.

    Raises EmailMalformed.
    """
    email = typed.strip().lower()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise EmailMalformed
    return email


def add_payer(session: Session, email: str, *, language: str, wallet: str, at: datetime) -> Payer:
    """A new payer with this wallet, which nobody else may pay with."""
    number: int = session.scalar(payer_number)
    code = f"Z-{number:06d}"
    row = {"code": code, "email": email, "language": language, "wallet": wallet,
           "handle": uuid4(), "registered_at": at}  # fmt: skip
    session.execute(insert(payer), [row])
    return payer_of(session, code)


def payer_of(session: Session, code: str) -> Payer:
    """The payer of this code, who must exist and not be erased."""
    found = _find(session, payer.c.code == code)
    assert found is not None, code
    return found


def payer_by_email(session: Session, email: str) -> Payer | None:
    """Whose address this is."""
    return _find(session, payer.c.email == email)


def payer_of_wallet(session: Session, wallet: str) -> Payer | None:
    """Who pays with this wallet, to write to; None while nobody does."""
    return _find(session, payer.c.wallet == wallet)


def set_language(session: Session, code: str, language: str) -> None:
    """Speak to the payer in this language from now on, in letters too."""
    _change(session, code, language=language)


def set_notices(session: Session, code: str, notices: Notices) -> None:
    """What the payer is told by mail. Raises MarkOutOfRange."""
    if not LOWEST_MARK <= notices.low_mark_cents <= HIGHEST_MARK:
        raise MarkOutOfRange(notices.low_mark_cents)
    values = {field.name: getattr(notices, field.name) for field in fields(notices)}
    _change(session, code, **values)
    set_low_mark(session, payer_of(session, code).wallet, notices.low_mark_cents)


def set_email(session: Session, code: str, email: str) -> bool:
    """Write and sign in to this address from now on; False where it is somebody else's."""
    try:
        with session.begin_nested():
            _change(session, code, email=email)
    except IntegrityError as refused:
        if constraint_of(refused) != "payer_email_once":
            raise
        return False
    return True


def set_password(session: Session, code: str, password: str) -> None:
    """A password, in addition to links and passkeys. Raises PasswordTooWeak."""
    known = payer_of(session, code)
    name = re.split(r"[^a-z0-9]+", known.email)
    check_password(password, login=known.email, name=" ".join(name))
    _change(session, code, password_hash=hash_secret(password))


def dismiss(session: Session, code: str, offer: str) -> None:
    """Never make this offer again ("passkey", "auto_top_up")."""
    more = func.array_append(payer.c.dismissed, offer)
    session.execute(
        update(payer)
        .where(payer.c.code == code, ~payer.c.dismissed.contains([offer]))
        .values(dismissed=more)
    )


def _find(session: Session, which: ColumnElement[bool]) -> Payer | None:
    row = session.execute(select(payer).where(which, payer.c.erased_at.is_(None))).one_or_none()
    if row is None:
        return None
    notices = Notices(**{field.name: getattr(row, field.name) for field in fields(Notices)})
    return Payer(
        row.code, row.email, row.language, row.wallet, row.handle, row.password_hash is not None,
        notices, tuple(row.dismissed), row.registered_at,
    )  # fmt: skip


def _change(session: Session, code: str, **values: Any) -> None:
    session.execute(
        update(payer).where(payer.c.code == code, payer.c.erased_at.is_(None)).values(values)
    )
