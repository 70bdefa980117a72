"""The commands over the books, as somebody types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.cli import main
from config.database import Database
from ledger.journal import post
from ledger.periods import close_day
from tests.builders import DAY, a_chart, an_entry
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.night_stand import MAIN


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch):
    with database.transaction() as session:
        a_chart(session)
        post(session, [an_entry(cents=500), an_entry(cents=250)])
    return command_line(database, monkeypatch)


def command_line(database: Database, monkeypatch: pytest.MonkeyPatch):
    url, admin = database.engine.url, database.admin_url
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATABASE_ADMIN_URL", admin.render_as_string(hide_password=False))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return run


def test_the_trial_balance_comes_as_table_csv_and_json(run) -> None:
    table = run("report", "trial-balance")
    assert table.exit_code == 0
    assert "441100" in table.output
    assert "7,50" in table.output
    lines = run("report", "trial-balance", "--format", "csv").output.splitlines()
    assert lines[0] == "account,name,kind,debit_cents,credit_cents,balance_cents"
    assert "441100,Entgelte Bäder,income,0,750,-750" in lines
    accounts = json.loads(run("report", "trial-balance", "--format", "json").output)["accounts"]
    assert sum(account["balance_cents"] for account in accounts) == 0


def test_the_trial_balance_of_a_day_before_has_nothing(run) -> None:
    result = run("report", "trial-balance", "--as-of", "2020-01-01", "--format", "json")
    accounts = json.loads(result.output)["accounts"]
    assert [account["balance_cents"] for account in accounts if account["balance_cents"]] == []


def test_sealing_says_what_it_did(run) -> None:
    assert run("seal").output.startswith("Block 1: 2 entries, 2 in all, root ")
    assert run("seal").output == "Nothing new to seal.\n"


def test_check_names_every_promise_that_does_not_hold(run, database: Database) -> None:
    assert "every promise holds" in run("db", "check").output
    with database.transaction() as session:
        close_day(session, DAY, closed_by="finance")
    assert run("db", "check").exit_code == 0


def test_upgrading_again_changes_nothing(run) -> None:
    result = run("db", "upgrade")
    assert result.exit_code == 0
    assert result.output.rstrip().endswith(".")


def test_an_export_goes_to_a_file_or_to_the_screen(run, tmp_path: Path) -> None:
    file = tmp_path / "books.beancount"
    assert run("export", "beancount", "-o", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8") == run("export", "beancount").output


def test_reconciling_an_empty_night_says_so(run) -> None:
    result = run("reconcile", "--day", "2026-11-17", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["matched"] == {}


def test_importing_takes_what_it_can_and_names_the_rest(
    city: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = command_line(city, monkeypatch)
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    balances = xml.balance("OPBD", "0.00"), xml.balance("CLBD", "12.34")
    good.write_bytes(xml.document(xml.statement(*balances, xml.entry(), iban=MAIN)))
    bad.write_bytes(b"<Document")
    result = run("statement", "import", str(good), str(bad))
    assert result.exit_code == 1
    assert "good.xml: 1 statement with 1 lines." in result.output
    assert "bad.xml: " in result.output
    assert "1 of 2 files were not imported." in result.output
    again = run("statement", "import", str(good))
    assert (again.exit_code, again.output) == (0, "good.xml: imported before, nothing changed.\n")


@pytest.mark.parametrize("words", [("report", "nonsense"), ("export", "nonsense"), ("nonsense",)])
def test_wrong_use_is_exit_code_two(run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_a_database_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    result = CliRunner().invoke(main, ["seal"])
    assert result.exit_code == 1
    assert "cannot be reached" in result.output
    assert "Traceback" not in result.output
