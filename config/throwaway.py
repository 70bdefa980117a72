"""A database for one answer: made, migrated, used and dropped, beside the city's own.

Whoever uses one holds a lock of its name on the server. A run that was killed loses it with its
connection, and whoever comes next drops what it left behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import URL, Connection, create_engine, make_url, text

from config.database import Database, engine_for, with_driver
from config.migrations import upgrade
from config.postgres import embedded_server
from config.settings import Settings

_PREFIX = "stadtkasse_try_"

# Nothing here must outlive the answer: tables that are filled by the million need no log.
_BULK = ("expected_item", "provider_line", "item_match", "credit_match", "finding")

_LOADED = ("expected_item", "provider_line", "bank_statement", "bank_line")

# As migration 0015 makes them; one by one, keys at random cost more than the rows themselves.
_INDEXES = {
    f"{table}_by_key": f"CREATE INDEX {table}_by_key ON {table} (match_key)"
    " WHERE match_key IS NOT NULL"
    for table in ("expected_item", "provider_line")
}


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


def settle(database: Database) -> None:
    """After loading: indexes that are cheaper to build at once, and what the planner must know."""
    for index in _INDEXES.values():
        _execute(database.admin_url, index)
    _execute(database.admin_url, f"VACUUM ANALYZE {', '.join(_LOADED)}")


@contextmanager
def _made(admin: URL, user: URL, name: str) -> Iterator[Database]:
    with _connected(admin) as owner:
        _drop_left_behind(owner)
        owner.execute(text(f"SELECT {_LOCK}"), {"name": name})
        owner.execute(text(f'CREATE DATABASE "{name}"'))
        database = Database(engine_for(user.set(database=name)), admin.set(database=name))
        try:
            upgrade(database.admin_url)
            for table in _BULK:
                _execute(database.admin_url, f"ALTER TABLE {table} SET UNLOGGED")
            for index in _INDEXES:
                _execute(database.admin_url, f"DROP INDEX {index}")
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


def _execute(url: URL, statement: str) -> None:
    with _connected(url) as connection:
        connection.execute(text(statement))
