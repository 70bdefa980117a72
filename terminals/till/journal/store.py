"""Opening the journal: one writer at a time, every commit on the disk before it returns."""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DatabaseError

from terminals.till.journal.tables import metadata

BUSY_SECONDS = 10


class JournalTrouble(RuntimeError):
    """The journal cannot be opened; the message says what to do."""


class Journal:
    """The site's memory. Reads see whole commits; writes come one after the other.

    A page, a printer and a lane wait for news of a till with `wait`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(reads_only=True)
        self._writing = threading.Lock()
        self._changed = threading.Condition()
        self._versions: Counter[str] = Counter()
        # A page that outlived a process shall take what the next one shows for newer.
        self._first = time.time_ns() // 1_000_000

    @contextmanager
    def write(self, till: str | None = None) -> Iterator[Connection]:
        """A transaction that is on the disk when the block is left; then `till` has news."""
        with self._writing, self.engine.begin() as connection:
            yield connection
        if till is not None:
            self.ring(till)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment."""
        with self._reading.connect() as connection:
            yield connection

    def ring(self, *tills: str) -> None:
        """Say that something of these tills looks different now."""
        with self._changed:
            self._versions.update(tills)
            self._changed.notify_all()

    def version(self, till: str) -> int:
        """A number that grows with all news of this till, and with every start of the process."""
        with self._changed:
            return self._first + self._versions[till]

    def wait(self, till: str, seen: int, seconds: int) -> int:
        """The version of the till as soon as it is another than `seen`, at last after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._first + self._versions[till] != seen, seconds)
            return self._first + self._versions[till]

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def open_journal(path: Path, tables: MetaData = metadata) -> Journal:
    """The journal in this file, made where there is none. Raises JournalTrouble.

    tables: what it holds, those of a till unless said.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise JournalTrouble(
            f"There is no folder for the till's journal {path} ({trouble.strerror})."
        ) from trouble
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            tables.create_all(connection)
    except DatabaseError as trouble:
        engine.dispose()
        reason = str(trouble.orig)
        raise JournalTrouble(
            f"The till's journal {path} cannot be opened ({reason}): do not sell with this device."
        ) from trouble
    return Journal(engine)


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy begins transactions, not the driver: see _begin.
    connection.isolation_level = None
    for setting in _PRAGMAS:
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    # A writer takes its place at once: two that both read first could both lose.
    immediate = not connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


# FULL: a commit is on the disk, not in the drive's promises, when it returns (WAL alone loses
# the last commits with the power).
_PRAGMAS: Iterable[str] = (
    "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
    f"busy_timeout = {BUSY_SECONDS * 1000}",
)  # fmt: skip
