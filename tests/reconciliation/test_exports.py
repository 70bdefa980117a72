"""Programs we did not write add our books up again and agree to the cent."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.database import Database
from ledger.balances import trial_balance
from ledger.journal import post
from ledger.seal import seal
from reconciliation.exports import account_name, books_of, load
from tests.builders import (
    CLEARING,
    DAY,
    REVENUE,
    TAX,
    a_bill,
    a_chart,
    a_top_up,
    a_wallet,
    an_entry,
)

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


@pytest.fixture
def books(database: Database) -> Database:
    with database.transaction() as session:
        a_chart(session)
        wallet = a_wallet(session, 17)
        post(session, [
            a_top_up(wallet, 5000),
            an_entry(wallet, cents=370, reference='say "Kita"; 1'),
            a_bill((CLEARING, REVENUE, 467), (CLEARING, TAX, 33)),
            a_bill((CLEARING, REVENUE, 1)),
        ])  # fmt: skip
    seal(database.engine)
    return database


def written(books: Database, name: str, folder: Path) -> Path:
    file = folder / f"books.{name}"
    with books.read_only() as session, file.open("w", encoding="utf-8") as stream:
        load()[name].layout({}).write(books_of(session), stream)
    return file


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, check=False)


def test_bean_check_accepts_the_books(books: Database, tmp_path: Path) -> None:
    checked = bean_check(written(books, "beancount", tmp_path))
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bean_check_would_see_a_single_cent(books: Database, tmp_path: Path) -> None:
    file = written(books, "beancount", tmp_path)
    forged = file.read_text().replace("-4.68 ~ 0.00", "-4.69 ~ 0.00").replace("8.38", "8.39")
    assert forged != file.read_text()
    file.write_text(forged)
    assert bean_check(file).returncode != 0


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
def test_hledger_accepts_the_books_strictly(books: Database, tmp_path: Path) -> None:
    file = written(books, "hledger", tmp_path)
    checked = subprocess.run(
        ["hledger", "check", "-s", "-f", file], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_exported_balances_are_those_of_the_running_totals(books: Database) -> None:
    with books.read_only() as session:
        exported = books_of(session).balances
        lines = trial_balance(session, sub_ledgers=True)
    ours = {account_name(line.code, line.kind): line.balance.debit_balance_cents for line in lines}
    assert {name: cents for name, (cents, _) in exported.items()} == ours


def test_empty_books_are_exported_too(database: Database, tmp_path: Path) -> None:
    assert bean_check(written(database, "beancount", tmp_path)).returncode == 0


def test_every_entry_is_exported_once_in_order(books: Database) -> None:
    with books.read_only() as session:
        entries = list(books_of(session).entries)
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)
    assert [len(entry.transfers) for entry in entries] == [1, 1, 2, 1]
    assert {entry.booked_on for entry in entries} == {DAY}
