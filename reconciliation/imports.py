"""Taking in one file of a program, which wants an exception where a clerk gets a sentence."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from reconciliation.inbox import Bringer, State, deliver

COMMAND = Bringer("command", "command line")


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One statement that is now in the database."""

    account: str
    statement_id: str
    line_count: int
    closing_on: date | None
    closing_cents: int | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file brought; nothing when `is_new` is false, for then it was here before."""

    file_name: str
    is_new: bool
    statements: tuple[ImportedStatement, ...]


def import_file(session: Session, file: Path) -> ImportResult:
    """Import everything in a file, or nothing: the caller's transaction decides.

    The same file again is known by its hash and changes nothing. Raises SourceError for a file
    that cannot be read and ReconciliationError for one that cannot be taken.
    """
    found = deliver(session, file, COMMAND)
    for each in found:
        if each.trouble is not None:
            raise each.trouble
    return ImportResult(
        file.name,
        is_new=any(each.state is not State.KNOWN for each in found),
        statements=tuple(
            ImportedStatement(
                part.account or "", part.identity, part.line_count, part.period_to,
                part.closing_cents,
            )
            for each in found
            for part in each.parts
        ),
    )  # fmt: skip
