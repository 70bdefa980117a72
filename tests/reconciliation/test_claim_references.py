"""Transfers for fees and open bills: by reference and exact amount, once; the rest is unclear."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from config.database import Database
from ledger.pay_links import Standing, issue_notice
from ledger.periods import close_day
from ledger.wallets import find_wallet, open_wallet
from reconciliation.casework.cases import find_case
from reconciliation.casework.deciding import accept
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.differences import open_differences
from reconciliation.night import run_night
from reconciliation.tables import difference
from tests.reconciliation.casework_stand import as_caller
from tests.reconciliation.night_stand import KITA, a_statement, bring, paid_in
from tests.staff_client import a_person
from tests.terminals.pay_links.links import NOW, a_link, do, held, paid, standing

DAY = date(2026, 11, 25)
BANK, CLAIMS, FEES, UNCLEAR = "181000", "161100", "431100", "371100"


def a_transfer(city: Database, folder: Path, link: Standing, *amounts: str) -> dict[str, int]:
    """What a night makes of transfers with the link's reference."""
    lines = [paid_in(amount, rf=link.reference) for amount in amounts]
    cents = sum(int(amount.replace(".", "")) for amount in amounts)
    closing = f"{cents // 100}.{cents % 100:02}"
    bring(city, a_statement(folder, *lines, closing=closing))
    return dict(run_night(city.transaction, DAY).matched)


def test_a_notice_is_paid_by_its_reference_once(city: Database, tmp_path: Path) -> None:
    link = a_link(city)
    do(city, lambda session: issue_notice(session, link.id, at=NOW))
    now = standing(city, link.id)
    assert a_transfer(city, tmp_path, now, "46.00", "46.00") == {
        "claim_reference": 1, "unclear": 1,
    }  # fmt: skip
    assert (held(city, CLAIMS), held(city, FEES)) == (0, -4600)
    assert (held(city, BANK), held(city, UNCLEAR)) == (9200, -4600)
    now = standing(city, link.id)
    assert (now.state(NOW), now.paid_how) == ("paid", "transfer")
    assert dict(run_night(city.transaction, DAY).matched) == {}


def test_a_fee_without_a_notice_becomes_a_claim_and_is_paid(city: Database, tmp_path: Path) -> None:
    now = standing(city, a_link(city).id)
    assert a_transfer(city, tmp_path, now, "46.00") == {"claim_reference": 1}
    assert (held(city, CLAIMS), held(city, FEES), held(city, BANK)) == (0, -4600, 4600)
    assert paid(city, now.id, 4600).use == "too_much"


def test_the_claim_of_a_closed_day_is_booked_on_an_open_one(city: Database, tmp_path: Path) -> None:
    now = standing(city, a_link(city).id)
    do(city, lambda session: close_day(session, NOW.date(), closed_by="test"))
    assert a_transfer(city, tmp_path, now, "46.00") == {"claim_reference": 1}


def test_another_amount_is_for_people(city: Database, tmp_path: Path) -> None:
    now = standing(city, a_link(city).id)
    assert a_transfer(city, tmp_path, now, "45.00", "47.00") == {"unclear": 2}
    assert standing(city, now.id).state(NOW) == "open"
    assert held(city, CLAIMS) == 0


def accepted(city: Database, kind: str) -> None:
    """Somebody of the finance office accepts what the night proposes for the case of this class."""
    clerk = as_caller(a_person(city, "finance"))
    with city.transaction() as session:
        query = select(difference.c.number).where(difference.c.kind == kind)
        case = find_case(session, session.scalars(query).one())
        accept(session, clerk, case.number, version=case.version, at=NOW)


def test_accepting_too_large_a_transfer_for_a_claim_tells_its_link_and_leaves_the_rest(
    city: Database, tmp_path: Path
) -> None:
    link = a_link(city)
    do(city, lambda session: issue_notice(session, link.id, at=NOW))
    line = paid_in("50.00", f"Gebuehr {standing(city, link.id).reference}")
    bring(city, a_statement(tmp_path, line, closing="50.00"))
    assert dict(run_night(city.transaction, DAY).matched) == {"unclear": 1}
    accepted(city, "TRANSFER_OVERPAID")
    now = standing(city, link.id)
    assert (now.state(NOW), now.paid_how) == ("paid", "transfer")
    assert (held(city, CLAIMS), held(city, UNCLEAR)) == (0, -400)
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        rest = [each.amount_cents for each in open_differences(session) if each.account == UNCLEAR]
    assert rest == [400]


def test_a_transfer_for_a_claim_that_was_paid_meanwhile_is_not_accepted(
    city: Database, tmp_path: Path
) -> None:
    link = a_link(city)
    do(city, lambda session: issue_notice(session, link.id, at=NOW))
    line = paid_in("50.00", f"Gebuehr {standing(city, link.id).reference}")
    bring(city, a_statement(tmp_path, line, closing="50.00"))
    run_night(city.transaction, DAY)
    paid(city, link.id, 4600)
    with pytest.raises(CaseworkRefused, match="difference_taken"):
        accepted(city, "TRANSFER_OVERPAID")
    assert held(city, UNCLEAR) == -5000


def test_what_was_paid_online_meanwhile_is_unclear(city: Database, tmp_path: Path) -> None:
    link = a_link(city)
    paid(city, link.id, 4600)
    assert a_transfer(city, tmp_path, standing(city, link.id), "46.00") == {"unclear": 1}
    assert held(city, FEES) == -4600


def test_a_link_of_a_till_takes_no_transfer(city: Database, tmp_path: Path) -> None:
    link = a_link(city, takes_transfers=False)
    assert a_transfer(city, tmp_path, standing(city, link.id), "46.00") == {"unclear": 1}


def test_an_open_bill_is_paid_onto_its_wallet(city: Database, tmp_path: Path) -> None:
    wallet = do(city, lambda session: open_wallet(session, kind="kita", key=uuid4()))
    link = a_link(city, facility=None, lines=(), case_reference=None, wallet=wallet.code,
                  amount_cents=850)  # fmt: skip
    line = paid_in("8.50", rf=standing(city, link.id).reference)
    bring(city, a_statement(tmp_path, line, closing="8.50", iban=KITA))
    assert dict(run_night(city.transaction, DAY).matched) == {"claim_reference": 1}
    assert do(city, lambda session: find_wallet(session, wallet.code)).balance_cents == 850
    assert standing(city, link.id).paid_how == "transfer"
