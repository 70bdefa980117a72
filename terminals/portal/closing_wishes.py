"""The wish to close an account, until a link in a letter says that it was really the payer.

Whoever finds a telephone unlocked must not be able to have somebody's money paid out. The IBAN
stands here until then, and no longer.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.payers import payer_of
from terminals.portal.sessions import hash_of
from terminals.portal.tables import closing_wish

VALID = timedelta(days=2)
PATH = "/portal/konto-schliessen/bestaetigen/"


@dataclass(frozen=True, slots=True)
class Wish:
    """After which day, and where the money shall go: None for wherever it came from.

    key: of the request to be.
    """

    key: UUID
    last_day: date
    iban: str | None
    holder: str | None
    expires_at: datetime


def wish_to_close(
    session: Session, payer: str, *, key: UUID, last_day: date, iban: str | None,
    holder: str | None, at: datetime,
) -> None:  # fmt: skip
    """Write the wish down, in place of an earlier one, and send the link that confirms it."""
    known = session.scalar(select(closing_wish.c.key).where(closing_wish.c.payer == payer))
    if known == key:
        return  # the form came twice: its letter is on its way
    token = secrets.token_urlsafe(32)
    row = {
        "payer": payer, "token_hash": hash_of(token), "key": key,
        "last_day": last_day, "iban": iban, "holder": holder, "made_at": at,
        "expires_at": at + VALID,
    }  # fmt: skip
    wanted = insert(closing_wish).values(row)
    session.execute(
        wanted.on_conflict_do_update(
            constraint="closing_wish_pkey",
            set_={name: wanted.excluded[name] for name in row if name != "payer"},
        )
    )
    _send_link(session, payer, token, key)


def wish_of(session: Session, payer: str, *, at: datetime) -> Wish | None:
    """The wish that still waits for its link."""
    row = session.execute(_open(payer, at)).one_or_none()
    return None if row is None else _wish(row)


def wish_behind(session: Session, payer: str, token: str, *, at: datetime) -> Wish | None:
    """The wish this link confirms, if it is the payer's and in time."""
    mine = _open(payer, at).where(closing_wish.c.token_hash == hash_of(token))
    row = session.execute(mine).one_or_none()
    return None if row is None else _wish(row)


def forget_wish(session: Session, payer: str) -> None:
    """It has become a request, or was taken back."""
    session.execute(delete(closing_wish).where(closing_wish.c.payer == payer))


def _open(payer: str, at: datetime) -> Any:
    return select(closing_wish).where(closing_wish.c.payer == payer, closing_wish.c.expires_at > at)


def _wish(row: Row[Any]) -> Wish:
    return Wish(row.key, row.last_day, row.iban, row.holder, row.expires_at)


def _send_link(session: Session, payer: str, token: str, key: UUID) -> None:
    to = payer_of(session, payer)
    t = words_of(to.language)
    letter = Letter(
        to.email, to.language, t("close.mail.subject"),
        (t("close.mail.text"), t("close.mail.not_you")),
        (t("close.mail.button"), address(PATH + token)),
    )  # fmt: skip
    post_letter(session, letter, key=uuid5(key, "closing"))
