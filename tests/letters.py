"""Letters as their readers find them: in the outbox of the books, newest last."""

import re
from dataclasses import dataclass

from sqlalchemy import text

from config.database import Database


@dataclass(frozen=True, slots=True)
class Found:
    """A letter that waits to be sent; path: where its button leads, without the host."""

    subject: str
    paragraphs: tuple[str, ...]
    path: str
    language: str


def letters_to(database: Database, email: str) -> list[Found]:
    """What waits for this address."""
    query = "SELECT * FROM letter WHERE recipient = :email ORDER BY written_at"
    with database.read_only() as session:
        rows = session.execute(text(query), {"email": email}).all()
    return [
        Found(row.subject, tuple(row.paragraphs), _path(row.button), row.language) for row in rows
    ]


def _path(button: list[str] | None) -> str:
    return re.sub("^https?://[^/]+", "", button[1]) if button else ""
