"""What the night finds: a case with its account, and a proposal that a person may accept."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text

from config.database import Database
from ledger.calendar import add_bank_days
from ledger.entries import Dimensions
from ledger.permissions import Caller
from ledger.wallets import open_wallet
from reconciliation.casework.cases import find_case
from reconciliation.casework.deciding import reject
from reconciliation.differences import open_differences
from reconciliation.night import run_night
from reconciliation.tables import expected_item
from tests.reconciliation.night_stand import (
    BATCH,
    DAY,
    KITA,
    a_bag,
    a_batch,
    a_move,
    a_provider_line,
    a_statement,
    bring,
    cents_on,
    found,
    paid_in,
    paid_out,
)
from tests.staff_client import a_person

CARDS = "184110/B01-1/2026-11-19"


AT_TILL = Dimensions(facility="B01", till="B01-1", shift="2026-11-20-1")


@pytest.mark.parametrize(("counted", "event"), [("290.00", "short"), ("310.00", "over")])
def test_a_safebag_counted_differently_is_proposed_and_not_booked(
    city: Database, tmp_path: Path, counted: str, event: str
) -> None:
    a_bag(city, 30000)
    bring(city, a_statement(tmp_path, paid_in(counted, "SAFEBAG 4711007"), closing=counted))
    result = run_night(city.transaction, DAY + timedelta(days=14))
    assert dict(result.matched) == {}
    cases = found(city)
    assert "DEPOSIT_MISSING" not in cases
    assert "UNEXPLAINED_LINE" not in cases
    case = cases["DEPOSIT_DIFF"]
    assert (case.reference, abs(case.amount_cents), case.account) == ("4711007", 1000, "184000")
    assert case.proposal is not None
    assert case.proposal["event"] == f"cash_counted_{event}"
    assert [each["fits"] for each in case.proposal["reasons"]] == [True, False]


def test_a_mistyped_wallet_number_is_proposed_with_its_reasons(
    city: Database, tmp_path: Path
) -> None:
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    wrong = wallet.reference[:-1] + str((int(wallet.reference[-1]) + 1) % 10)
    bring(city, a_statement(tmp_path, paid_in("40.00", f"Essen {wrong}"), closing="40.00",
                            iban=KITA))  # fmt: skip
    assert dict(run_night(city.transaction, DAY).matched) == {"unclear": 1}
    case = found(city)["UNKNOWN_CREDIT"]
    assert (case.severity, case.tier) == ("suggestion", 3)
    assert case.proposal is not None
    assert case.proposal["roles"] == {"assigned_to": wallet.account}
    assert case.proposal["amounts"] == {"amount": 4000}
    assert cents_on(city, wallet.account) == 0


def test_two_wallets_it_could_be_are_no_proposal(city: Database, tmp_path: Path) -> None:
    with city.transaction() as session:
        one = open_wallet(session, kind="kita", key=uuid4())
        other = open_wallet(session, kind="kita", key=uuid4())
    wrong = f"{one.reference[:-1]}{(int(one.reference[-1]) + 1) % 10}"
    words = f"{wrong} {other.reference[:-1]}{(int(other.reference[-1]) + 1) % 10}"
    bring(city, a_statement(tmp_path, paid_in("40.00", words), closing="40.00", iban=KITA))
    run_night(city.transaction, DAY)
    case = found(city)["UNKNOWN_CREDIT"]
    assert (case.severity, case.proposal) == ("break", None)


def test_a_credit_over_what_one_authority_owes_is_proposed_as_its_subsidy(
    city: Database, tmp_path: Path
) -> None:
    with city.read_only() as session:
        authority = session.scalar(text("SELECT min(code) FROM account WHERE code LIKE '161900/%'"))
    a_move(city, "meal", authority, "441300", 6290)
    line = paid_in("62.90", "BuT Okt. K07")
    bring(city, a_statement(tmp_path, line, closing="62.90", iban=KITA))
    run_night(city.transaction, DAY)
    case = found(city)["UNKNOWN_CREDIT"]
    assert (case.severity, case.tier) == ("suggestion", 4)
    assert case.proposal is not None
    assert case.proposal["roles"] == {"assigned_to": authority}


def test_unclear_money_is_a_case_until_all_of_it_is_assigned(
    city: Database, tmp_path: Path
) -> None:
    bring(city, a_statement(tmp_path, paid_in("62.90", "Danke"), closing="62.90"))
    run_night(city.transaction, DAY)
    reference = found(city)["UNKNOWN_CREDIT"].reference
    a_move(city, "unclear_assigned", "371100", "161100", 5000, reference=reference)
    run_night(city.transaction, DAY)
    assert found(city)["UNKNOWN_CREDIT"].amount_cents == 1290
    a_move(city, "unclear_assigned", "371100", "161100", 1290, reference=reference)
    result = run_night(city.transaction, DAY)
    assert (result.open_count, result.closed) == (0, 1)


def test_a_count_that_was_off_is_a_case_until_a_second_person_accepts_it(city: Database) -> None:
    a_move(city, "till_shortage", "171300", "183000/B01-1", 300, at=AT_TILL)
    a_move(city, "till_overage", "183000/B01-1", "371400", 200, at=AT_TILL)
    run_night(city.transaction, DAY)
    cases = found(city)
    assert (cases["CASH_SHORT"].amount_cents, cases["CASH_OVER"].amount_cents) == (-300, 200)
    a_move(city, "shortage_accepted", "549100", "171300", 300, at=AT_TILL)
    assert run_night(city.transaction, DAY).closed == 1


def test_a_person_who_closed_a_case_is_not_asked_again_about_the_same_amount(
    city: Database,
) -> None:
    a_batch(city, 21400)
    late = DAY + timedelta(days=14)
    run_night(city.transaction, late)
    with city.transaction() as session:
        session.execute(text("UPDATE difference SET closed_at = clock_timestamp()"))
    assert run_night(city.transaction, late).open_count == 0
    a_move(city, "sale", BATCH, "441200", 100)
    assert run_night(city.transaction, late).open_count == 1


def test_a_case_that_is_found_again_keeps_its_number(city: Database, tmp_path: Path) -> None:
    a_batch(city, 21400)
    late = DAY + timedelta(days=14)
    run_night(city.transaction, late)
    a_move(city, "difference", "171300", BATCH, 21400)
    assert run_night(city.transaction, late).closed == 1
    a_move(city, "difference", BATCH, "171300", 21400)
    assert run_night(city.transaction, late).opened == 1
    with city.read_only() as session:
        rows = session.execute(text("SELECT number FROM difference")).all()
    assert [row.number for row in rows] == [1]


def test_what_a_missing_statement_would_explain_does_not_age(
    city: Database, tmp_path: Path
) -> None:
    a_batch(city, 21400)
    bring(city, a_statement(tmp_path, opening="0.00", closing="0.00"))
    run_night(city.transaction, DAY + timedelta(days=21))
    cases = found(city)
    assert "STATEMENT_MISSING" in cases
    assert "CLEARING_OVERDUE" not in cases


def test_safebags_and_notices_are_expected_once(city: Database) -> None:
    a_bag(city, 30000)
    run_night(city.transaction, DAY)
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        items = session.execute(
            select(expected_item.c.kind, expected_item.c.related_ref, expected_item.c.amount_cents)
        ).all()
    assert items == [("cash_deposit", "4711007", 30000)]


def test_sales_are_expected_line_by_line_where_an_acquirer_delivers_lines(city: Database) -> None:
    a_batch(city, 5000, CARDS)
    a_batch(city, 700, "184100/B02-1/2026-11-19")  # nobody delivers lines of this one
    a_provider_line(city, txn_id="79975446048570", gross_cents=5000, net_cents=5000)
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        query = select(expected_item.c.kind, expected_item.c.terminal, expected_item.c.amount_cents)
        assert session.execute(query).all() == [("charge", "B01-1", 5000)]


def test_a_debit_over_last_months_federal_share_is_proposed(city: Database, tmp_path: Path) -> None:
    a_move(city, "fee_shared", "183000/A01-1", "371200", 7800, day=date(2026, 10, 12))
    a_move(city, "fee_shared", "183000/A01-1", "371200", 780)
    line = paid_out("78.00", "Fuehrungszeugnisse Oktober")
    bring(city, a_statement(tmp_path, line, opening="78.00", closing="0.00"))
    assert dict(run_night(city.transaction, DAY).matched) == {}
    case = found(city)["UNEXPLAINED_LINE"]
    assert (case.severity, case.tier) == ("suggestion", 4)
    assert case.proposal is not None
    assert case.proposal["event"] == "federal_share_paid"


def test_a_rejected_proposal_does_not_come_again(city: Database, tmp_path: Path) -> None:
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    wrong = f"{wallet.reference[:-1]}{(int(wallet.reference[-1]) + 1) % 10}"
    line = paid_in("40.00", f"Essen {wrong}")
    bring(city, a_statement(tmp_path, line, closing="40.00", iban=KITA))
    run_night(city.transaction, DAY)
    clerk = a_person(city, "finance")
    with city.transaction() as session:
        case = find_case(session, 1)
        reject(
            session, Caller(clerk.code, clerk.role), case.number, version=case.version,
            words="Niemand hat diese Nummer.",
        )  # fmt: skip
    run_night(city.transaction, DAY)
    again = found(city)["UNKNOWN_CREDIT"]
    assert (again.severity, again.proposal) == ("break", None)


def test_a_sale_the_acquirer_does_not_know_is_a_case_on_its_clearing_account(
    city: Database,
) -> None:
    a_batch(city, 5000, CARDS)
    a_batch(city, 700, CARDS)
    noon = datetime(2026, 11, 19, 12)  # noqa: DTZ001 - as acquirers write it
    a_provider_line(
        city, txn_id="79975446048570", gross_cents=5000, net_cents=5000, local_at=noon
    )  # fmt: skip
    run_night(city.transaction, DAY + timedelta(days=14))
    with city.read_only() as session:
        cases = [each for each in open_differences(session) if each.expected_cents == 700]
    assert [(each.kind, each.account) for each in cases] == [("MISSING_AT_PSP", "184110")]
    assert run_night(city.transaction, DAY + timedelta(days=14)).written == 0


@pytest.mark.parametrize(("fee", "amount"), [(49, None), (64, -15)])
def test_a_fee_beyond_the_citys_contract_is_a_case(
    city: Database, fee: int, amount: int | None
) -> None:
    names = {"trace": "004711", "receipt": "0815", "terminal": "B01-1"}
    sold = {"code": "E1-184110", "kind": "charge", "channel": "terminal", "amount_cents": 5000,
            "booked_at": datetime(2026, 11, 19, 9, 41, tzinfo=UTC), "currency": "EUR",
            "business_day": date(2026, 11, 19)}  # fmt: skip
    with city.transaction() as session:
        session.execute(insert(expected_item), [sold | names])
    a_provider_line(
        city, txn_id="79975446048570", gross_cents=5000, fee_cents=fee, net_cents=5000 - fee,
        scheme="credit_card", **names,
    )  # fmt: skip
    run_night(city.transaction, DAY)
    case = found(city).get("FEE_MISMATCH")
    assert (case and case.amount_cents) == amount
    assert (case and case.account) == ("184110" if amount else None)


def test_looking_back_at_an_earlier_day_closes_nothing(city: Database) -> None:
    a_bag(city, 30000)
    run_night(city.transaction, DAY + timedelta(days=14))
    assert run_night(city.transaction, DAY).closed == 0
    assert found(city)["DEPOSIT_MISSING"].amount_cents == -30000


def test_an_end_of_day_that_differs_from_its_till_is_a_case(city: Database) -> None:
    with city.transaction() as session:
        session.execute(
            text("""INSERT INTO terminal_total (terminal, till, day, number, amount_cents,
                        expected_cents, agrees, totals, reported_at)
                    VALUES ('B01-1', 'B01-1', :day, '31', 12000, 12345, false, '[]', now())"""),
            {"day": DAY},
        )
    run_night(city.transaction, DAY)
    case = found(city)["EOD_SUM_MISMATCH"]
    assert (case.amount_cents, case.place, case.reference) == (-345, "B01-1", "31")
    assert run_night(city.transaction, DAY).written == 0


@pytest.mark.parametrize(("account", "patience"), [("184400", 10), ("184210", 5)])
def test_what_stands_on_a_clearing_account_for_too_long_is_told_with_its_age(
    city: Database, account: str, patience: int
) -> None:
    a_move(city, "sale", account, "431100", 4600)
    last = add_bank_days(DAY, patience)
    run_night(city.transaction, last)
    assert "CLEARING_OVERDUE" not in found(city)
    late = add_bank_days(last, 1)
    a_move(city, "sale", account, "431100", 700, day=late)
    a_move(city, "sale", "181000", account, 100, day=late)  # takes from the oldest
    run_night(city.transaction, late)
    case = found(city)["CLEARING_OVERDUE"]
    assert (case.amount_cents, case.account, case.since) == (-4500, account, DAY)
    assert f"({patience + 1} Banktage)" in (case.explanation or "")
    assert run_night(city.transaction, late).written == 0
    a_move(city, "sale", "181000", account, 4500, day=late)
    run_night(city.transaction, late)
    assert "CLEARING_OVERDUE" not in found(city)
