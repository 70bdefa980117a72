"""The driver's own connection, for the one statement whose price SQLAlchemy would double.

A lone charge is a single prepared call; compiling, caching and wrapping it costs more than the
books themselves. Errors are still SQLAlchemy's, and connections still come from its pool.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

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


def array_of(keys: Iterable[UUID]) -> str:
    """Keys as one literal of `uuid[]`: an array parameter is put together item by item, in
    Python, and a list of parameters takes a placeholder for each."""
    return "{" + ",".join([key.hex for key in keys]) + "}"


def copy_rows(cursor: Cursor, statement: str, rows: Iterable[str]) -> None:
    """Run `COPY … FROM STDIN` over `rows`, each made by `copy_row`. Raises what SQLAlchemy
    raises for the same fault."""
    try:
        with cursor.copy(statement) as copy:
            copy.write("".join(rows))
    except psycopg.Error as trouble:
        raise _as_sqlalchemy(statement, trouble, is_lost=cursor.connection.closed) from trouble


def copy_row(*values: object) -> str:
    """One line of COPY's text format: None is NULL, everything else as it is written.

    A value that may hold a backslash, a tab or the end of a line goes through `copy_value`.
    """
    return "\t".join(["\\N" if value is None else str(value) for value in values]) + "\n"


def copy_value(text: str | None) -> str | None:
    """A text as COPY's text format has it."""
    return None if text is None else text.translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_sqlalchemy(statement: str, trouble: psycopg.Error, *, is_lost: bool) -> BaseException:
    return DBAPIError.instance(
        statement, None, trouble, psycopg.Error, connection_invalidated=is_lost
    )


def _kept_cursor(pooled: PoolProxiedConnection) -> Cursor:
    """Made once for each connection: a new one costs a tenth of a charge."""
    if "posting_cursor" not in pooled.info:
        pooled.info["posting_cursor"] = cast(psycopg.Connection, pooled.driver_connection).cursor()
    return cast(Cursor, pooled.info["posting_cursor"])
