"""The simulated bank: what it books and delivers, read back by our own reader."""

import ast
from datetime import date
from pathlib import Path

import pytest

import terminals.simulators
from reconciliation.sources import Statement, read_statements, whole_statements
from terminals.simulators.bank import (
    Bank,
    Kind,
    Misbehaviour,
    Payment,
    card_batch,
    fee,
    is_bank_day,
    next_bank_day,
    safebag,
)

MAIN, MEALS = "DE04999000010000181000", "DE25999000010000181010"
OWNERS = {MAIN: "Stadt Aachen", MEALS: "Stadt Aachen"}
TUESDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 11, day) for day in (17, 20, 21, 23))
REFERENCE = "RF18539007547034"


def a_transfer(number: int = 1, cents: int = 4000, **more: object) -> Payment:
    given = {"iban": MAIN, "on": TUESDAY, "name": "Anna Schmitz"} | more
    return Payment(id=f"T-{number}", cents=cents, **given)


def read(file: Path) -> Statement:
    (statement,) = whole_statements(read_statements(file))
    return statement


def statement_of(bank: Bank, day: date, iban: str = MAIN) -> Statement:
    (file,) = [file for file in bank.close_day(day) if iban in file.name]
    return read(file)


def test_a_statement_is_read_back_with_equal_figures(tmp_path: Path) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    bank.take(a_transfer(reference=REFERENCE, payer_iban="DE02120300000000202051"))
    bank.take(card_batch(MAIN, "B01-1", date(2026, 11, 16), 123_456, on=TUESDAY))
    bank.take(safebag(MAIN, "251701", 30_000, on=TUESDAY))
    bank.take(fee(MAIN, 990, on=TUESDAY))
    statement = statement_of(bank, TUESDAY)
    assert (statement.head.account_iban, statement.head.sequence) == (MAIN, 1)
    assert (statement.head.opening_cents, statement.end.closing_cents) == (0, 156_466)
    transfer, batch, bag, charge = statement.entries
    assert (transfer.amount_cents, transfer.rf_reference) == (4000, REFERENCE)
    assert (transfer.counterparty_name, transfer.counterparty_iban) == (
        "Anna Schmitz",
        "DE02120300000000202051",
    )
    assert (transfer.bank_tx_code, transfer.gvc) == ("PMNT/RCDT/ESCT", "167")
    assert batch.remittance == "GIROCARD-UMSATZ TERMINAL B01-1 KASSENSCHNITT 16.11.2026"
    assert (batch.amount_cents, batch.gvc) == (123_456, "198")
    assert (bag.remittance, bag.gvc) == ("BARGELDEINZAHLUNG SAFEBAG 251701", "082")
    assert (charge.amount_cents, charge.gvc) == (-990, "808")
    assert {entry.booking_date for entry in statement.entries} == {TUESDAY}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({"reference": REFERENCE}, REFERENCE),
        ({"remittance": "Essensgeld RF18 5390 0754 7034 danke"}, REFERENCE),
        ({"remittance": "Aufladung RF18539007547035"}, None),
        ({"remittance": "Guthaben Kind"}, None),
        ({}, None),
    ],
)
def test_payers_write_the_reference_as_they_like(
    tmp_path: Path, written: dict[str, str], found: str | None
) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    bank.take(a_transfer(**written))
    (entry,) = statement_of(bank, TUESDAY).entries
    assert entry.rf_reference == found
    assert entry.remittance == written.get("remittance")


def test_a_long_text_is_cut_into_lines_and_found_whole(tmp_path: Path) -> None:
    long = "Essensgeld für den ganzen Monat " * 6 + "Ende"
    bank = Bank.open(tmp_path, OWNERS)
    bank.take(a_transfer(remittance=long))
    assert statement_of(bank, TUESDAY).entries[0].remittance == long


