"""The power fails under load: what was acknowledged is there, nothing is there twice."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from config.database import Database, engine_for
from config.migrations import upgrade
from config.postgres import EmbeddedServer, embedded_server
from ledger.entries import Entry, Outcome, Posted
from ledger.errors import SealBusy
from ledger.journal import post, post_now
from ledger.seal import seal
from tests import promises
from tests.builders import BANK, CLEARING, REVENUE, a_chart, a_top_up, a_wallet, an_entry
from tests.power import cut_the_power

CUTS, CLIENTS = 10, 6


@dataclass(slots=True)
class Clients:
    """What the clients were answered while the power came and went."""

    wallets: list[str]
    is_over: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[UUID, Outcome] = field(default_factory=dict)
    escaped: list[BaseException] = field(default_factory=list)
    repeated: int = 0


@pytest.fixture
def folder(server: EmbeddedServer) -> Iterator[Path]:
    """A data folder of its own beside the one that the other tests use."""
    folder = server.folder.parent / f"stadtkasse-test-cut-{uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder)


def test_nothing_acknowledged_is_lost_and_nothing_is_twice_after_ten_power_cuts(
    folder: Path,
) -> None:
    with embedded_server(folder) as running, _books(running) as database:
        clients = Clients(_open_wallets(database))
        threads = [
            threading.Thread(target=_sell, args=(clients, database, number))
            for number in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        sealed = 0
        try:
            for _ in range(CUTS):
                _wait_for_more(clients, 15)
                cut_the_power(folder)
                with embedded_server(folder):  # power is back: joining starts it again
                    sealed += _try_to_seal(database)
        finally:
            clients.is_over.set()
            for thread in threads:
                thread.join()
        assert clients.escaped == []
        assert clients.repeated >= CUTS
        assert sealed >= 1
        seal(database.engine)
        with database.read_only() as session:
            promises.keep_all(session)
            entries = dict(session.execute(text("SELECT key, id FROM entry")).all())
            unsealed = text(
                "SELECT count(*) FROM entry WHERE id > (SELECT max(last_entry) FROM block)"
            )
            assert session.scalar(unsealed) == 0
        posted = {
            key: told.entry_id
            for key, told in clients.acknowledged.items()
            if isinstance(told, Posted)
        }
        assert len(posted) >= CUTS * 10
        assert posted.items() <= entries.items()


def test_a_backend_killed_in_the_middle_leaves_nothing_of_its_transaction(folder: Path) -> None:
    with embedded_server(folder) as running, _books(running) as database:
        _open_wallets(database)
        before, lost, later = an_entry(), an_entry(), an_entry()
        assert isinstance(post_now(database.engine, before), Posted)
        with pytest.raises(OperationalError):
            _die_after_posting(database, lost)
        clients = Clients([])
        for sale in (before, later, lost):  # the server restarts itself meanwhile
            while not _answered(clients, database, [sale]):
                time.sleep(0.02)
        told = clients.acknowledged
        assert told[before.key].replayed
        assert not told[lost.key].replayed
        seal(database.engine)
        with database.read_only() as session:
            promises.keep_all(session)


def _die_after_posting(database: Database, sale: Entry) -> None:
    with database.transaction() as session:
        post(session, [sale])
        os.kill(session.scalar(text("SELECT pg_backend_pid()")), signal.SIGKILL)
        session.execute(text("SELECT 1"))


DIES_BEFORE_REPLYING = """
import os, sys
from uuid import UUID
from sqlalchemy import make_url
from config.database import engine_for
from ledger.journal import post_now
from tests.builders import an_entry

post_now(engine_for(make_url(sys.argv[1])), an_entry(key=UUID(sys.argv[2])))
os.kill(os.getpid(), 9)
"""


def test_a_till_whose_server_died_after_the_commit_asks_again_and_gets_the_same(
    database: Database,
) -> None:
    with database.transaction() as session:
        a_chart(session)
    sale = an_entry()
    url = database.engine.url.render_as_string()
    died = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_REPLYING, url, str(sale.key)],
        cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    assert post_now(database.engine, sale) == Posted(sale.key, 1, replayed=True)


@contextmanager
def _books(server: EmbeddedServer) -> Iterator[Database]:
    admin = create_engine(server.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE books"))
    admin.dispose()
    address = make_url(server.url("books", "postgres"))
    upgrade(address)
    database = Database(engine_for(make_url(server.url("books"))), address)
    yield database
    database.engine.dispose()


def _open_wallets(database: Database) -> list[str]:
    with database.transaction() as session:
        a_chart(session)
        wallets = [a_wallet(session, number) for number in range(1, 5)]
        post(session, [a_top_up(wallet, 100_000) for wallet in wallets])
    return wallets


def _sell(clients: Clients, database: Database, number: int) -> None:
    """A client: sale after sale, each repeated under its key until there is an answer."""
    sold = 0
    while not clients.is_over.is_set():
        sold += 1
        wallet = clients.wallets[(number + sold) % len(clients.wallets)]
        debit, credit = ((CLEARING, REVENUE), (wallet, REVENUE), (BANK, wallet))[sold % 3]
        sales = [an_entry(debit, credit, 7) for _ in range(1 if number % 2 else 3)]
        while not _answered(clients, database, sales) and not clients.is_over.is_set():
            clients.repeated += 1
            time.sleep(0.02)


def _answered(clients: Clients, database: Database, sales: list[Entry]) -> bool:
    try:
        if len(sales) == 1:
            told = [post_now(database.engine, sales[0])]
        else:
            with database.transaction() as session:
                told = post(session, sales)
    except OperationalError:
        return False
    clients.acknowledged |= {outcome.key: outcome for outcome in told}
    return True


def _wait_for_more(clients: Clients, count: int) -> None:
    enough = len(clients.acknowledged) + count
    until = time.monotonic() + 30
    while len(clients.acknowledged) < enough:
        assert time.monotonic() < until, clients.escaped
        time.sleep(0.005)


def _try_to_seal(database: Database) -> bool:
    try:
        return seal(database.engine) is not None
    except (OperationalError, SealBusy):
        return False
