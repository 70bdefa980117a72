"""`stadtkasse reconcile-files`: CSV in, an answer out, and a sentence where a file is bad."""

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from config.cli.reconcile_files import reconcile_files
from config.postgres import EmbeddedServer, embedded_server
from config.settings import Settings
from config.throwaway import drop_left_behind, throw_away_database
from reconciliation.plain_files import (
    PlainFileError,
    load_bank,
    load_ledger,
    load_settlement,
    loading,
)

MANIFEST = {
    "as_of_utc": "2026-03-20T06:00:00Z", "tz": "Europe/Berlin",
    "tariff": {"stripe": {"eea": [150, 25]}, "dispute_fee_cents": 2000},
    "registered_terminals": ["60000001"],
}  # fmt: skip
CHARGE = {"ledger_id": "L1", "kind": "charge", "channel": "online", "psp_ref": "pi_1",
          "booked_at": "2026-03-18T11:00:00Z", "business_date": "2026-03-18",
          "amount_cents": "1000", "currency": "EUR"}  # fmt: skip
LINE = {"file_id": "stripe-a-2026-03-18", "file_version": "1", "delivery_no": "1",
        "source": "stripe", "record_type": "charge", "account": "a", "txn_id": "txn_1",
        "psp_ref": "pi_1", "card_region": "eea", "created_at": "2026-03-18T11:00:02Z",
        "tz": "UTC", "gross_cents": "1000", "fee_cents": "40", "net_cents": "960",
        "currency": "EUR"}  # fmt: skip
ENTRY = {"row_type": "NTRY", "statement_id": "S1", "statement_seq": "75", "currency": "EUR",
         "booking_date": "2026-03-19", "amount_cents": "500", "credit_debit": "CRDT",
         "acct_svcr_ref": "B1", "remittance": "Spende"}  # fmt: skip


COLUMNS = {"ledger.csv": loading.LEDGER, "psp.csv": loading.SETTLEMENT, "bank.csv": loading.BANK}


class Files:
    """Files that agree, to be spoiled by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.write("ledger.csv", [*loading.LEDGER], [CHARGE])
        self.write("psp.csv", ["line_id", *loading.SETTLEMENT], [LINE])
        self.write("bank.csv", ["file_id", *loading.BANK], [ENTRY])
        (folder / "manifest.json").write_text(json.dumps(MANIFEST))

    def write(self, name: str, columns: list[str], rows: list[dict[str, str]]) -> None:
        """A CSV of these columns; what a row does not have is empty."""
        with (self.folder / name).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


class Command(Files):
    """The command over its files."""

    def run(self) -> Result:
        """Run it; a fault of ours would come out as it is."""
        names = {"ledger": "ledger.csv", "settlement": "psp.csv", "bank": "bank.csv",
                 "manifest": "manifest.json"}  # fmt: skip
        options = [part for option, name in names.items()
                   for part in (f"--{option}", str(self.folder / name))]  # fmt: skip
        return CliRunner().invoke(
            reconcile_files, [*options, "--out", str(self.out)], catch_exceptions=False
        )

    def answer(self, name: str) -> list[dict[str, str]]:
        """The rows of a file of the answer."""
        with (self.out / name).open(newline="") as stream:
            return list(csv.DictReader(stream))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Three files that agree."""
    return Files(tmp_path)


