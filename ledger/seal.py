"""Sealing: every entry committed so far goes into a block, in order of its id, once and for good.

A poster holds the shared side of the fence before its entry draws an id. So in the moment a
sealer holds the other side alone, every id drawn is committed or gone for ever, and the largest
one is a frontier behind which nothing can appear any more. Only that moment is exclusive; the
block is built after it.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ledger.errors import SealBusy
from ledger.locks import SEALING, have_alone
from ledger.merkle import CompactRange
from ledger.tables.books import block, entry, frontier

FENCE_WAIT_MS = 50  # the longest a writer is stalled by a waiting sealer, at first
LONGEST_FENCE_WAIT_MS = 1000
LEAVES_AT_A_TIME = 10_000
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Block:
    """A sealed block: entries up to `last_entry`, the tree's size and root after it."""

    number: int
    last_entry: int
    entry_count: int
    tree_size: int
    root: bytes


def seal(engine: Engine, *, tries: int = 40) -> Block | None:
    """Seal everything committed so far; None when there is nothing new.

    A job of its own: opens two short transactions. Safe to run twice at once. Raises SealBusy
    after `tries` when writers never left the fence free, e.g. behind one very long transaction.
    """
    frontier = _frontier(engine, tries)
    with Session(engine) as session, session.begin():
        # A first block over years of entries takes its time; it keeps no poster waiting.
        session.execute(text("SET LOCAL statement_timeout = '1h'"))
        session.execute(text("SET LOCAL lock_timeout = '1h'"))
        # One sealer at a time; the next one then sees our block and starts behind it.
        have_alone(session, SEALING)
        return _append_block(session, frontier)


def latest_block(session: Session) -> Block | None:
    """The newest block, or None before the first."""
    row = session.execute(
        select(
            block.c.number, block.c.last_entry, block.c.entry_count, block.c.tree_size, block.c.root
        )
        .order_by(block.c.number.desc())
        .limit(1)
    ).one_or_none()
    return Block(*row) if row else None


def _frontier(engine: Engine, tries: int) -> int:
    for attempt in range(tries):
        # Short first, so that a waiting sealer stalls nobody; longer when writers never pause.
        wait_ms = min(FENCE_WAIT_MS << attempt // 5, LONGEST_FENCE_WAIT_MS)
        try:
            with Session(engine) as session, session.begin():
                session.execute(text(f"SET LOCAL lock_timeout = {wait_ms}"))
                # Its trigger takes the fence and reads the frontier; the block comes after it.
                session.execute(text("SET LOCAL synchronous_commit = off"))
                session.execute(insert(frontier).values(last_entry=0))
                largest: int | None = session.scalar(select(func.max(frontier.c.last_entry)))
                return largest or 0
        except OperationalError as trouble:
            if getattr(trouble.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
        time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - spreading retries needs no secret
    raise SealBusy(tries)


def _append_block(session: Session, frontier: int) -> Block | None:
    previous = session.execute(select(block).order_by(block.c.number.desc()).limit(1)).one_or_none()
    number, after, tree = 0, 0, CompactRange()
    if previous:
        number, after = previous.number, previous.last_entry
        tree = CompactRange.from_bytes(previous.tree_size, previous.compact_range)
    grown = tree.append(_leaves(session, after, frontier))
    if grown.size == tree.size:
        return None
    sealed = Block(number + 1, frontier, grown.size - tree.size, grown.size, grown.root())
    session.execute(
        block.insert().values(
            number=sealed.number, last_entry=sealed.last_entry, entry_count=sealed.entry_count,
            tree_size=sealed.tree_size, root=sealed.root, compact_range=grown.to_bytes(),
        )
    )  # fmt: skip
    return sealed


def _leaves(session: Session, after: int, until: int) -> Iterator[bytes]:
    rows = session.execute(
        select(entry.c.leaf)
        .where(entry.c.id > after, entry.c.id <= until)
        .order_by(entry.c.id)
        .execution_options(yield_per=LEAVES_AT_A_TIME)
    )
    for row in rows:
        yield row.leaf
