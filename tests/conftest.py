"""One real PostgreSQL for the run; every test gets books of its own or a transaction of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from config.database import Database, engine_for
from config.migrations import upgrade
from config.postgres import EmbeddedServer, embedded_server
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from

# A shared machine pauses at will: how long an example takes says nothing about the code.
settings.register_profile("stadtkasse", deadline=None)
settings.load_profile("stadtkasse")

CITY = Path(__file__).parents[1] / "config" / "cities" / "aachen"
TEMPLATE = "stadtkasse_template"
# No test cuts this server's power (those that do start one of their own), and dropping books of a
# test waits for the disk: thousands of times.
UNSYNCED = ("fsync", "full_page_writes")

WORKERS_AT_MOST = 8  # each has a browser, and all of them share a hundred connections
WAITED_IN_VAIN = ["TimeoutError", "CentreSilent"]


def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: half of the time a test waits, for a browser, a process or a disk."""
    return min(2 * (os.cpu_count() or 1), WORKERS_AT_MOST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser or a process may wait in vain on a machine that pauses: told once more.

    Only what timed out is, and the report names it (`R`); what is wrong is so the second time.
    """
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=WAITED_IN_VAIN))


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server; workers of one run share it, the last one stops it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    root = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    version = int(os.environ.get("TEST_POSTGRES_VERSION", "18"))
    folder = root / f"stadtkasse-test-{run[:12]}"
    with embedded_server(folder, version=version) as embedded:
        for setting in UNSYNCED:
            _as_superuser(embedded, f"ALTER SYSTEM SET {setting} = off")
        _as_superuser(embedded, "SELECT pg_reload_conf()")
        yield embedded
    if not (folder / "data" / "postmaster.pid").exists():  # we were the last worker
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a migrated, empty database to clone; made once per worker."""
    name = f"{TEMPLATE}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    _as_superuser(server, f'CREATE DATABASE "{name}"')
    upgrade(make_url(server.url(name, "postgres")))
    return name


@pytest.fixture
def database(server: EmbeddedServer, template: str) -> Iterator[Database]:
    """Books of its own for a test that commits, crashes or races."""
    with cloned_database(server, template) as database:
        yield database


@pytest.fixture(scope="session")
def shared_database(server: EmbeddedServer, template: str) -> Iterator[Database]:
    """Books that stay empty: tests write to them only in transactions that are rolled back."""
    with cloned_database(server, template) as database:
        yield database


@pytest.fixture(scope="session")
def city_template(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The name of a database with Aachen loaded, to clone."""
    with cloned_database(server, template) as database:
        with database.transaction() as session:
            load_city(session, city_from(CITY))
        database.engine.dispose()
        yield database.engine.url.database or ""


@pytest.fixture
def city(server: EmbeddedServer, city_template: str) -> Iterator[Database]:
    """Books of its own with the whole city loaded."""
    with cloned_database(server, city_template) as database:
        yield database


@pytest.fixture(scope="module")
def module_city(server: EmbeddedServer, city_template: str) -> Iterator[Database]:
    """Books with the whole city loaded, shared by the tests of one file."""
    with cloned_database(server, city_template) as database:
        yield database


@pytest.fixture
def session(shared_database: Database) -> Iterator[Session]:
    """A session whose work is rolled back when the test ends."""
    with shared_database.engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


class cloned_database:
    """Context: a fresh copy of the template database, dropped at the end."""

    def __init__(self, server: EmbeddedServer, template: str) -> None:
        self.server, self.template = server, template
        self.name = f"books_{uuid4().hex}"

    def __enter__(self) -> Database:
        _as_superuser(self.server, f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        self.database = Database(
            engine_for(make_url(self.server.url(self.name))),
            make_url(self.server.url(self.name, "postgres")),
        )
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.engine.dispose()
        _as_superuser(self.server, f'DROP DATABASE "{self.name}" WITH (FORCE)')


def _as_superuser(server: EmbeddedServer, statement: str) -> None:
    engine = create_engine(server.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
