"""`stadtkasse statement import` and `inbox`: one line for each file, and what to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time

import pytest
from click.testing import CliRunner, Result

import config.cli.statement_import
from config.cli.statement import statement as command
from config.database import Database
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    FIRST,
    a_zip,
    file_of,
    line,
    live_lines,
    statement,
)

CHANGED = statement(line("1.00", "R1"), number=1, opening="0", closing="1.00")


@pytest.fixture(autouse=True)
def these_books(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def the_city() -> Iterator[Database]:
        yield city

    monkeypatch.setattr(config.cli.statement_import, "the_database", the_city)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def test_files_and_archives_are_named_one_by_one(city: Database, tmp_path: Path) -> None:
    good = file_of(tmp_path, xml.document(FIRST), "a.xml")
    archive = a_zip(tmp_path, ("b.xml", xml.document(FIRST)), ("c.xml", b"<x"))

    result = run("import", good, archive)

    assert result.exit_code == 1
    assert "a.xml: 1 statement with 2 lines." in result.stdout
    assert "auszuege.zip: b.xml: imported before, nothing changed." in result.stdout
    assert "auszuege.zip: c.xml: line 1" in result.stderr
    assert "1 of 3 files were not imported." in result.stderr


def test_another_content_needs_a_word_that_it_is_right(city: Database, tmp_path: Path) -> None:
    run("import", file_of(tmp_path, xml.document(FIRST), "a.xml"))
    other = file_of(tmp_path, xml.document(CHANGED), "b.xml")

    held, right = run("import", other), run("import", "--correction", other)

    assert held.exit_code == 1
    assert "with other content" in held.stderr
    assert "replaces the earlier version: 0 changed, 0 new, 1 gone." in right.stdout
    assert live_lines(city) == [(100, "R1")]


def test_the_watched_folder_is_taken_in_by_hand(
    city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    file = file_of(folder, xml.document(FIRST), "a.xml")
    os.utime(file, (time() - 60, time() - 60))
    monkeypatch.setenv("STADTKASSE_INBOX", str(folder))

    result = run("inbox")

    assert (result.exit_code, result.stdout) == (0, "a.xml: 1 statement with 2 lines.\n")
    assert (folder / "done" / "a.xml").is_file()
    assert run("inbox").stdout == ""
