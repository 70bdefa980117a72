"""Proofs: that an entry stands in the tree of seals, and that the tree still fits its entries.

An entry is proved in the tree as it was with the block that sealed it: everything left of it is
in the compact range of the block before, so a proof costs one block and not the whole journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.merkle import CompactRange, hash_children, hash_leaf
from ledger.tables.books import block, entry
from ledger.tables.pay_links import books_check

AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is leaf `index` of the tree of `tree_size` leaves whose root block `block` has.

    canonical: the bytes of the entry as it stands now; its leaf hash leads by `path`, the deepest
    neighbour first (RFC 9162, 2.1.3), to `root`.
    """

    entry_id: int
    canonical: bytes
    index: int
    tree_size: int
    path: tuple[bytes, ...]
    root: bytes
    block: int
    sealed_at: datetime

    def holds(self) -> bool:
        """Whether entry, path and sealed root fit together."""
        return root_by_path(self) == self.root

    def document(self) -> dict[str, Any]:
        """All of it as plain values for a file, bytes in hexadecimal."""
        return {
            "entry": self.entry_id, "canonical": self.canonical.hex(), "index": self.index,
            "tree_size": self.tree_size, "path": [each.hex() for each in self.path],
            "root": self.root.hex(), "block": self.block, "sealed_at": self.sealed_at.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """A full check of the tree. broken_block: the first whose root does not fit, None if sound."""

    checked_at: datetime
    tree_size: int
    broken_block: int | None


def prove(session: Session, entry_id: int) -> Proof | None:
    """The proof of an entry; None while it is not sealed, or where there is none."""
    sealed = session.execute(
        select(block).where(block.c.last_entry >= entry_id).order_by(block.c.number).limit(1)
    ).one_or_none()
    canonical = session.scalar(select(entry.c.canonical).where(entry.c.id == entry_id))
    if sealed is None or canonical is None:
        return None
    before = session.execute(select(block).where(block.c.number == sealed.number - 1)).one_or_none()
    first, known = 0, CompactRange()
    if before is not None:
        first = before.last_entry
        known = CompactRange.from_bytes(before.tree_size, before.compact_range)
    rows = session.execute(
        select(entry.c.id, entry.c.leaf)
        .where(entry.c.id > first, entry.c.id <= sealed.last_entry)
        .order_by(entry.c.id)
    ).all()
    offset = next(n for n, row in enumerate(rows) if row.id == entry_id)
    leaves = [row.leaf for row in rows]
    path = _path(known, leaves, offset)
    return Proof(
        entry_id, canonical, known.size + offset, known.size + len(leaves), path, sealed.root,
        sealed.number, sealed.sealed_at,
    )  # fmt: skip


def is_sealed(session: Session, entry_id: int) -> bool:
    """Whether a block has sealed the entry; costs nothing, unlike its proof."""
    return bool(session.scalar(select(func.max(block.c.last_entry) >= entry_id)))


def root_by_path(proof: Proof) -> bytes:
    """The root an entry leads to (RFC 9162, 2.1.3.2)."""
    node, index, last = hash_leaf(proof.canonical), proof.index, proof.tree_size - 1
    for neighbour in proof.path:
        if index & 1 or index == last:
            node = hash_children(neighbour, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hash_children(node, neighbour)
        index, last = index >> 1, last >> 1
    return node


def check_books(session: Session, *, at: datetime) -> Check:
    """Compute the whole tree again from the entries and write down whether every seal fits.

    Takes about a second for 100,000 entries: a nightly job, not for a page.
    """
    tree, broken = CompactRange(), None
    seals = session.execute(
        select(block.c.number, block.c.entry_count, block.c.root).order_by(block.c.number)
    ).all()
    kept = select(entry.c.canonical).order_by(entry.c.id).execution_options(yield_per=AT_A_TIME)
    with session.execute(kept) as rows:
        leaves = (hash_leaf(row.canonical) for row in rows)
        for sealed in seals:
            # An entry that is missing leaves fewer: the root cannot fit then.
            tree = tree.append(islice(leaves, sealed.entry_count))
            if broken is None and tree.root() != sealed.root:
                broken = sealed.number
    row = {"checked_at": at, "tree_size": tree.size, "broken_block": broken}
    session.execute(insert(books_check), [row])
    return Check(at, tree.size, broken)


def last_check(session: Session) -> Check | None:
    """The newest full check."""
    newest = select(books_check.c.checked_at, books_check.c.tree_size, books_check.c.broken_block)
    row = session.execute(newest.order_by(books_check.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Check(*row)


def broken_since(session: Session) -> datetime | None:
    """Since when the checks fail without a sound one after it; None while the last was sound."""
    sound = select(func.coalesce(func.max(books_check.c.id), 0)).where(books_check.c.is_sound)
    since: datetime | None = session.scalar(
        select(func.min(books_check.c.checked_at)).where(books_check.c.id > sound.scalar_subquery())
    )
    return since


def _path(known: CompactRange, leaves: Sequence[bytes], offset: int) -> tuple[bytes, ...]:
    """Neighbours on the way up: perfect trees on the left, what came later on the right."""
    index, size = known.size + offset, known.size + len(leaves)
    left = known.append(leaves[:offset])
    starts, at = {}, 0
    for peak, bit in zip(left.peaks, _bits(left.size), strict=True):
        starts[at] = peak
        at += bit
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if index < middle:
            right = leaves[middle - known.size : high - known.size]
            path.append(CompactRange().append(right).root())
            high = middle
        else:
            path.append(starts[low])
            low = middle
    return tuple(reversed(path))


def _bits(size: int) -> list[int]:
    """The sizes of the perfect subtrees of a tree, the largest first."""
    return [1 << place for place in reversed(range(size.bit_length())) if size >> place & 1]
