"""The database around the books: roles, migrations, and the embedded server that carries them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from config.database import Database
from config.migrations import current, head, upgrade
from config.postgres import EmbeddedServer, ServerTrouble, _copied_programs, embedded_server
from ledger.tables import metadata
from ledger.tables.books import account  # noqa: F401 - fills the metadata
from tests.ledger.attacks import BOOKS

MAY_CHANGE = {("account", "UPDATE", "name"), ("case_reference", "UPDATE", "salt"),
              ("case_reference", "UPDATE", "value")}  # fmt: skip


ROLES = """
    SELECT rolname, (rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb)::text
      FROM pg_roles WHERE rolname LIKE 'stadtkasse%'"""

RIGHTS = """
    SELECT {} FROM information_schema.{}_privileges
     WHERE grantee IN ('stadtkasse_app', 'PUBLIC') AND table_schema = 'public'"""

CATALOGUE = """
    SELECT 'column', attrelid::regclass::text, attname, atttypid::regtype::text FROM pg_attribute
      JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'function', proname, prosrc, proacl::text FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4"""


def test_nobody_can_log_in_as_the_owner_of_the_books(database: Database) -> None:
    with database.read_only() as session:
        roles = dict(session.execute(text(ROLES)).all())
        owners = set(session.scalars(text(
            "SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")))  # fmt: skip
    assert roles == {"stadtkasse_owner": "(f,f,f,f,f)", "stadtkasse_app": "(t,f,f,f,f)"}
    assert "stadtkasse_app" not in owners


TIMES = {"opened_at", "recorded_at", "placed_at", "resolved_at", "closed_at", "sealed_at"}


def test_the_application_may_add_and_read_but_hardly_change(database: Database) -> None:
    with database.read_only() as session:
        rights = session.execute(text(RIGHTS.format("table_name, privilege_type", "table"))).all()
        columns = session.execute(
            text(RIGHTS.format("table_name, privilege_type, column_name", "column"))
        ).all()
    on_books = {(table, right) for table, right in rights if table in BOOKS}
    assert {right for _, right in on_books} == {"SELECT", "INSERT"}
    may_insert = {(table, column) for table, right, column in columns if right == "INSERT"}
    without_insert = set(BOOKS) - {table for table, _ in may_insert}
    assert without_insert == {"guard", "account_total", "turnover"}
    # When something was known is the database's clock, for the application to read only.
    assert not {column for table, column in may_insert if table in BOOKS and column in TIMES}
    assert {
        tuple(each) for each in columns if each[0] in BOOKS and each[1] == "UPDATE"
    } == MAY_CHANGE


def test_the_tables_in_the_code_are_those_in_the_database(database: Database) -> None:
    engine = create_engine(database.admin_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [each for each in compare_metadata(context, metadata) if _is_ours(each)]
    engine.dispose()
    assert differences == []


def _is_ours(difference: object) -> bool:
    """Columns of the books: their rules, indexes and defaults live in the migrations alone."""
    kind, *of = difference[0] if isinstance(difference, list) else difference
    about_columns = kind in ("add_table", "remove_table", "add_column", "remove_column")
    if not about_columns and kind not in ("modify_type", "modify_nullable"):
        return False
    table = getattr(of[0], "name", None) if kind.endswith("_table") else of[1]
    return table in BOOKS


def test_migrating_twice_changes_nothing(server: EmbeddedServer, database: Database) -> None:
    before = _catalogue(database)
    assert upgrade(database.admin_url) == head()
    assert _catalogue(database) == before


def _catalogue(database: Database) -> list[tuple[object, ...]]:
    with database.read_only() as session:
        return session.execute(text(CATALOGUE)).all()


def test_a_database_never_migrated_stands_at_no_revision(
    server: EmbeddedServer, database: Database
) -> None:
    assert current(make_url(server.url("postgres", "postgres"))) is None
    assert current(database.admin_url) == head()


@pytest.fixture
def folder(server: EmbeddedServer) -> Iterator[Path]:
    """A place for a server of its own."""
    folder = server.folder.parent / f"stadtkasse-test-own-{uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder)


USES_IT = """
import sys
from pathlib import Path
from config.postgres import embedded_server

with embedded_server(Path(sys.argv[1])):
    print("here", flush=True)
    sys.stdin.readline()
"""


def _another_user(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server in `folder` until a line reaches it."""
    process = subprocess.Popen(
        [sys.executable, "-c", USES_IT, str(folder)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def _answers(server: EmbeddedServer) -> bool:
    engine = create_engine(server.url("postgres", "postgres"))
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT true")) is True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def test_processes_share_the_server_and_the_last_one_stops_it(folder: Path) -> None:
    with embedded_server(folder) as server:
        other = _another_user(folder)
    assert _answers(server)
    other.communicate("leave\n")
    assert other.returncode == 0
    assert not _answers(server)


def test_a_killed_process_does_not_keep_the_server_for_ever(folder: Path) -> None:
    other = _another_user(folder)
    with embedded_server(folder) as server:
        other.send_signal(signal.SIGKILL)
        other.communicate()
        assert _answers(server)
    assert not _answers(server)


def test_the_data_are_closed_to_everybody_but_the_server_s_account(folder: Path) -> None:
    with embedded_server(folder) as server:
        owner = folder.stat().st_uid
        assert owner == (folder / "data").stat().st_uid
        assert owner != 0
        for private in (folder, folder / "data", server.socket_folder):
            assert private.stat().st_mode & 0o777 == 0o700
            assert private.stat().st_uid == owner
        assert owner == os.geteuid() or os.geteuid() == 0


def test_a_very_long_path_works(folder: Path) -> None:
    deep = folder / ("a long name with spaces and ümlauts " * 3).strip()
    folder.mkdir(mode=0o755)
    with embedded_server(deep) as server:
        assert _answers(server)
        assert len(os.fsencode(server.socket_folder)) < 90
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(server.socket_folder)


def test_a_link_in_place_of_the_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    link = folder / "link"
    link.symlink_to(folder)
    with pytest.raises(ServerTrouble, match="is a link"), embedded_server(link):
        time.sleep(0)


def test_programs_out_of_the_accounts_reach_are_copied_with_their_libraries(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    copied = _copied_programs(tmp_path / "postgresql-18", server.programs)
    assert copied.is_relative_to(tmp_path)
    for program in ("postgres", "initdb", "pg_ctl"):
        subprocess.run([copied / program, "--version"], env={}, check=True, capture_output=True)
    assert _copied_programs(tmp_path / "postgresql-18", server.programs) == copied
