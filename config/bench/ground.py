"""Where the benchmark works: a server of its own and fresh copies of one prepared database."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from config.bench.charges import open_chart
from config.bench.limits import LIMIT_TABLES
from config.database import Database, engine_for
from config.migrations import upgrade
from config.postgres import EmbeddedServer, embedded_server

TEMPLATE = "books"


@dataclass(frozen=True, slots=True)
class Books:
    """A database of one slice: ours as the application sees it, and its address for others."""

    name: str
    server: EmbeddedServer

    @property
    def url(self) -> str:
        """SQLAlchemy address for the application's role."""
        return self.server.url(self.name)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The books as the product opens them; a long batch may take its time."""
        engine = engine_for(make_url(self.url), statement_timeout="600s")
        try:
            yield Database(engine, make_url(self.server.url(self.name, "postgres")))
        finally:
            engine.dispose()

    def superuser(self) -> psycopg.Connection:
        """A plain psycopg connection in autocommit mode."""
        return psycopg.connect(
            host=str(self.server.socket_folder), dbname=self.name, user="postgres", autocommit=True
        )

    def count(self, table: str = "transfer") -> int:
        """How many rows `table` has now."""
        with self.superuser() as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])

    def checkpoint(self) -> None:
        """Start the next slice with clean buffers, as every slice does."""
        with self.superuser() as connection:
            connection.execute("CHECKPOINT")


@dataclass(frozen=True, slots=True)
class Ground:
    """The server under test."""

    server: EmbeddedServer

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[Books]:
        """A new copy of the `template` database, gone at the end."""
        name = f"slice_{uuid4().hex[:12]}"
        self.command(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield Books(name, self.server)
        finally:
            self.command(f'DROP DATABASE "{name}" WITH (FORCE)')

    def create(self, name: str, *, template: bool = False) -> Books:
        """A database that stays until the server goes: empty, or a copy of the template."""
        self.command(f'CREATE DATABASE "{name}"' + f' TEMPLATE "{TEMPLATE}"' * template)
        return self.existing(name)

    def existing(self, name: str) -> Books:
        """The database that `create` made."""
        return Books(name, self.server)

    def clear(self) -> None:
        """Drop what a run that was killed left behind: its server may still be here, too."""
        with Books("postgres", self.server).superuser() as connection:
            left = connection.execute(
                "SELECT datname FROM pg_database WHERE datname <> 'postgres' AND NOT datistemplate"
            ).fetchall()
        for (name,) in left:
            self.command(f'DROP DATABASE "{name}" WITH (FORCE)')

    def command(self, statement: str) -> None:
        """Run one statement outside the slices' databases."""
        with Books("postgres", self.server).superuser() as connection:
            connection.execute(statement)

    def ask(self, statement: str) -> str:
        """The one value a statement answers, as text."""
        with Books("postgres", self.server).superuser() as connection:
            row = connection.execute(statement).fetchone()
        assert row is not None
        return str(row[0])

    def program(self, name: str, *arguments: str, folder: Path) -> None:
        """Run one of the server's client programs in `folder`."""
        subprocess.run(
            [self.server.programs / name, *arguments],
            cwd=folder, check=True, capture_output=True,
            env={"PATH": os.environ["PATH"],
                 "LD_LIBRARY_PATH": str(self.server.programs.parent / "lib")},
        )  # fmt: skip


@contextmanager
def prepared_ground(folder: Path) -> Iterator[Ground]:
    """Start a server in `folder` and prepare the template; stopped and removed at the end."""
    try:
        with embedded_server(folder) as server:
            ground = Ground(server)
            ground.clear()
            books = ground.create(TEMPLATE)
            upgrade(make_url(server.url(TEMPLATE, "postgres")))
            with books.database() as database:
                open_chart(database)
            with books.superuser() as connection:
                connection.execute(LIMIT_TABLES)
            yield ground
    finally:
        shutil.rmtree(folder, ignore_errors=True)
