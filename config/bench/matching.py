"""The night's matcher over a month of payments, against a bare join of their keys.

Its limit R: the server counts a FULL OUTER JOIN of two bare tables of ready keys. Ours is what
`stadtkasse reconcile-files` does: it reads CSV into the narrow tables, folds, joins, classifies,
writes every match with its rule under unique indexes, and finds what nobody else explains; then
once more, with nothing left to do.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from sqlalchemy import make_url, text

from config.bench import matching_rows as rows
from config.bench.measure import MeasuredNonsense, Size, Slice
from config.database import Database, engine_for
from config.settings import Settings
from config.throwaway import load_files, throw_away_database
from reconciliation.engine import run
from reconciliation.engine.knowledge import Knowledge, Tariff

if TYPE_CHECKING:
    from config.bench.ground import Ground

BUDGET_BYTES = 300_000_000  # a worker streams, it never holds the lines
KNOWN = Knowledge(
    tariffs=(
        Tariff("stripe", "eea", 150, 25),
        Tariff("acquirer", "girocard", 0, 0),
        Tariff("acquirer", "visa", 89, 4),
    )
)


@dataclass(frozen=True, slots=True)
class Matched:
    """What the worker reports: its two runs and the most memory it ever had."""

    first_ns: int
    second_ns: int
    peak_bytes: int


def months(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """A month of `size.payments`; one of `size.more_payments` to see how the cost of one grows."""
    taken = _month(ground, size.payments)
    if size.more_payments:
        taken |= _month(ground, size.more_payments)
    return taken


def _month(ground: "Ground", count: int) -> dict[str, Slice]:
    name = f"{count:,}"
    with tempfile.TemporaryDirectory() as folder:
        with ground.fresh() as bare, bare.superuser() as connection:
            files = rows.write_files(connection, count, Path(folder))
            limit = _join(connection)
        with throw_away_database(_settings(ground)) as database:
            started = time.perf_counter_ns()
            load_files(database, ledger=files.ledger, settlement=files.settlement, bank=files.bank)
            loaded = time.perf_counter_ns() - started
            url = database.engine.url.render_as_string(hide_password=False)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as worker:
                done = worker.submit(_match, url, count).result()
    return {
        f"R {name}": Slice(count, limit),
        f"load {name}": Slice(count, loaded),
        f"match {name}": Slice(count, done.first_ns, peak_bytes=done.peak_bytes),
        f"match again {name}": Slice(count, done.second_ns),
        "worker budget": Slice(1, 1, peak_bytes=BUDGET_BYTES),
    }


def _settings(ground: "Ground") -> Settings:
    """The server under test."""
    address, admin = ground.server.url("postgres"), ground.server.url("postgres", "postgres")
    return Settings(ground.server.folder, database_url=address, admin_url=admin)


def _join(connection: psycopg.Connection) -> int:
    """The best of three: nothing but the join itself."""
    times = []
    for _ in range(3):
        started = time.perf_counter_ns()
        connection.execute(rows.LIMIT).fetchone()
        times.append(time.perf_counter_ns() - started)
    return min(times)


def _match(url: str, count: int) -> Matched:
    """In a process of its own, so that its memory is the matcher's."""
    engine = engine_for(make_url(url), statement_timeout="600s")
    database = Database(engine, engine.url)
    try:
        first = _timed_run(database)
        _expect(database, "SELECT count(*) FROM item_match WHERE ended_at IS NULL", at_least=count)
        before = _written(database)
        second = _timed_run(database)
        if (after := _written(database)) != before:
            raise MeasuredNonsense(f"the second run wrote: {before} became {after}")
    finally:
        engine.dispose()
    scale = 1 if sys.platform == "darwin" else 1024
    return Matched(first, second, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale)


def _timed_run(database: Database) -> int:
    started = time.perf_counter_ns()
    with database.transaction() as session:
        run(session, as_of=rows.AS_OF, knowledge=KNOWN, run_id=uuid4())
    return time.perf_counter_ns() - started


def _expect(database: Database, question: str, *, at_least: int) -> None:
    """All but the faulty payments came together."""
    with database.transaction() as session:
        found = session.execute(text(question)).scalar_one()
    if found < at_least * 99 // 100:
        raise MeasuredNonsense(f"{found} matches of {at_least} payments")


def _written(database: Database) -> tuple[int, ...]:
    """Rows ever written to the matcher's tables, ended ones too."""
    with database.transaction() as session:
        return tuple(
            session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("item_match", "credit_match", "finding")
        )
