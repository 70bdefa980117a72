"""Killed at any step the night is run again and comes to the same books, byte for byte."""

import io
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.database import Database, engine_for
from config.migrations import upgrade
from config.postgres import EmbeddedServer, embedded_server
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.wallets import open_wallet
from reconciliation.exports import books_of, load
from reconciliation.night import run_night
from reconciliation.night.steps import Transaction
from tests.conftest import CITY, cloned_database
from tests.power import cut_the_power
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.night_stand import (
    DAY,
    KITA,
    a_bag,
    a_batch,
    a_move,
    a_statement,
    bring,
    paid_in,
)

LATER = DAY + timedelta(days=14)


def furnish(city: Database, folder: Path) -> None:
    """Something for every step: a batch, a bag, a top-up, unclear money, a fee, an open case."""
    a_batch(city, 12345)
    a_batch(city, 21400, "184100/B02-1/2026-11-18")
    a_bag(city, 30000)
    a_bag(city, 5000, "4711008")
    a_move(city, "till_shortage", "171300", "183000/B01-1", 300)
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    fee = xml.text("BkTxCd/Prtry/Cd", "NCHG+808+0")
    lines = (
        paid_in("123.45", "GIROCARD TERMINAL B01-1 KASSENSCHNITT 19.11.2026"),
        paid_in("300.00", "SAFEBAG 4711007"), paid_in("49.00", "SAFEBAG 4711008"),
        paid_in("62.90", "Danke"), paid_in("4.50", sign="DBIT", above=fee),
    )  # fmt: skip
    bring(city, a_statement(folder, *lines, closing="530.85"))
    top_up = paid_in("50.00", rf=wallet.reference)
    bring(city, a_statement(folder, top_up, closing="50.00", iban=KITA))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a night leaves that anybody can see, without numbers that a lost try has used up."""

    journal: str
    rows: tuple[tuple[object, ...], ...]


_ROWS = """
    SELECT 'match', m.rule, m.key_used, l.amount_cents::text FROM bank_match m
      JOIN bank_line l ON l.id = m.bank_line_id
    UNION ALL SELECT 'difference', id, coalesce(explanation, ''), (closed_at IS NULL)::text
      FROM difference
    UNION ALL SELECT 'expected', kind, coalesce(related_ref, ''), amount_cents::text
      FROM expected_item
    UNION ALL SELECT 'account', account, balance_cents::text, difference_cents::text
      FROM night_account WHERE run = (SELECT run FROM night_run ORDER BY id DESC LIMIT 1)
    UNION ALL SELECT 'channel', channel, checked::text, closed || ' ' || differences
      FROM night_channel WHERE run = (SELECT run FROM night_run ORDER BY id DESC LIMIT 1)
    ORDER BY 1, 2, 3, 4"""


def outcome_of(database: Database) -> Outcome:
    stream = io.StringIO()
    with database.read_only() as session:
        load()["beancount"].layout({}).write(books_of(session), stream)
        rows = tuple(tuple(row) for row in session.execute(text(_ROWS)))
    numbers = count(1)
    journal = re.sub(r"entry: \d+", lambda _: f"entry: {next(numbers)}", stream.getvalue())
    return Outcome(journal, rows)


@pytest.fixture(scope="module")
def furnished(
    server: EmbeddedServer, city_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database with a night's work in it, to clone."""
    with cloned_database(server, city_template) as database:
        furnish(database, tmp_path_factory.mktemp("night"))
        database.engine.dispose()
        yield database.engine.url.database or ""


@pytest.fixture(scope="module")
def undisturbed(server: EmbeddedServer, furnished: str) -> tuple[Outcome, int]:
    """What comes of it when nothing happens, and how many transactions that takes."""
    with cloned_database(server, furnished) as database:
        seen = count(1)

        @contextmanager
        def counted() -> Iterator[Session]:
            next(seen)
            with database.transaction() as session:
                yield session

        run_night(counted, LATER)
        return outcome_of(database), next(seen) - 1


def test_killed_in_any_transaction_and_run_again_the_books_are_the_same(
    server: EmbeddedServer, furnished: str, undisturbed: tuple[Outcome, int]
) -> None:
    expected, transactions = undisturbed
    assert transactions > 10
    for number in range(1, transactions + 1):
        moment = "before" if number % 3 else "after"
        with cloned_database(server, furnished) as database:
            assert _killed(server, database, number, moment) == -signal.SIGKILL
            run_night(database.transaction, LATER)
            assert outcome_of(database) == expected, (number, moment)


def test_a_second_night_over_the_same_facts_writes_no_row(
    server: EmbeddedServer, furnished: str
) -> None:
    with cloned_database(server, furnished) as database:
        first = run_night(database.transaction, LATER)
        again = run_night(database.transaction, LATER)
    assert first.written > 10
    assert (again.written, again.opened, again.closed) == (0, 0, 0)
    assert (again.open_count, again.number) == (first.open_count, first.number + 1)


def _killed(server: EmbeddedServer, database: Database, number: int, moment: str) -> int:
    address = server.url(database.engine.url.database or "")
    words = ["-m", "tests.reconciliation.killed_night", address, str(LATER), str(number), moment]
    return subprocess.run([sys.executable, *words], check=False, cwd=CITY.parents[2]).returncode


@pytest.fixture
def folder(server: EmbeddedServer) -> Iterator[Path]:
    """A data folder of its own beside the one that the other tests use."""
    folder = server.folder.parent / f"stadtkasse-test-night-{uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder)


def test_when_the_database_is_killed_at_a_step_the_next_run_goes_on(
    folder: Path, tmp_path: Path, undisturbed: tuple[Outcome, int]
) -> None:
    expected, transactions = undisturbed
    with embedded_server(folder) as running, _city(running) as database:
        furnish(database, tmp_path)
        for number in (5, 7, transactions - 3):  # what is done is only looked at
            with pytest.raises(DBAPIError):
                run_night(_cutting(database, folder, number), LATER)
            with embedded_server(folder):  # power is back: joining starts it again
                database.engine.dispose()
        run_night(database.transaction, LATER)
        left = outcome_of(database)
        starts = _one(database, "SELECT count(*) FROM night_start")
        database.engine.dispose()
    assert _without_references(left) == _without_references(expected)
    assert starts == 1  # the same run went on, three times


def _cutting(database: Database, folder: Path, number: int) -> Transaction:
    """Transactions of which one loses its server before it commits."""
    numbers = count(1)

    @contextmanager
    def transaction() -> Iterator[Session]:
        is_last = next(numbers) == number
        with database.transaction() as session:
            yield session
            if is_last:
                cut_the_power(folder)

    return transaction


def _without_references(outcome: Outcome) -> tuple[object, ...]:
    """Another city has other wallet numbers: drawn at random, they stand in no comparison."""
    return (
        re.sub(r"RF\d+|371000-\S+", "-", outcome.journal).count("entry:"),
        [row[:2] for row in outcome.rows if row[0] != "match"],
        [row[1::2] for row in outcome.rows if row[0] == "match"],
    )


@contextmanager
def _city(running: EmbeddedServer) -> Iterator[Database]:
    engine = create_engine(running.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE night"))
    engine.dispose()
    upgrade(make_url(running.url("night", "postgres")))
    database = Database(
        engine_for(make_url(running.url("night"))), make_url(running.url("night", "postgres"))
    )
    with database.transaction() as session:
        load_city(session, city_from(CITY))
    yield database
    database.engine.dispose()


def _one(database: Database, statement: str) -> object:
    with database.read_only() as session:
        return session.scalar(text(statement))
