"""Many processes at once, each with an engine of its own, as the workers of a web server are."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from threading import BrokenBarrierError
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from config.bench import charges
from config.bench.measure import MeasuredNonsense, Size, Slice, inserted
from config.database import Database, engine_for

if TYPE_CHECKING:
    from config.bench.ground import Ground

PATIENCE_SECONDS = 120


class Crowd:
    """`processes` workers that start at the same moment."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        context = get_context("spawn")
        self._meet = context.Barrier(processes + 1)
        self._pool = ProcessPoolExecutor(
            processes, mp_context=context, initializer=_remember, initargs=(self._meet,)
        )

    def close(self) -> None:
        """End the workers."""
        self._meet.abort()
        self._pool.shutdown()

    def post(self, ground: "Ground", kind: str, charges_each: int) -> Slice:
        """Every worker posts `charges_each` charges of `kind` by `post_now`, one by one."""
        with ground.fresh() as books:
            work = [self._pool.submit(_work, books.url, kind, charges_each)
                    for _ in range(self.processes)]  # fmt: skip
            try:
                self._meet.wait(PATIENCE_SECONDS)  # all are warm
                books.checkpoint()
                before = books.count()
                self._meet.wait(PATIENCE_SECONDS)  # go
            except BrokenBarrierError:
                for each in work:
                    each.result()  # says what went wrong there
                raise
            done = [each.result() for each in work]
            inserted(before, books.count(), self.processes * charges_each)
        first = min(started for started, _, _ in done)
        last = max(ended for _, ended, _ in done)
        latencies = tuple(latency for _, _, each in done for latency in each)
        return Slice(len(latencies), last - first, latencies)


@contextmanager
def crowd(processes: int) -> Iterator[Crowd]:
    """Workers for a whole benchmark: starting Python is not what we measure."""
    workers = Crowd(processes)
    try:
        yield workers
    finally:
        workers.close()


def many_processes(ground: "Ground", size: Size, workers: Crowd) -> Mapping[str, Slice]:
    """`post_now` onto many revenue accounts, and onto one."""
    return {
        f"post_now {kind} x{size.processes}": workers.post(ground, kind, size.charges_each)
        for kind in ("spread", "hot")
    }


_meeting: Any = None


def _remember(meet: Any) -> None:
    global _meeting  # noqa: PLW0603 - what a worker gets once, at its start
    _meeting = meet


def _work(url: str, kind: str, count: int) -> tuple[int, int, list[int]]:
    """In a worker: when it started and ended on the machine's clock, and each latency."""
    engine = engine_for(make_url(url))
    try:
        entries = list(charges.KINDS[kind](count + charges.WARM_UP))
        database = Database(engine, engine.url)
        posting = charges.through_post_now(database)
        charges.warm_up(database, posting, entries[: charges.WARM_UP])
        _meeting.wait(PATIENCE_SECONDS)
        _meeting.wait(PATIENCE_SECONDS)
        started = time.perf_counter_ns()
        latencies = charges.timed(posting, entries[charges.WARM_UP :])
        return started, time.perf_counter_ns(), latencies
    except (MeasuredNonsense, SQLAlchemyError):
        _meeting.abort()  # nobody waits for one who will not come
        raise
    finally:
        engine.dispose()
