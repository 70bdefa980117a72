"""The watched folder: files somebody puts there are taken in, then moved to `done` or `held`.

A file is taken in one transaction and moved after it. Killed in between, the next round finds it
in the folder and knows it by its hash: nothing is lost and nothing counts twice.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import time

from sqlalchemy.orm import Session

from reconciliation.inbox.archives import move
from reconciliation.inbox.deliveries import Bringer, Delivered, deliver
from reconciliation.inbox.parts import State

DONE, HELD = "done", "held"
SETTLED_SECONDS = 10  # a file that was written to just now may still be growing
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".swp")
_BY_INBOX = Bringer("inbox", "inbox")

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """One file of the folder and what came of it. trouble: why it could not be read at all; then
    it stays where it is."""

    name: str
    delivered: tuple[Delivered, ...] = ()
    trouble: str | None = None


def take_in(
    folder: Path, transaction: Transaction, *, settled_seconds: float = SETTLED_SECONDS
) -> list[TakenIn]:
    """Take in every file in the folder that is whole, the oldest first; the folder is made.

    Below it nothing is read: `done` and `held` are there. Raises OSError for a folder that
    cannot be read; a single file that cannot be is named in the result.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_take(file, transaction) for file in _whole_files(folder, settled_seconds)]


def _whole_files(folder: Path, settled_seconds: float) -> Iterator[Path]:
    before = time() - settled_seconds
    # A link would let whoever may write here read what only we may.
    files = [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
    for file in sorted(files, key=lambda file: (file.stat().st_mtime, file.name)):
        is_ready = not file.name.startswith(".") and file.suffix.lower() not in _UNFINISHED
        if is_ready and file.stat().st_mtime <= before:
            yield file


def _take(file: Path, transaction: Transaction) -> TakenIn:
    try:
        with transaction() as session:
            delivered = tuple(deliver(session, file, _BY_INBOX))
        is_good = all(each.state not in (State.HELD, State.REFUSED) for each in delivered)
        move(file, file.parent / (DONE if is_good else HELD))
        return TakenIn(file.name, delivered)
    except OSError as trouble:
        return TakenIn(file.name, trouble=trouble.strerror or str(trouble))
