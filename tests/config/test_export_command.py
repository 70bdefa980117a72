"""`stadtkasse export`: looks hand nothing over, batches do, and the same file comes again."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.cli import main
from config.database import Database
from config.postgres import EmbeddedServer
from tests.builders import DAY
from tests.reconciliation.export_books import NEXT, closed, some_books

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on books with a closed day of four entries and an open one."""
    some_books(database)
    name = database.engine.url.database or ""
    monkeypatch.setenv("DATABASE_URL", server.url(name))
    monkeypatch.setenv("DATABASE_ADMIN_URL", server.url(name, "postgres"))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["export", *words])

    return run


def rows(file: Path) -> list[dict[str, str]]:
    text = file.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_a_look_at_days_hands_nothing_over(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "look.csv"
    day = NEXT.isoformat()
    assert run("journal_csv", "--from", day, "--to", day, "-o", str(file)).exit_code == 0
    assert [row["Betrag"] for row in rows(file)] == ["8,00"]
    assert run("journal_csv", "-o", str(file)).exit_code == 0
    assert len(rows(file)) == 6
    assert "journal_csv" not in run("list").output


def test_a_batch_is_made_once_and_comes_again_byte_for_byte(run: Run, tmp_path: Path) -> None:
    made = run("datev", "--new")
    assert made.exit_code == 0
    assert made.output.startswith("EXTF_datev-000001.csv: batch 1, 4 entries of 2026-11-17")
    files = [tmp_path / name for name in ("one.csv", "two.csv")]
    for file in files:
        assert run("datev", "--batch", "1", "-o", str(file)).exit_code == 0
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert made.output.strip().endswith(hashlib.sha256(first).hexdigest())
    again = run("datev", "--new")
    assert again.exit_code == 1
    assert "Nothing is left to hand over" in again.output


def test_the_list_shows_what_was_made(run: Run) -> None:
    run("journal_csv", "--new")
    run("hledger", "--new")
    assert "journal_csv" in run("list").output
    assert "journal_csv" not in run("list", "--format", "hledger").output
    (one,) = json.loads(run("list", "--format", "hledger", "--json").output)
    assert (one["number"], one["entry_count"], one["amount_cents"]) == (1, 4, 5871)


def test_only_days_up_to_the_one_named_are_taken(run: Run, database: Database) -> None:
    closed(database, NEXT, NEXT)
    assert "4 entries" in run("journal_csv", "--new", "--to", DAY.isoformat()).output
    assert "1 entries" in run("journal_csv", "--new").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("journal_csv", "--batch", "7"), 1, "There is no such format or batch."),
        (("journal_csv", "--batch", "1", "--new"), 2, "three different things"),
        (("journal_csv", "--new", "--from", "2026-11-17"), 2, "three different things"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert said in result.output
