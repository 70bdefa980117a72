"""One RFC 9162 Merkle tree over all leaves, kept as a compact range.

The compact range of a tree of n leaves is the list of roots of its perfect subtrees, largest
first: one for each bit set in n. It is all that is needed to append, so a block costs its own
leaves and log n, never the whole tree. Proofs need the leaves and are made elsewhere.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 9162, 2.1.1: the root of no leaves


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The tree over the first `size` leaves; `peaks` are 32-byte roots, largest subtree first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has {self.size.bit_count()} peaks")

    def append(self, leaves: Iterable[bytes]) -> "CompactRange":
        """The tree with these leaf hashes after the others."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, merges = leaf, size
            while merges & 1:
                node = hash_children(peaks.pop(), node)
                merges >>= 1
            peaks.append(node)
            size += 1
        return CompactRange(size, tuple(peaks))

    def root(self) -> bytes:
        """The Merkle tree hash: peaks folded from the smallest subtree upwards."""
        if not self.peaks:
            return EMPTY_ROOT
        *larger, node = self.peaks
        for peak in reversed(larger):
            node = hash_children(peak, node)
        return node

    def to_bytes(self) -> bytes:
        """The peaks one after the other, as they are stored with a block."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> "CompactRange":
        """The inverse of `to_bytes`. Raises ValueError when the length does not fit the size."""
        step = HASH_BYTES
        return cls(size, tuple(peaks[at : at + step] for at in range(0, len(peaks), step)))


def hash_leaf(content: bytes) -> bytes:
    """The leaf hash of an entry's canonical bytes; the database computes the same."""
    return hashlib.sha256(b"\x00" + content).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()
