"""One day end to end on real parts: four charges over HTTP, an independent bank, one night.

The bank is `mock-bank`, written by others and run as a program of its own: two halves of one
hand would agree too easily.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.app import create_app
from config.database import Database
from config.demo.life import AACHEN
from config.migrations.checks import find_faults
from config.page_data import city_page
from ledger.balances import balance, sub_ledger_balances, trial_balance
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.permissions import Caller
from ledger.seal import seal
from ledger.wallets import Wallet, find_wallet, open_wallet
from reconciliation.differences import open_differences
from reconciliation.imports import import_file
from reconciliation.night import run_night
from terminals.devices import add_device, new_token
from tests.api_client import Device

THURSDAY, FRIDAY, SATURDAY = (date(2026, 11, day) for day in (19, 20, 21))
MAIN, MEALS = "DE04999000010000181000", "DE25999000010000181010"
WALLET_COUNTER = {"way": "wallet", "facility": "K01"}
COUNTERS: dict[str, dict[str, Any]] = {
    "pool": {"facility": "B01", "till": "B01-1", "terminal": "B01-1", "way": "girocard"},
    "museum": {"facility": "M01", "till": "M01-1", "terminal": "M01-1", "way": "girocard"},
    "citizens_office": {"facility": "A01", "till": "A01-1", "terminal": "A01-1",
                        "way": "girocard"},
    "daycare": WALLET_COUNTER,
}  # fmt: skip
BASKETS: dict[str, list[dict[str, Any]]] = {
    "pool": [{"product": "POOL-AD"}, {"product": "POOL-SAUNA"}],
    "museum": [{"product": "MUS-AD"}, {"product": "MUS-BOOK"}],
    "citizens_office": [{"product": "FZ", "case_reference": "FZ-2026-0815"}],
    "daycare": [{"product": "KITA-G"}],
}
CARD_CENTS = {"B01-1": 1100, "M01-1": 3090, "A01-1": 1300}
MEAL_CENTS, TOP_UP_CENTS = 550, 4000


@dataclass(frozen=True, slots=True)
class MockBank:
    """The independent bank over HTTP."""

    address: str

    def __call__(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.address + path, data=data)  # noqa: S310 - our own port
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def pays_in(self, iban: str, cents: int, **what: str) -> None:
        payer = {"name": "Anna Schmitz", "iban": "DE02120300000000202051"}
        self("/_mock/credits", {"account": iban, "amount": cents, "debtor": payer, **what})

    def statements(self, folder: Path, *, until: date) -> list[Path]:
        """Let the bank's clock run and collect the statements of the city's accounts."""
        self(f"/_mock/advance?to={until}", {})
        files = []
        for message in self("/_mock/mailbox?type=camt.053"):
            if message["account"] in ("MAIN", "MEALS"):
                files.append(folder / f"{message['key']}.xml")
                files[-1].write_text(message["body"], encoding="utf-8")
        return files


@pytest.fixture
def bank() -> Iterator[MockBank]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("mock-bank")
    process = subprocess.Popen(
        [program, "--port", str(port), "--clock", f"{FRIDAY}T09:00", "--timezone",
         "Europe/Berlin", "-q"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )  # fmt: skip
    asked = MockBank(f"http://127.0.0.1:{port}")
    try:
        _wait_until_open(asked)
        for name, iban in (("MAIN", MAIN), ("MEALS", MEALS)):
            account = {"id": name, "name": "Stadt Aachen", "iban": iban, "currency": "EUR"}
            asked("/_mock/accounts", account)
        yield asked
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


@pytest.fixture
def aachen(database: Database) -> Database:
    with database.transaction() as session:
        assert load_city(session, city_from(AACHEN)).refused == ()
    return database


def test_one_day_from_the_counters_to_the_reconciled_night(
    aachen: Database, bank: MockBank, tmp_path: Path
) -> None:
    with aachen.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    _charge_at_all_four(aachen, wallet)

    bank.pays_in(MEALS, TOP_UP_CENTS, reference=wallet.reference)
    for terminal, cents in CARD_CENTS.items():
        bank.pays_in(
            MAIN, cents, note=f"GIROCARD-UMSATZ TERMINAL {terminal} KASSENSCHNITT 19.11.2026"
        )
    files = bank.statements(tmp_path, until=SATURDAY)
    for file in files:
        with aachen.transaction() as session:
            import_file(session, file)
    night = run_night(aachen.transaction, FRIDAY)

    assert len(files) == 2
    assert night.matched == {"wallet_reference": 1, "terminal_batch": 3}
    assert (night.open_count, night.opened) == (0, 0)
    _the_books_are_right(aachen, wallet)
    _again_changes_nothing(aachen, files)
    _the_page_says_so(aachen)


def _charge_at_all_four(aachen: Database, wallet: Wallet) -> None:
    app = create_app(database=aachen)
    for kind, counter in COUNTERS.items():
        token = new_token()
        place = {"till": counter["till"]} if "till" in counter else {"facility": "K01"}
        with aachen.transaction() as session:
            add_device(session, f"{kind}-1", role="till", token=token, **place)
        paid = {"wallet": wallet.code} if kind == "daycare" else {}
        charge = {
            "charged_at": f"{THURSDAY}T12:10:00+01:00", "lines": BASKETS[kind], **counter, **paid,
        }  # fmt: skip
        answer = Device(app.test_client(), token).post("/api/v1/charges", charge)
        assert answer.status_code == 201, (kind, answer.json)


def _the_books_are_right(aachen: Database, wallet: Wallet) -> None:
    with aachen.read_only() as session:
        lines = trial_balance(session)
        assert sum(line.balance.debit_balance_cents for line in lines) == 0
        for held in sub_ledger_balances(session, "184100").values():
            assert held.debit_balance_cents == 0
        meals = -balance(session, "371000").debit_balance_cents
        found = find_wallet(session, wallet.code)
        assert found is not None
        assert meals == found.balance_cents == TOP_UP_CENTS - MEAL_CENTS
        assert balance(session, "181000").debit_balance_cents == sum(CARD_CENTS.values())
        assert balance(session, "181010").debit_balance_cents == TOP_UP_CENTS
        assert -balance(session, "371200").debit_balance_cents == 780
        assert open_differences(session) == []
    assert seal(aachen.engine) is not None
    with aachen.read_only() as session:
        assert find_faults(session) == []


def _again_changes_nothing(aachen: Database, files: list[Path]) -> None:
    with aachen.read_only() as session:
        before = trial_balance(session, sub_ledgers=True)
    for file in files:
        with aachen.transaction() as session:
            assert not import_file(session, file).is_new
    assert run_night(aachen.transaction, FRIDAY).matched == {}
    with aachen.read_only() as session:
        assert trial_balance(session, sub_ledgers=True) == before


def _the_page_says_so(aachen: Database) -> None:
    figures = city_page(aachen, city="Stadt Aachen", person="Finanzbuchhaltung")
    assert figures.balances
    assert figures.channels_agree
    assert figures.day.on == FRIDAY
    taken = {row.code: row.total_cents for row in figures.takings.facilities}
    assert {code: cents for code, cents in taken.items() if cents} == {
        "B01": 1100, "M01": 3090, "A01": 1300, "K01": MEAL_CENTS,
    }  # fmt: skip
    assert figures.wallets.total_cents == TOP_UP_CENTS - MEAL_CENTS
    app = create_app(database=aachen, city_page=lambda: figures, visitor=Caller("demo", "finance"))
    shown = app.test_client().get("/", base_url="http://127.0.0.1:8000")
    assert shown.status_code == 200
    assert "Summen und Salden" in shown.text


def _wait_until_open(bank: MockBank) -> None:
    for _ in range(200):
        try:
            bank("/_mock/health")
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the bank did not open")
