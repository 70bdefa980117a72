"""Many charges in one call of `post`, with an outcome for each.

Making the canonical bytes is timed apart over the same entries: the bare rows have theirs ready,
so one slice has that time taken off and its name says so.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from config.bench import charges
from config.bench.measure import MeasuredNonsense, Size, Slice, inputs_aside, inserted
from config.database import Database
from ledger.canonical import canonical_bytes, new_salts, request_hash
from ledger.entries import Entry, Posted
from ledger.journal import post

if TYPE_CHECKING:
    from config.bench.ground import Ground


def many_at_once(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """Batches of `size.batch`, and `size.bulk` at once; each with and without making the bytes."""
    batch = _post_all(ground, [size.batch] * size.batches)
    bulk = _post_all(ground, [size.bulk])
    return {
        f"batch {size.batch}": batch[0],
        f"batch {size.batch} bytes ready": batch[1],
        f"batch {size.bulk}": bulk[0],
        f"batch {size.bulk} bytes ready": bulk[1],
    }


def _post_all(ground: "Ground", sizes: Sequence[int]) -> tuple[Slice, Slice]:
    with ground.fresh() as books, books.database() as database:
        charges.warm_up(database, charges.through_post(database), ())
        _post(database, list(charges.spread(charges.WARM_UP)))
        batches = [list(charges.spread(count)) for count in sizes]
        books.checkpoint()
        before = books.count()
        with inputs_aside():
            started = time.perf_counter_ns()
            for entries in batches:
                _post(database, entries)
            took = time.perf_counter_ns() - started
        inserted(before, books.count(), sum(sizes))
    with inputs_aside():
        making = _making_bytes(batches)
    return Slice(sum(sizes), took), Slice(sum(sizes), took - making)


def _post(database: Database, entries: Sequence[Entry]) -> None:
    with database.transaction() as session:
        outcomes = post(session, entries)
    if not all(isinstance(outcome, Posted) for outcome in outcomes):
        raise MeasuredNonsense("not every charge of a batch was posted")


def _making_bytes(batches: Sequence[Sequence[Entry]]) -> int:
    started = time.perf_counter_ns()
    for entries in batches:
        for entry in entries:
            request_hash(entry)
            canonical_bytes(entry, new_salts(entry))
    return time.perf_counter_ns() - started
