"""What one slice of the benchmark yields, and how large a benchmark is."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median


class MeasuredNonsense(Exception):
    """A slice did not do the work it was timed for; its numbers would be a lie."""


@dataclass(frozen=True, slots=True)
class Slice:
    """`count` pieces of work in `nanoseconds`; `latencies_ns` of each where they were taken.

    peak_bytes: the most memory the process had that did it, where that was asked for.
    """

    count: int
    nanoseconds: int
    latencies_ns: tuple[int, ...] = ()
    peak_bytes: int = 0

    @property
    def rate(self) -> float:
        """Pieces per second."""
        return self.count * 1e9 / self.nanoseconds

    @property
    def p99_ns(self) -> int:
        """The latency that 99 of 100 pieces stayed within."""
        return sorted(self.latencies_ns)[len(self.latencies_ns) * 99 // 100]

    @property
    def median_ns(self) -> float:
        """The latency that half of the pieces stayed within."""
        return median(self.latencies_ns)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `charges` are posted by one process, `charges_each` by `processes`;
    `queued` are sent by a till that has sold `till_sales` in its shift. A month of `payments` is
    matched, and one of `more_payments` to see how the cost of one grows; 0: only the first."""

    rounds: int = 3
    charges: int = 3000
    processes: int = 8
    charges_each: int = 1200
    batch: int = 1000
    batches: int = 10
    bulk: int = 100_000
    peer_charges: int = 300
    peer_accounts: int = 300
    transfers: int = 1_000_000
    balance_reads: int = 2000
    till_sales: int = 500
    taps: int = 200
    pages: int = 100
    queued: int = 10_000
    messages: int = 5000
    payments: int = 100_000
    more_payments: int = 0


QUICK = Size(
    charges=1000, charges_each=400, batches=5, bulk=30_000, peer_charges=100, peer_accounts=100,
    transfers=200_000, balance_reads=500, taps=60, pages=40, queued=3000, messages=1000,
    payments=30_000,
)  # fmt: skip


def inserted(before: int, after: int, wanted: int) -> None:
    """Raises MeasuredNonsense unless exactly `wanted` rows came in."""
    if after - before != wanted:
        raise MeasuredNonsense(f"{after - before} transfers came in, {wanted} were asked for")


@contextmanager
def inputs_aside() -> Iterator[None]:
    """What was made for a slice stays out of the garbage collector's rounds while it is timed.

    On both sides alike: whoever holds a hundred thousand entries pays for them, not the posting.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