def test_the_bank_books_on_bank_days_alone(tmp_path: Path) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    bank.take(a_transfer(on=SATURDAY))
    assert bank.close_day(SATURDAY) == []
    (entry,) = statement_of(bank, MONDAY).entries
    assert entry.booking_date == MONDAY
    assert next_bank_day(FRIDAY) == MONDAY
    assert not is_bank_day(date(2026, 4, 3))
    assert not is_bank_day(date(2026, 4, 6))
    assert not is_bank_day(date(2026, 12, 25))


def test_balances_and_numbers_go_on_after_the_bank_was_left(tmp_path: Path) -> None:
    first = Bank.open(tmp_path, OWNERS)
    first.take(a_transfer(1, 4000))
    first.take(a_transfer(2, 700, on=date(2026, 11, 18)))
    first.close_day(TUESDAY)
    again = Bank.open(tmp_path, OWNERS)
    statement = statement_of(again, date(2026, 11, 18))
    assert (statement.head.sequence, statement.head.opening_cents) == (2, 4000)
    assert statement.end.closing_cents == 4700


def test_a_payment_is_taken_once_however_often_it_is_told(tmp_path: Path) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    assert bank.take(a_transfer())
    assert not bank.take(a_transfer())
    bank.close_day(TUESDAY)
    again = Bank.open(tmp_path, OWNERS)
    assert not again.take(a_transfer())
    assert statement_of(again, date(2026, 11, 18)).entries == ()


def test_a_day_closed_before_is_answered_with_the_same_files(tmp_path: Path) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    bank.take(a_transfer())
    files = bank.close_day(TUESDAY)
    contents = [file.read_bytes() for file in files]
    bank.take(a_transfer(2))
    assert bank.close_day(TUESDAY) == files
    assert [file.read_bytes() for file in files] == contents
    assert len(files) == 2


def test_a_lost_payment_never_arrives(tmp_path: Path) -> None:
    lost = card_batch(MAIN, "B02-1", TUESDAY, 21_400, on=TUESDAY)
    bank = Bank.open(tmp_path, OWNERS, misbehaviour=Misbehaviour(lost=frozenset({lost.id})))
    bank.take(lost)
    bank.take(card_batch(MAIN, "B02-1", TUESDAY, 500, on=TUESDAY, kind=Kind.CREDIT_CARD))
    assert [entry.amount_cents for entry in statement_of(bank, TUESDAY).entries] == [500]


def test_a_skipped_statement_leaves_a_gap_in_the_chain(tmp_path: Path) -> None:
    bad = Misbehaviour(skipped=frozenset({(MAIN, TUESDAY)}))
    bank = Bank.open(tmp_path, OWNERS, misbehaviour=bad)
    bank.take(a_transfer())
    assert [MEALS in file.name for file in bank.close_day(TUESDAY)] == [True]
    statement = statement_of(bank, date(2026, 11, 18))
    assert (statement.head.sequence, statement.head.opening_cents) == (2, 4000)


def test_a_statement_delivered_twice_has_two_names_and_one_content(tmp_path: Path) -> None:
    bad = Misbehaviour(doubled=frozenset({(MAIN, TUESDAY)}))
    bank = Bank.open(tmp_path, OWNERS, misbehaviour=bad)
    first, second = [file for file in bank.close_day(TUESDAY) if MAIN in file.name]
    assert first.name != second.name
    assert first.read_bytes() == second.read_bytes()


def test_money_that_is_not_whole_cents_is_no_payment() -> None:
    with pytest.raises(ValueError, match="whole cents"):
        a_transfer(cents=12.5)
    with pytest.raises(ValueError, match="whole cents"):
        a_transfer(cents=0)


def test_the_bank_refuses_an_account_it_does_not_keep(tmp_path: Path) -> None:
    bank = Bank.open(tmp_path, OWNERS)
    with pytest.raises(KeyError):
        bank.take(a_transfer(iban="DE89370400440532013000"))


def test_simulators_know_nothing_of_our_code() -> None:
    folder = Path(terminals.simulators.__file__).parent
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                assert not name.startswith(("ledger", "reconciliation", "config")), file
                assert not name.startswith("terminals") or "simulators" in name, file
