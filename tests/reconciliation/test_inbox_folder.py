"""The watched folder: whole files are taken in and moved, others wait where they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from config.cli.statement_import import inbox_command
from config.database import Database
from reconciliation.inbox import State, take_in
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    a_zip,
    deliveries_of,
    file_of,
    line,
    live_lines,
    statement,
)

GOOD = xml.document(statement(line("1.00", "R1"), number=1, opening="0", closing="1.00"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return inbox


def settle(folder: Path) -> None:
    for number, file in enumerate(sorted(folder.iterdir())):
        if file.is_file():
            os.utime(file, (time() - 3600 + number, time() - 3600 + number))


def names(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_files_are_taken_in_and_moved(city: Database, folder: Path) -> None:
    file_of(folder, GOOD, "a.xml")
    file_of(folder, b"Guten Tag", "b.txt")
    settle(folder)

    taken = take_in(folder, city.transaction)

    assert [(one.name, [each.state for each in one.delivered]) for one in taken] == [
        ("a.xml", [State.TAKEN]),
        ("b.txt", [State.REFUSED]),
    ]
    assert names(folder) == ["done/a.xml", "held/b.txt"]
    assert take_in(folder, city.transaction) == []


def test_a_file_that_may_still_grow_waits(city: Database, folder: Path) -> None:
    file_of(folder, GOOD, "neu.xml")
    file_of(folder, GOOD, ".verborgen.xml")
    file_of(folder, GOOD, "halb.xml.part")
    (folder / "unter").mkdir()
    settle(folder)
    (folder / "neu.xml").touch()

    assert take_in(folder, city.transaction) == []
    assert names(folder) == [".verborgen.xml", "halb.xml.part", "neu.xml"]


def test_a_link_is_not_followed(city: Database, folder: Path, tmp_path: Path) -> None:
    outside = file_of(tmp_path, GOOD, "outside.xml")
    (folder / "link.xml").symlink_to(outside)
    settle(folder)

    assert take_in(folder, city.transaction, settled_seconds=-60) == []


def test_the_same_name_again_overwrites_nothing(city: Database, folder: Path) -> None:
    for content in (GOOD, GOOD.replace(b"M-1", b"M-2")):
        file_of(folder, content, "a.xml")
        settle(folder)
        take_in(folder, city.transaction)

    assert names(folder) == ["done/a-2.xml", "done/a.xml"]
    assert live_lines(city) == [(100, "R1")]


def test_an_archive_with_one_bad_file_is_held_and_its_good_ones_are_taken(
    city: Database, folder: Path
) -> None:
    a_zip(folder, ("a.xml", GOOD), ("b.xml", GOOD[:-20]))
    settle(folder)

    take_in(folder, city.transaction)

    assert names(folder) == ["held/auszuege.zip"]
    assert deliveries_of(city) == ["taken", "refused"]


class PowerCut(Exception):
    """The process ends here."""


def test_a_cut_between_the_books_and_the_move_loses_and_doubles_nothing(
    city: Database, folder: Path
) -> None:
    file_of(folder, GOOD, "a.xml")
    settle(folder)

    @contextmanager
    def cut_after_commit() -> Iterator[Session]:
        with city.transaction() as session:
            yield session
        raise PowerCut

    @contextmanager
    def cut_before_commit() -> Iterator[Session]:
        with city.transaction() as session:
            yield session
            raise PowerCut

    for cut in (cut_before_commit, cut_after_commit):
        with pytest.raises(PowerCut):
            take_in(folder, cut)
    assert names(folder) == ["a.xml"]

    [again] = take_in(folder, city.transaction)

    assert [each.state for each in again.delivered] == [State.KNOWN]
    assert names(folder) == ["done/a.xml"]
    assert live_lines(city) == [(100, "R1")]


def test_the_command_needs_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STADTKASSE_INBOX", raising=False)

    result = CliRunner().invoke(inbox_command, [])

    assert result.exit_code == 1
    assert "STADTKASSE_INBOX" in result.stderr
