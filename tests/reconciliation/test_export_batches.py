"""Handing over: each entry once in a format, the same file again, and nothing half."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from config.database import Database
from config.postgres import EmbeddedServer
from ledger.errors import constraint_of
from ledger.journal import post
from ledger.permissions import Caller
from ledger.seal import seal
from reconciliation.exports import load
from reconciliation.exports.batches import create_batches, waiting
from reconciliation.exports.handover import find_batch, note_step
from reconciliation.exports.refusals import ExportRefused
from tests.builders import DAY, an_entry
from tests.conftest import cloned_database
from tests.reconciliation.export_books import (
    AT,
    CLERK,
    NEXT,
    SETTINGS,
    all_batches,
    closed,
    file_of,
    made,
    rows,
    sha256,
    some_books,
)
from tests.reconciliation.test_exports import bean_check


@pytest.fixture
def books(database: Database) -> Database:
    some_books(database)
    return database


@pytest.mark.parametrize("name", load())
def test_every_format_hands_a_closed_day_over_once(books: Database, name: str) -> None:
    assert made(books, name) == [1]
    batch, written = file_of(books, name, 1)
    assert (batch.entry_count, batch.transfer_count, batch.amount_cents) == (4, 5, 5871)
    assert (batch.first_day, batch.last_day) == (DAY, DAY)
    assert sha256(written) == batch.sha256
    with pytest.raises(ExportRefused, match="export_empty"):
        made(books, name)


@pytest.mark.parametrize("name", load())
def test_the_same_books_always_give_the_same_bytes(
    books: Database, name: str, server: EmbeddedServer
) -> None:
    made(books, name)
    first = file_of(books, name, 1)[1]
    url = books.engine.url.database
    books.engine.dispose()
    assert url is not None
    with cloned_database(server, url) as twin:
        assert file_of(twin, name, 1)[1] == first


def test_an_open_day_is_held_back_and_comes_with_the_next_batch(books: Database) -> None:
    with books.read_only() as session:
        before = waiting(session, "datev")
    assert {kind: share.entry_count for kind, share in before.items()} == {
        "ready": 4,
        "day_open": 1,
    }
    made(books, "datev")
    closed(books, NEXT, NEXT)
    assert made(books, "datev") == [2]
    assert [batch.entry_count for batch in all_batches(books, "datev")] == [1, 4]


def test_what_is_not_sealed_yet_is_held_back(books: Database) -> None:
    made(books, "journal_csv")
    day = DAY - timedelta(days=3)
    with books.transaction() as session:
        post(session, [an_entry(booked_on=day)])
        session.execute(text("INSERT INTO closed_day (day, closed_by) VALUES (:day, 'x')"),
                        {"day": day})  # fmt: skip
    with pytest.raises(ExportRefused, match="export_empty"):
        made(books, "journal_csv")
    with books.read_only() as session:
        assert waiting(session, "journal_csv")["not_sealed"].entry_count == 1
    seal(books.engine)
    assert made(books, "journal_csv") == [2]


def test_the_database_itself_takes_an_entry_once_per_format(books: Database) -> None:
    made(books, "journal_csv")
    with pytest.raises(IntegrityError) as refused, books.transaction() as session:
        session.execute(text("INSERT INTO export_entry SELECT format, entry_id, number"
                             " FROM export_entry LIMIT 1"))  # fmt: skip
    assert constraint_of(refused.value) == "export_entry_pkey"


def test_nothing_is_added_to_a_batch_that_has_its_file(books: Database) -> None:
    made(books, "journal_csv")
    for late in (
        "INSERT INTO export_entry SELECT 'journal_csv', id, 1 FROM entry ORDER BY id DESC LIMIT 1",
        "INSERT INTO export_part VALUES ('journal_csv', 1, 99, 'x')",
    ):
        with pytest.raises(DBAPIError) as refused, books.transaction() as session:
            session.execute(text(late))
        assert constraint_of(refused.value) == "export_is_closed"


def test_a_batch_without_its_file_is_refused_at_the_end(books: Database) -> None:
    with pytest.raises(DBAPIError) as refused, books.transaction() as session:
        session.execute(text("INSERT INTO export_batch VALUES ('datev', 1, '2026-11-17',"
                             " '2026-11-17', 1, 1, 1, now(), 'x')"))  # fmt: skip
    assert constraint_of(refused.value) == "export_is_whole"


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE export_batch SET created_by = 'x'",
        "UPDATE export_file SET sha256 = sha256('x')",
        "UPDATE export_part SET content = 'x'",
        "DELETE FROM export_entry",
        "TRUNCATE export_step",
    ],
)
def test_even_the_owner_changes_no_batch(books: Database, deed: str) -> None:
    made(books, "journal_csv")
    owner = create_engine(books.admin_url)
    with owner.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        with pytest.raises(DBAPIError, match="refused"):
            connection.execute(text(deed))
    owner.dispose()


def test_a_file_that_was_tampered_with_is_not_given_out(books: Database) -> None:
    made(books, "journal_csv")
    owner = create_engine(books.admin_url)
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE export_part DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE export_part SET content = content || 'x'"))
    owner.dispose()
    with pytest.raises(ExportRefused, match="export_damaged"):
        file_of(books, "journal_csv", 1)


# The driver complains about the cursor that went down with its connection; that is what happened.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_killed_anywhere_nothing_half_is_left(books: Database) -> None:
    """The server ends the connection before every statement in turn, until none is left."""
    owner = create_engine(books.admin_url, isolation_level="AUTOCOMMIT")
    killed = 0
    while True:
        with dying_at(books, owner, killed + 1):
            try:
                made(books, "journal_csv")
                break
            except OperationalError:
                killed += 1
        assert rows(books, "SELECT 1 FROM export_batch") == []
        assert rows(books, "SELECT 1 FROM export_entry") == []
    owner.dispose()
    assert killed > 8
    batch, written = file_of(books, "journal_csv", 1)
    assert (batch.entry_count, sha256(written)) == (4, batch.sha256)


@contextmanager
def dying_at(books: Database, owner: Engine, step: int) -> Iterator[None]:
    seen = 0

    def die(connection: Any, cursor: Any, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            with owner.connect() as other:
                pid = cursor.connection.info.backend_pid
                other.execute(text(f"SELECT pg_terminate_backend({pid}, 5000)"))

    event.listen(books.engine, "before_cursor_execute", die)
    try:
        yield
    finally:
        event.remove(books.engine, "before_cursor_execute", die)


def test_two_who_hand_over_at_once_make_one_batch(books: Database) -> None:
    done: list[object] = []

    def hand_over() -> None:
        try:
            done.append(made(books, "datev"))
        except ExportRefused as refused:
            done.append(refused.code)

    threads = [threading.Thread(target=hand_over) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, done)) == ["[1]", *["export_empty"] * 3]


def test_a_batch_is_sent_refused_sent_again_and_taken(books: Database) -> None:
    made(books, "datev")
    with books.transaction() as session:
        batch = find_batch(session, "datev", 1)
        for kind, words in (("sent", None), ("rejected", "Konto 441100 gesperrt"),
                            ("sent", None), ("accepted", None)):  # fmt: skip
            note_step(session, CLERK, batch, kind, words=words, at=AT)
    batch, _ = file_of(books, "datev", 1)
    assert batch.state == "accepted"
    assert [step.words for step in batch.steps] == [None, "Konto 441100 gesperrt", None, None]


def test_a_refusal_needs_words_and_a_clerk(books: Database) -> None:
    made(books, "datev")
    with books.transaction() as session:
        batch = find_batch(session, "datev", 1)
        with pytest.raises(ExportRefused, match="export_words"):
            note_step(session, CLERK, batch, "rejected", at=AT)
        with pytest.raises(ExportRefused, match="export_role"):
            note_step(session, Caller("S-0002", "auditor"), batch, "sent", at=AT)
        with pytest.raises(ExportRefused, match="export_role"):
            create_batches(session, Caller("S-0002", "auditor"), "datev", settings=SETTINGS, at=AT)


def test_a_batch_for_beancount_adds_up_by_itself(books: Database, tmp_path: Path) -> None:
    made(books, "beancount")
    closed(books, NEXT, NEXT)
    made(books, "beancount")
    for number in (1, 2):
        file = tmp_path / f"{number}.beancount"
        file.write_bytes(file_of(books, "beancount", number)[1])
        checked = bean_check(file)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
def test_a_batch_for_hledger_adds_up_by_itself(books: Database, tmp_path: Path) -> None:
    made(books, "hledger")
    file = tmp_path / "one.journal"
    file.write_bytes(file_of(books, "hledger", 1)[1])
    checked = subprocess.run(
        ["hledger", "check", "-s", "-f", file], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
