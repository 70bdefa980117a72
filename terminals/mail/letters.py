"""Letters by mail: written down with the fact they tell of, sent by a job afterwards.

A letter is short, in its reader's language, with a neutral subject and at most one button. It
exists exactly when its fact does, and its key makes sure that it is written once.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, has_app_context
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.jobs import defer
from terminals.mail.tables import letter as letter_table

JOB = "send_mail"
UNSET_ORIGIN = "http://localhost:8000"
_OF_THE_PROCESS = {"origin": UNSET_ORIGIN}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says.

    to: one address. language: "de" or "en". button: its words and an absolute address, see
    `address`. The greeting, the sender and the last line stand in every letter anyway.
    """

    to: str
    language: str
    subject: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None


def post_letter(session: Session, letter: Letter, *, key: UUID) -> None:
    """Write the letter and the job that sends it; a second one of the same key changes nothing.

    Raises ValueError for a subject or an address of more than one line: it would be a header
    of somebody else's making.
    """
    if any(len(line.splitlines()) != 1 for line in (letter.to, letter.subject)):
        raise ValueError("an address and a subject are one line each")
    written = session.execute(
        insert(letter_table)
        .values(
            key=key, recipient=letter.to, language=letter.language, subject=letter.subject,
            paragraphs=list(letter.paragraphs),
            button=list(letter.button) if letter.button else None,
        )
        .on_conflict_do_nothing(index_elements=[letter_table.c.key])
        .returning(letter_table.c.key)
    )  # fmt: skip
    if written.one_or_none() is not None:
        # One after the other: a mail server that is silent must not keep the whole worker waiting.
        defer(session, JOB, {}, lock=JOB)


def forget_letters(session: Session, email: str) -> None:
    """Letters to this address that were not sent yet are not sent any more."""
    session.execute(delete(letter_table).where(letter_table.c.recipient == email))


def forget_letter(session: Session, key: UUID) -> None:
    """The letter of this key is not sent any more, if it was not yet."""
    of = letter_table.c
    session.execute(delete(letter_table).where(of.key == key, of.recipient.is_not(None)))


def address(path: str) -> str:
    """The path at the city's public address, for a link in a letter or a code on paper.

    Never made from a request: whoever sends one chooses its host.
    """
    return f"{origin()}{path}"


def origin() -> str:
    """The city's public address, `https://host` without a path."""
    configured = current_app.config.get("ORIGIN") if has_app_context() else None
    return configured or _OF_THE_PROCESS["origin"]


def use_origin(public: str) -> None:
    """Say once what the public address is, for jobs, which run outside the application."""
    _OF_THE_PROCESS["origin"] = public.rstrip("/")
