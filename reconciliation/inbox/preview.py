"""What a file would do, before it does anything: taken in and taken back in one transaction.

The file itself is kept by its hash, so that a person who agrees need not send it again.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reconciliation.inbox.archives import hash_of
from reconciliation.inbox.deliveries import Bringer, Delivered, deliver
from reconciliation.inbox.parts import State
from reconciliation.tables import source_file


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of a file. as_correction: if a person says that it is right; empty where
    nothing would be held. is_kept: there is something in it to take in."""

    sha256: bytes
    found: tuple[Delivered, ...]
    as_correction: tuple[Delivered, ...] = ()
    is_kept: bool = False


def preview(session: Session, path: Path, name: str, who: str) -> Preview:
    """Look at the file; nothing is booked. Raises OSError."""
    found = _tried(session, path, name, Bringer("upload", who))
    correction: tuple[Delivered, ...] = ()
    if any(each.state is State.HELD for each in found):
        correction = _tried(session, path, name, Bringer("upload", who, is_correction=True))
    is_kept = any(each.state not in (State.REFUSED, State.KNOWN) for each in found)
    sha256 = hash_of(path)
    if is_kept:
        source = (found[0].source or "") if found[0].archive is None else "archive"
        row = {"sha256": sha256, "name": name, "content": path.read_bytes(), "source": source}
        session.execute(
            insert(source_file)
            .values(row)
            .on_conflict_do_nothing(index_elements=[source_file.c.sha256])
        )
    return Preview(sha256, found, correction, is_kept)


def take_previewed(session: Session, sha256: bytes, bringer: Bringer) -> list[Delivered] | None:
    """Take in a file that was looked at before; None if there is none with this hash."""
    row = session.execute(
        select(source_file.c.name, source_file.c.content).where(source_file.c.sha256 == sha256)
    ).one_or_none()
    return None if row is None else take_bytes(session, row.content, row.name, bringer)


def take_bytes(session: Session, content: bytes, name: str, bringer: Bringer) -> list[Delivered]:
    """Take in a file from memory."""
    with TemporaryDirectory(prefix="stadtkasse-file-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        return deliver(session, path, bringer, name=name)


def _tried(session: Session, path: Path, name: str, bringer: Bringer) -> tuple[Delivered, ...]:
    savepoint = session.begin_nested()
    found = tuple(deliver(session, path, bringer, name=name))
    savepoint.rollback()
    return found
