"""Sending what is in the outbox: each letter on its own, tried again after longer and longer waits.

A letter is claimed, sent and ticked off in three steps, with no transaction open while the mail
server is asked. Who dies after it took the letter and before the tick sends it again later, under
the same Message-ID. Times are the database's, so that two workers agree. No address is logged.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from uuid import UUID

from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.orm import Session

from ledger.jobs import defer
from ledger.permissions import Books
from terminals.mail.letters import JOB, Letter
from terminals.mail.message import message_of
from terminals.mail.smtp import Smtp, connected
from terminals.mail.tables import letter

MOST_TRIES = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
KEPT = timedelta(days=90)  # how long a key is known, so that its letter is not written again
_HIGHEST_DOUBLING = 7

log = logging.getLogger("stadtkasse.mail")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run did: letters taken by the server, to be tried again, and given up."""

    sent: int = 0
    waiting: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A letter nobody got: when it was written and what the server said last. No address."""

    key: UUID
    written_at: datetime
    given_up_at: datetime
    tries: int
    trouble: str


@dataclass(frozen=True, slots=True)
class _Claimed:
    key: UUID
    letter: Letter
    written_at: datetime
    tries: int


def run_mail(books: Books, smtp: Smtp) -> Sent:
    """Send every letter that is due; safe to run twice at once and at any time.

    A server that cannot be reached ends the run: the next letter would wait for it as long.
    """
    sent = waiting = given_up = 0
    while claimed := _claim(books):
        trouble = _send(smtp, claimed)
        if trouble is None:
            _sent(books, claimed)
            sent += 1
        elif trouble.is_final or claimed.tries >= MOST_TRIES:
            _give_up(books, claimed, trouble.said)
            given_up += 1
        else:
            _try_again(books, claimed, trouble.said)
            waiting += 1
            if trouble.is_of_server:
                break
    with books.transaction() as session:
        session.execute(delete(letter).where(letter.c.written_at < func.clock_timestamp() - KEPT))
    return Sent(sent, waiting, given_up)


def letters_given_up(session: Session) -> list[GivenUp]:
    """Letters nobody got, the newest first, to be shown to people who can do something."""
    rows = session.execute(
        select(letter.c.key, letter.c.written_at, letter.c.given_up_at, letter.c.tries,
               letter.c.trouble)
        .where(letter.c.given_up_at.is_not(None))
        .order_by(letter.c.given_up_at.desc())
        .limit(100)
    )  # fmt: skip
    return [GivenUp(*row) for row in rows]


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 1, 2, 4 … minutes, at most two hours."""
    doublings: int = min(tries - 1, _HIGHEST_DOUBLING)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class _Trouble:
    said: str
    is_final: bool = False
    is_of_server: bool = False


def _claim(books: Books) -> _Claimed | None:
    """Take the next letter that is due; nobody else gets it before its next try."""
    now = func.clock_timestamp()
    with books.transaction() as session:
        row = session.execute(
            select(letter)
            .where(letter.c.next_try_at <= now)
            .order_by(letter.c.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        tries = row.tries + 1
        session.execute(
            update(letter)
            .where(letter.c.key == row.key)
            .values(tries=tries, next_try_at=now + wait_after(tries))
        )
        button = (row.button[0], row.button[1]) if row.button else None
        said = Letter(row.recipient, row.language, row.subject, tuple(row.paragraphs), button)
        return _Claimed(row.key, said, row.written_at, tries)


def _send(smtp: Smtp, claimed: _Claimed) -> _Trouble | None:
    try:
        message = message_of(
            claimed.letter, key=claimed.key, sender=smtp.sender, written_at=claimed.written_at
        )
        with connected(smtp) as line:
            line.send_message(message)
    except (OSError, MessageError, ValueError) as trouble:
        return _trouble_of(trouble)
    return None


def _trouble_of(trouble: Exception) -> _Trouble:
    """What to keep of it: codes and names, for servers repeat addresses in what they say."""
    said, is_final, is_of_server = type(trouble).__name__, False, False
    match trouble:
        case smtplib.SMTPRecipientsRefused():
            code = next(iter(trouble.recipients.values()))[0]
            said, is_final = f"recipient refused {code}", _is_final(code)
        case smtplib.SMTPAuthenticationError():
            said = f"sign-in refused {trouble.smtp_code}"
        case smtplib.SMTPDataError():
            said, is_final = f"answered {trouble.smtp_code}", _is_final(trouble.smtp_code)
        case smtplib.SMTPResponseException():
            said = f"answered {trouble.smtp_code}"
        case smtplib.SMTPNotSupportedError():
            said = "the server offers no encryption or cannot take this address"
        case OSError():
            is_of_server = True
            log.debug("the mail server was not reached: %s", said)
        case _:  # no letter can be made of it
            said, is_final = "not an address a letter can be made for", True
    return _Trouble(said, is_final, is_of_server)


def _is_final(code: int) -> bool:
    return code >= 500  # RFC 5321, 4.2.1: the same letter will be refused again


def _sent(books: Books, claimed: _Claimed) -> None:
    with books.transaction() as session:
        now = func.clock_timestamp()
        session.execute(
            _of(claimed).values(_EMPTY | {"next_try_at": None, "sent_at": now, "trouble": None})
        )


def _give_up(books: Books, claimed: _Claimed, trouble: str) -> None:
    log.warning("letter %s given up after %d tries: %s", claimed.key, claimed.tries, trouble)
    with books.transaction() as session:
        now = func.clock_timestamp()
        values = {"next_try_at": None, "given_up_at": now, "trouble": trouble}
        session.execute(_of(claimed).values(_EMPTY | values))


def _try_again(books: Books, claimed: _Claimed, trouble: str) -> None:
    log.info("letter %s waits after try %d: %s", claimed.key, claimed.tries, trouble)
    with books.transaction() as session:
        next_try = session.scalar(
            _of(claimed).values(trouble=trouble).returning(letter.c.next_try_at)
        )
        if next_try is not None:
            defer(session, JOB, {}, at=next_try)


# What a letter said is nobody's business once it is over.
_EMPTY = {"recipient": None, "subject": None, "paragraphs": None, "button": None}


def _of(claimed: _Claimed) -> Update:
    # A letter that ended meanwhile, by another worker or with its reader, stays as it is.
    return update(letter).where(letter.c.key == claimed.key, letter.c.next_try_at.is_not(None))
