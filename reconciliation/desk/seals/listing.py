"""Seals as their page lists them: newest checkpoint, what waits for the next, last check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.proofs import Check, last_check

PAGE = 100


@dataclass(frozen=True, slots=True)
class Seal:
    """One block: its entries end with `last_entry`; tree size and root after it."""

    number: int
    last_entry: int
    entry_count: int
    tree_size: int
    root: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Seals:
    """The page. waiting: entries that no block has yet, the oldest of them since `waiting_since`.
    checks: of the whole tree, the newest first."""

    rows: Sequence[Seal]
    count: int
    newest: Seal | None
    waiting: int
    waiting_since: datetime | None
    last: Check | None
    checks: Sequence[Check]


_TAIL = """
    SELECT count(*) AS waiting, min(recorded_at) AS since FROM entry
     WHERE id > (SELECT coalesce(max(last_entry), 0) FROM block)"""

_SEALS = """
    SELECT number, last_entry, entry_count, tree_size, root, sealed_at FROM block
     ORDER BY number DESC LIMIT :limit OFFSET :offset"""

_CHECKS = """
    SELECT checked_at, tree_size, broken_block FROM books_check ORDER BY id DESC LIMIT 7"""


def seals(session: Session, *, page: int) -> Seals:
    """A page of the seals, the newest first."""
    values = {"limit": PAGE, "offset": (page - 1) * PAGE}
    rows = [Seal(*row) for row in session.execute(text(_SEALS), values)]
    newest = session.execute(text(_SEALS), {"limit": 1, "offset": 0}).one_or_none()
    tail = session.execute(text(_TAIL)).one()
    return Seals(
        rows, newest.number if newest else 0, Seal(*newest) if newest else None, tail.waiting,
        tail.since, last_check(session),
        [Check(*row) for row in session.execute(text(_CHECKS))],
    )  # fmt: skip
