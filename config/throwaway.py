"""A database for one answer: made, migrated, filled, used and dropped, beside the city's own.

Whoever uses one holds a lock of its name on the server. A run that was killed loses it with its
connection, and whoever comes next drops what it left behind.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, Connection, create_engine, make_url, text

from config.database import Database, engine_for, with_driver
from config.migrations import upgrade
from config.postgres import embedded_server
from config.settings import Settings
from reconciliation.plain_files import load_bank, load_ledger, load_settlement

PATIENCE_SECONDS = 3600  # of a statement over millions of lines
_PREFIX = "stadtkasse_try_"
_ACCOUNT = "181000"

# Nothing here must outlive the answer: tables that are filled by the million need no log.
_BULK = ("expected_item", "provider_line", "item_match", "credit_match", "finding")

# As migration 0015 makes them; one by one, keys at random cost more than the rows themselves.
_INDEXES = {
    table: f"CREATE INDEX {table}_by_key ON {table} (match_key) WHERE match_key IS NOT NULL"
    for table in ("expected_item", "provider_line")
}
# Neither files nor entries stand behind these rows: nothing to look up for each of them.
_NOT_NEEDED = (
    "ALTER TABLE expected_item DROP CONSTRAINT expected_item_entry",
    "ALTER TABLE provider_line DROP CONSTRAINT provider_line_file",
    "DROP INDEX provider_line_by_file",
    *(f"DROP INDEX {table}_by_key" for table in _INDEXES),
)


@contextmanager
def throw_away_database(settings: Settings) -> Iterator[Database]:
    """A migrated, empty database on the server of the settings; gone when the context is left.

    On a server of its own the role of `DATABASE_ADMIN_URL` must be allowed to make databases.
    """
    name = f"{_PREFIX}{uuid4().hex}"
    if settings.database_url:
        admin = with_driver(settings.admin_url or settings.database_url)
        with _made(admin, with_driver(settings.database_url), name) as database:
            yield database
        return
    with embedded_server(settings.state_dir / "postgresql") as server:
        admin, user = make_url(server.url("postgres", "postgres")), make_url(server.url("postgres"))
        with _made(admin, user, name) as database:
            yield database


def load_files(database: Database, *, ledger: Path, settlement: Path, bank: Path) -> None:
    """Read the files into a throw-away database, both sides beside each other.

    Raises PlainFileError; of two files that cannot be taken, the first is told.
    """
    patient = database.with_patience(PATIENCE_SECONDS)
    with ThreadPoolExecutor(2) as beside:
        _both(
            beside.submit(_load_expected, patient, ledger, bank),
            beside.submit(_load_confirmed, patient, settlement),
        )
        # Not before both are in: what an open transaction might still see is not settled.
        _both(
            beside.submit(_settle, database, "expected_item", "bank_statement", "bank_line"),
            beside.submit(_settle, database, "provider_line"),
        )


def _both(one: Future[None], other: Future[None]) -> None:
    for side in (one, other):
        side.result()


def _load_expected(database: Database, ledger: Path, bank: Path) -> None:
    with database.transaction() as session:
        load_ledger(session, ledger)
        file_id = session.execute(text(_BANK_ACCOUNT), {"name": bank.name, "account": _ACCOUNT})
        load_bank(session, bank, account=_ACCOUNT, file_id=file_id.scalar_one())


def _load_confirmed(database: Database, settlement: Path) -> None:
    with database.transaction() as session:
        load_settlement(session, settlement)


# A statement belongs to a bank account of the chart and to a file; these stand for both.
_BANK_ACCOUNT = """
WITH chart AS (INSERT INTO account (code, name, kind, currency, guarded, floor_cents, is_control,
       clearing)
               VALUES (:account, 'Bank', 'asset', 'EUR', false, 0, false, false) RETURNING code),
     bank AS (INSERT INTO bank_account (account, name, iban, bank)
              SELECT code, 'Bank', 'DE02120300000000202051', 'Bank' FROM chart)
INSERT INTO source_file (sha256, name, content) VALUES (sha256(convert_to(:name, 'UTF8')), :name,
       '') RETURNING id
"""


def _settle(database: Database, *tables: str) -> None:
    """After loading: indexes that are cheaper to build at once, and what the planner must know."""
    indexes = filter(None, map(_INDEXES.get, tables))
    _execute(database.admin_url, *indexes, f"VACUUM ANALYZE {', '.join(tables)}")


@contextmanager
def _made(admin: URL, user: URL, name: str) -> Iterator[Database]:
    with _connected(admin) as owner:
        _drop_left_behind(owner)
        owner.execute(text(f"SELECT {_LOCK}"), {"name": name})
        owner.execute(text(f'CREATE DATABASE "{name}"'))
        database = Database(engine_for(user.set(database=name)), admin.set(database=name))
        try:
            upgrade(database.admin_url)
            unlogged = (f"ALTER TABLE {table} SET UNLOGGED" for table in _BULK)
            _execute(database.admin_url, *unlogged, *_NOT_NEEDED)
            yield database
        finally:
            database.engine.dispose()
            owner.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


_LOCK = "pg_advisory_lock(hashtextextended(:name, 0))"
_TRY = "pg_try_advisory_lock(hashtextextended(:name, 0))"
_FREE = "pg_advisory_unlock(hashtextextended(:name, 0))"


def drop_left_behind(admin: URL) -> int:
    """Drop the databases of runs that were killed; how many. admin: may make databases."""
    with _connected(admin) as owner:
        return _drop_left_behind(owner)


def _drop_left_behind(owner: Connection) -> int:
    """A name whose lock can be had belongs to nobody any more."""
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix) ORDER BY 1")
    dropped = 0
    for name in owner.scalars(query, {"prefix": _PREFIX}).all():
        if owner.scalar(text(f"SELECT {_TRY}"), {"name": name}):
            owner.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            owner.execute(text(f"SELECT {_FREE}"), {"name": name})
            dropped += 1
    return dropped


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    """A connection of its own in which every statement counts at once."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _execute(url: URL, *statements: str) -> None:
    with _connected(url) as connection:
        for statement in statements:
            connection.execute(text(statement))