@pytest.fixture(scope="module")
def apart(server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    """A server on which nobody else makes databases to try something in."""
    folder = server.folder.parent / f"stadtkasse-test-files-{uuid4().hex[:8]}"
    with embedded_server(folder) as own:
        yield own
    shutil.rmtree(folder)


@pytest.fixture
def command(apart: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on that server; the files lie in a folder of the test."""
    monkeypatch.setenv("DATABASE_URL", apart.url("postgres"))
    monkeypatch.setenv("DATABASE_ADMIN_URL", apart.url("postgres", "postgres"))
    return Command(tmp_path)


def test_files_in_and_an_answer_out(command: Command, apart: EmbeddedServer) -> None:
    result = command.run()
    assert result.exit_code == 0, result.output
    assert command.answer("matches.csv") == [{"ledger_ids": "L1", "psp_ids": "txn_1"}]
    (case,) = command.answer("breaks.csv")
    assert (case["class"], case["bank_ids"], case["day"]) == ("UNKNOWN_CREDIT", "B1", "2026-03-19")
    assert case["explanation"].startswith("5,00 € von unbekannt am 19.03.2026")
    assert "| UNKNOWN_CREDIT | 1 | 5,00 € |" in (command.out / "summary.md").read_text()
    assert sorted(path.name for path in command.out.iterdir()) == [
        "breaks.csv", "matches.csv", "summary.md",
    ]  # fmt: skip
    engine = create_engine(apart.url("postgres", "postgres"))
    with engine.connect() as connection:
        left = "SELECT count(*) FROM pg_database WHERE datname LIKE 'stadtkasse_try%'"
        assert connection.scalar(text(left)) == 0
    engine.dispose()


BAD = [
    ("ledger.csv", "amount_cents", {**CHARGE, "amount_cents": "10,00"}, "ledger.csv, line 2:"),
    ("ledger.csv", "booked_at", {**CHARGE, "booked_at": "18.3."}, "ledger.csv, line 2:"),
    ("ledger.csv", "in_our_time", {**CHARGE, "booked_at": "infinity"}, "ledger.csv, line 2:"),
    ("ledger.csv", "kind", {**CHARGE, "kind": "gift"}, "expected_item_kind"),
    ("ledger.csv", "ledger_id", {**CHARGE, "ledger_id": ""}, "ledger.csv, line 2:"),
    ("psp.csv", "tz", {**LINE, "tz": "mars"}, "psp.csv, line 2:"),
    ("psp.csv", "gross_cents", {**LINE, "gross_cents": "9" * 30}, "psp.csv, line 2:"),
    ("bank.csv", "row_type", {**ENTRY, "row_type": "XXXX"}, "bank.csv, line 2:"),
    ("bank.csv", "booking_date", {**ENTRY, "booking_date": "2026-02-30"}, "bank.csv, line 2:"),
]


def load(session: Session, file: Path) -> int:
    """Read a file as what its name says."""
    if file.name == "bank.csv":
        return load_bank(session, file, account="181000", file_id=1)
    return {"ledger.csv": load_ledger, "psp.csv": load_settlement}[file.name](session, file)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad[0]} {bad[1]}")
def test_a_bad_line_is_named(
    files: Files, session: Session, bad: tuple[str, str, dict[str, str], str]
) -> None:
    name, column, row, said = bad
    files.write(name, [*COLUMNS[name]], [row])
    with pytest.raises(PlainFileError) as refused:
        load(session, files.folder / name)
    assert said in str(refused.value)
    assert column in str(refused.value)


def test_a_missing_column_is_named(files: Files, session: Session) -> None:
    files.write("ledger.csv", ["ledger_id", "kind"], [])
    with pytest.raises(PlainFileError, match=r"ledger\.csv, line 1: has no column channel, office"):
        load(session, files.folder / "ledger.csv")


def test_the_same_booking_twice_is_refused(files: Files, session: Session) -> None:
    files.write("ledger.csv", [*loading.LEDGER], [CHARGE, CHARGE])
    with pytest.raises(PlainFileError, match="L1"):
        load(session, files.folder / "ledger.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ledger.csv", b""),
        ("ledger.csv", b"\xff\xfe\x00\n"),
        ("psp.csv", b"a,a\n1,2\n"),
        ("bank.csv", b'row_type,"unfinished\n'),
    ],
)
def test_what_has_no_header_is_refused(
    files: Files, session: Session, name: str, content: bytes
) -> None:
    (files.folder / name).write_bytes(content)
    with pytest.raises(PlainFileError, match=f"{name}, line 1"):
        load(session, files.folder / name)


def test_columns_we_do_not_know_and_any_order_are_fine(files: Files, session: Session) -> None:
    columns = [*reversed(loading.LEDGER), "Bemerkung"]
    files.write("ledger.csv", columns, [{**CHARGE, "Bemerkung": "=1+1"}])
    assert load(session, files.folder / "ledger.csv") == 1


def test_a_refused_file_ends_the_command_and_nothing_is_written(command: Command) -> None:
    command.write("psp.csv", [*loading.SETTLEMENT], [{**LINE, "net_cents": "9,60"}])
    result = command.run()
    assert result.exit_code == 2
    assert result.output.startswith("psp.csv, line 2: column net_cents")
    assert not command.out.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b"{"),
        ("manifest.json", b"[]"),
        ("manifest.json", b'{"as_of_utc": "now"}'),
        ("manifest.json", b'{"as_of_utc": "2026-03-20T06:00:00Z", "tz": "../etc/passwd"}'),
        (
            "manifest.json",
            b'{"as_of_utc": "2026-03-20T06:00:00Z", "tariff": {"x": {"y": [1.5, 2]}}}',
        ),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(
    command: Command, name: str, content: bytes
) -> None:
    (command.folder / name).write_bytes(content)
    result = command.run()
    assert result.exit_code == 2
    assert name in result.output
    assert "Traceback" not in result.output
    assert not command.out.exists()


def test_what_a_killed_run_left_behind_is_dropped_and_what_another_uses_is_not(
    command: Command, apart: EmbeddedServer
) -> None:
    address = apart.url("postgres", "postgres")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    known = text("SELECT datname FROM pg_database WHERE starts_with(datname, 'stadtkasse_try_')")
    with engine.connect() as dead, throw_away_database(Settings.from_environment()) as used:
        dead.execute(text('CREATE DATABASE "stadtkasse_try_dead"'))  # no lock is held for it
        assert command.run().exit_code == 0
        assert dead.scalars(known).all() == [used.admin_url.database]
        assert drop_left_behind(make_url(address)) == 0
    with engine.connect() as after:
        assert after.scalars(known).all() == []
    engine.dispose()


_WAITS = """
from config.settings import Settings
from config.throwaway import throw_away_database
with throw_away_database(Settings.from_environment()):
    print("made", flush=True)
    input()
"""


def test_a_killed_command_leaves_nothing_for_long(command: Command, apart: EmbeddedServer) -> None:
    with Popen([sys.executable, "-c", _WAITS], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "made\n"
        process.kill()
    address = make_url(apart.url("postgres", "postgres"))
    deadline = monotonic() + 60
    while drop_left_behind(address) == 0:  # the server notices a lost connection in its own time
        assert monotonic() < deadline
        sleep(0.05)
    assert drop_left_behind(address) == 0


EXAMPLE = Path(__file__).parents[4] / "shared" / "reference" / "recon" / "example"


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the worked example is not part of the project")
def test_the_worked_example_is_answered_whole(command: Command) -> None:
    for name in ("ledger.csv", "psp.csv", "bank.csv", "manifest.json"):
        (command.folder / name).write_bytes((EXAMPLE / name).read_bytes())
    assert command.run().exit_code == 0
    with (EXAMPLE / "truth.csv").open(newline="") as stream:
        truth = list(csv.DictReader(stream))
    pairs = {(row["ledger_ids"], row["psp_ids"]) for row in truth
             if row["class"] == "MATCHED" and row["level"] == "L1"}  # fmt: skip
    answered = {(row["ledger_ids"], row["psp_ids"]) for row in command.answer("matches.csv")}
    assert answered == pairs
    assert _missed(truth, command.answer("breaks.csv")) == []


def _missed(truth: list[dict[str, Any]], answer: list[dict[str, str]]) -> list[str]:
    """Cases of the truth without a finding of their class that shares a code, or the day."""
    missed = []
    for case in truth:
        if case["class"].startswith(("MATCHED", "CTRL")):
            continue
        if not any(_is_it(case, found) for found in answer):
            missed.append(f"{case['class']} {case['day']}")
    return missed


def _is_it(case: dict[str, Any], found: dict[str, str]) -> bool:
    columns = ("ledger_ids", "psp_ids", "bank_ids")
    shared = any({*case[name].split(";")} & {*found[name].split(";")} - {""} for name in columns)
    by_day = case["class"].startswith(("FILE_", "STATEMENT_")) and case["day"] == found["day"]
    return found["class"] == case["class"] and (shared or by_day)
