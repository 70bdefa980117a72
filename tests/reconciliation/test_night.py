"""A night: what the bank said is explained by exact keys, and the rest stays in sight."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from config.database import Database
from ledger.balances import balance
from ledger.periods import close_day
from ledger.tables.books import entry
from ledger.wallets import open_wallet
from reconciliation.differences import open_differences
from reconciliation.errors import (
    ForeignAccount,
    HeldBack,
    IncompleteStatement,
)
from reconciliation.imports import import_file
from reconciliation.night import last_night, run_night
from reconciliation.tables import bank_line, bank_match
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.night_stand import (
    BATCH,
    DAY,
    KITA,
    MAIN,
    a_bag,
    a_batch,
    a_statement,
    bring,
    paid_in,
)


def test_a_transfer_with_a_wallets_reference_tops_it_up(city: Database, tmp_path: Path) -> None:
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    bring(
        city,
        a_statement(tmp_path, paid_in("50.00", rf=wallet.reference), closing="50.00", iban=KITA),
    )
    result = run_night(city.transaction, DAY)
    assert dict(result.matched) == {"wallet_reference": 1}
    assert result.open_count == 0
    with city.read_only() as session:
        assert balance(session, wallet.account).credit_cents == 5000
        assert balance(session, "181010").debit_cents == 5000
        assert session.execute(select(bank_match.c.rule, bank_match.c.key_used)).all() == [
            ("wallet_reference", wallet.reference)
        ]


def test_an_acquirers_credit_empties_the_clearing_of_its_terminal_and_day(
    city: Database, tmp_path: Path
) -> None:
    a_batch(city, 12345)
    line = paid_in("123.45", "GIROCARD TERMINAL B01-1 KASSENSCHNITT 19.11.2026")
    bring(city, a_statement(tmp_path, line, closing="123.45"))
    result = run_night(city.transaction, DAY)
    assert dict(result.matched) == {"terminal_batch": 1}
    with city.read_only() as session:
        assert balance(session, BATCH).debit_balance_cents == 0
    [total] = result.control_totals
    assert (total.account, total.ledger_cents, total.bank_cents) == ("181000", 12345, 12345)


@pytest.mark.parametrize(
    "remittance",
    [
        "GIROCARD TERMINAL B01-2 KASSENSCHNITT 19.11.2026",
        "GIROCARD TERMINAL B01-1 KASSENSCHNITT 18.11.2026",
    ],
)
def test_a_batch_of_another_terminal_or_day_is_left_alone(
    city: Database, tmp_path: Path, remittance: str
) -> None:
    a_batch(city, 12345)
    bring(city, a_statement(tmp_path, paid_in("123.45", remittance), closing="123.45"))
    result = run_night(city.transaction, DAY)
    assert not result.matched
    with city.read_only() as session:
        kinds = {each.kind for each in open_differences(session)}
    assert kinds == {"UNEXPLAINED_LINE"}


def test_two_equal_batches_are_told_apart_by_the_day_or_not_at_all(
    city: Database, tmp_path: Path
) -> None:
    a_batch(city, 500)
    a_batch(city, 500, "184100/B01-1/2026-11-18")
    bring(city, a_statement(tmp_path, paid_in("5.00", "TERMINAL B01-1"), closing="5.00"))
    assert not run_night(city.transaction, DAY).matched
    named = paid_in("5.00", "TERMINAL B01-1 18.11.2026")
    bring(city, a_statement(tmp_path, named, opening="5.00", closing="10.00", sequence=2))
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        keys = session.scalars(select(bank_match.c.key_used).order_by(bank_match.c.bank_line_id))
        # The day settles one of them, and then the other line has a single candidate left.
        assert keys.all() == [BATCH, "184100/B01-1/2026-11-18"]


def test_a_safebag_the_bank_has_counted_leaves_transit(city: Database, tmp_path: Path) -> None:
    a_bag(city, 30000)
    bring(city, a_statement(tmp_path, paid_in("300.00", "SAFEBAG 4711007"), closing="300.00"))
    assert dict(run_night(city.transaction, DAY).matched) == {"safebag": 1}
    with city.read_only() as session:
        assert balance(session, "184000").debit_balance_cents == 0


def test_money_nobody_expected_is_booked_as_unclear_and_stays_open(
    city: Database, tmp_path: Path
) -> None:
    bring(city, a_statement(tmp_path, paid_in("62.90", "Danke"), closing="62.90"))
    result = run_night(city.transaction, DAY)
    assert dict(result.matched) == {"unclear": 1}
    with city.read_only() as session:
        [open_one] = open_differences(session)
        assert balance(session, "371100").credit_cents == 6290
    assert (open_one.kind, open_one.amount_cents) == ("UNKNOWN_CREDIT", 6290)


def test_our_own_transfer_that_came_back_is_no_customers_payment(
    city: Database, tmp_path: Path
) -> None:
    returned = paid_in("10.00", "zurück", above=xml.text("BkTxCd/Prtry/Cd", "NRTI+159+0"))
    bring(city, a_statement(tmp_path, returned, closing="10.00"))
    assert not run_night(city.transaction, DAY).matched


def test_a_second_run_over_the_same_facts_changes_nothing(city: Database, tmp_path: Path) -> None:
    a_batch(city, 500)
    lines = paid_in("5.00", "TERMINAL B01-1 19.11.2026"), paid_in("1.00", "Danke")
    bring(city, a_statement(tmp_path, *lines, closing="6.00"))
    first = run_night(city.transaction, DAY)
    with city.read_only() as session:
        entries = session.scalar(select(func.count()).select_from(entry))
    second = run_night(city.transaction, DAY)
    assert (second.matched, second.opened, second.closed) == ({}, 0, 0)
    assert second.open_count == first.open_count == 1
    with city.read_only() as session:
        assert session.scalar(select(func.count()).select_from(entry)) == entries
        assert last_night(session) == second


def test_a_line_of_a_closed_day_is_booked_on_the_next_open_one(
    city: Database, tmp_path: Path
) -> None:
    bring(city, a_statement(tmp_path, paid_in("1.00", "Danke"), closing="1.00"))
    with city.transaction() as session:
        close_day(session, DAY, closed_by="finance")
    assert dict(run_night(city.transaction, DAY).matched) == {"unclear": 1}
    with city.read_only() as session:
        assert session.scalars(select(entry.c.booked_on)).all() == [DAY + timedelta(days=1)]


def test_an_overdue_batch_is_a_difference_with_its_day(city: Database) -> None:
    a_batch(city, 21400)
    with city.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM difference")) == 0
    assert run_night(city.transaction, DAY).open_count == 0
    assert run_night(city.transaction, DAY + timedelta(days=9)).opened == 1
    with city.read_only() as session:
        [missing] = open_differences(session)
    assert (missing.id, missing.amount_cents) == (f"CLEARING_OVERDUE:{BATCH}", -21400)
    assert missing.since == date(2026, 11, 19)


def test_a_statement_that_is_missing_in_the_chain_is_noticed(
    city: Database, tmp_path: Path
) -> None:
    bring(city, a_statement(tmp_path, opening="0.00", closing="0.00"))
    bring(city, a_statement(tmp_path, opening="7.00", closing="7.00", sequence=3))
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        assert "STATEMENT_MISSING" in {each.kind for each in open_differences(session)}


def test_the_same_file_is_known_by_its_content(city: Database, tmp_path: Path) -> None:
    file = a_statement(tmp_path, paid_in("1.00"), closing="1.00")
    bring(city, file)
    renamed = file.rename(tmp_path / "again.xml")
    with city.transaction() as session:
        again = import_file(session, renamed)
    assert (again.is_new, again.statements) == (False, ())


def test_the_same_statement_in_another_file_is_refused(city: Database, tmp_path: Path) -> None:
    bring(city, a_statement(tmp_path, paid_in("1.00"), closing="1.00"))
    other = a_statement(tmp_path, paid_in("2.00"), closing="2.00")
    with pytest.raises(HeldBack), city.transaction() as session:
        import_file(session, other)


def test_lines_that_do_not_explain_the_balances_are_refused_whole(
    city: Database, tmp_path: Path
) -> None:
    file = a_statement(tmp_path, paid_in("1.00"), closing="2.00")
    with pytest.raises(IncompleteStatement), city.transaction() as session:
        import_file(session, file)
    with city.read_only() as session:
        assert session.scalar(select(func.count()).select_from(bank_line)) == 0


def test_a_strange_account_is_refused(city: Database, tmp_path: Path) -> None:
    file = a_statement(tmp_path, iban="DE02120300000000202051")
    with pytest.raises(ForeignAccount), city.transaction() as session:
        import_file(session, file)


def test_a_notification_is_not_booked_from(city: Database, tmp_path: Path) -> None:
    file = tmp_path / "notification.xml"
    namespace = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
    note = xml.statement(paid_in("1.00"), name="Ntfctn", iban=MAIN)
    file.write_bytes(xml.document(note, namespace=namespace, message="BkToCstmrDbtCdtNtfctn"))
    bring(city, file)
    with city.read_only() as session:
        assert session.scalar(select(func.count()).select_from(bank_line)) == 0


def test_a_bundle_whose_details_add_up_is_taken_apart(city: Database, tmp_path: Path) -> None:
    with city.transaction() as session:
        wallets = [open_wallet(session, kind="kita", key=uuid4()) for _ in range(2)]
    details = [
        xml.detail(
            xml.amount(f"{n}.00")
            + xml.text("CdtDbtInd", "CRDT")
            + xml.text("RmtInf/Strd/CdtrRefInf/Ref", wallet.reference)
        )
        for n, wallet in enumerate(wallets, start=1)
    ]
    bring(city, a_statement(tmp_path, xml.entry("3.00", *details), closing="3.00", iban=KITA))
    assert dict(run_night(city.transaction, DAY).matched) == {"wallet_reference": 2}
    with city.read_only() as session:
        assert [balance(session, w.account).credit_cents for w in wallets] == [100, 200]
