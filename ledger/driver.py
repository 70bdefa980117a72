"""The driver's own connection, for the one statement whose price SQLAlchemy would double.

A lone charge is a single prepared call; compiling, caching and wrapping it costs more than the
books themselves. Errors are still SQLAlchemy's, and connections still come from its pool.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Cursor = psycopg.Cursor[tuple[Any, ...]]


def cursor_of(session: Session) -> Cursor:
    """The cursor of a session's transaction, begun if it was not yet."""
    return _kept_cursor(session.connection().connection)


@contextmanager
def autocommit(engine: Engine) -> Iterator[Cursor]:
    """A cursor on a pooled connection; every statement is a transaction of its own."""
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as trouble:
        raise _as_sqlalchemy("connect", trouble, is_lost=False) from trouble
    driver = cast(psycopg.Connection, pooled.driver_connection)
    try:
        driver.autocommit = True
        yield _kept_cursor(pooled)
    finally:
        if driver.closed:
            pooled.invalidate()
        else:
            driver.autocommit = False
            pooled.close()


def call(cursor: Cursor, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row a statement answers. Raises what SQLAlchemy raises for the same fault."""
    try:
        row = cursor.execute(statement, values).fetchone()
    except psycopg.Error as trouble:
        raise _as_sqlalchemy(statement, trouble, is_lost=cursor.connection.closed) from trouble
    assert row is not None
    return row


def _as_sqlalchemy(statement: str, trouble: psycopg.Error, *, is_lost: bool) -> BaseException:
    return DBAPIError.instance(
        statement, None, trouble, psycopg.Error, connection_invalidated=is_lost
    )


def _kept_cursor(pooled: PoolProxiedConnection) -> Cursor:
    """Made once for each connection: a new one costs a tenth of a charge."""
    if "posting_cursor" not in pooled.info:
        pooled.info["posting_cursor"] = cast(psycopg.Connection, pooled.driver_connection).cursor()
    return cast(Cursor, pooled.info["posting_cursor"])
