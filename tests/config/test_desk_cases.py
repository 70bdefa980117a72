"""Finance answers what payers have asked, and a second person lets the money go."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from ledger.cases import Case, cases_of, claim_transfer, open_case
from ledger.closings import closing_of, request_closing
from ledger.movements import movements
from ledger.tables.approvals import approval
from ledger.wallets import find_wallet
from tests.money_stand import TODAY, a_family, at
from tests.payer_client import Household
from tests.staff_client import signed_in

PATH = "/desk/cases"
MORNING = at(TODAY, 6, 30)


@dataclass(frozen=True, slots=True)
class Desk:
    """A family with two weeks of meals, and finance's browsers."""

    database: Database
    home: Household
    finance: FlaskClient
    approver: FlaskClient

    def dispute(self) -> Case:
        """A charge of 4.50 that is said to be wrong."""
        with self.database.transaction() as session:
            meal = movements(session, self.home.wallet, kind="meal").movements[0]
            return open_case(
                session, uuid4(), kind="charge_dispute", wallet=self.home.wallet,
                subject=str(meal.id), reason="was_absent", words="Wir waren verreist.", at=MORNING,
            )  # fmt: skip

    def state(self) -> str:
        """Of the family's newest case."""
        with self.database.read_only() as session:
            return cases_of(session, self.home.wallet)[0].state

    def balance(self) -> int:
        """What is on the family's wallet."""
        with self.database.read_only() as session:
            return _balance(session, self.home.wallet)


def _balance(session: Session, wallet: str) -> int:
    found = find_wallet(session, wallet)
    assert found is not None
    return found.balance_cents


@pytest.fixture
def desk(city: Database) -> Desk:
    app = create_app(database=city)
    home = a_family(city)
    clients = [signed_in(app, city, role) for role in ("finance", "finance_approver")]
    return Desk(city, home, *clients)


def answer(client: FlaskClient, case: UUID, decision: str, **form: str) -> int:
    """Answer a case; the status."""
    return client.post(f"{PATH}/{case}", data={"decision": decision, **form}).status_code


def test_the_list_shows_what_waits_and_one_case_its_facts(desk: Desk) -> None:
    case = desk.dispute()
    listed = desk.finance.get(PATH).text
    assert "Zahlung prüfen" in listed
    assert desk.home.wallet in listed
    page = desk.finance.get(f"{PATH}/{case.id}").text
    for words in ("Das Kind war nicht da", "Wir waren verreist.", "Keine Abbestellung bis"):
        assert words in page


def test_a_small_charge_is_given_back_at_once_and_once(desk: Desk) -> None:
    case, before = desk.dispute(), desk.balance()
    assert answer(desk.finance, case.id, "granted", words="Wir bitten um Entschuldigung.") == 303
    assert (desk.state(), desk.balance()) == ("granted", before + 450)
    assert answer(desk.finance, case.id, "granted") != 303
    assert desk.balance() == before + 450


def test_a_part_goes_back_and_a_no_needs_a_reason(desk: Desk) -> None:
    case, before = desk.dispute(), desk.balance()
    assert answer(desk.finance, case.id, "refused") == 422
    assert answer(desk.finance, case.id, "partly") == 422
    assert answer(desk.finance, case.id, "partly", amount="0,80") == 303
    assert (desk.state(), desk.balance()) == ("partly", before + 80)


def test_a_missing_transfer_is_refused_in_words_the_family_reads(desk: Desk) -> None:
    with desk.database.transaction() as session:
        case = claim_transfer(
            session, desk.home.wallet, key=uuid4(), amount_cents=4000, paid_on=date(2026, 11, 18),
            at=MORNING,
        )  # fmt: skip
    page = desk.finance.get(f"{PATH}/{case.id}").text
    assert "Es gibt keinen ungeklärten Zahlungseingang." in page
    assert desk.finance.post(f"{PATH}/{case.id}/receipt", data={}).status_code == 422
    assert answer(desk.finance, case.id, "refused", words="Nicht bei uns angekommen.") == 303
    assert desk.state() == "refused"


def test_who_only_reads_decides_nothing(desk: Desk) -> None:
    case = desk.dispute()
    auditor = signed_in(desk.finance.application, desk.database, "auditor")
    assert auditor.get(f"{PATH}/{case.id}").status_code == 200
    assert answer(auditor, case.id, "granted") == 403
    cashier = signed_in(desk.finance.application, desk.database, "cashier")
    assert cashier.get(PATH).status_code == 403


def test_an_unknown_case_is_not_found(desk: Desk) -> None:
    assert desk.finance.get(f"{PATH}/{uuid4()}").status_code == 404
    assert answer(desk.finance, uuid4(), "granted") == 404
    assert desk.finance.get(f"/desk/closings/{uuid4()}").status_code == 404


def test_a_payout_is_released_by_the_second_person_alone_and_once(city: Database) -> None:
    app = create_app(database=city)
    home = a_family(city, eats=False)
    finance, approver = (signed_in(app, city, role) for role in ("finance", "finance_approver"))
    with city.transaction() as session:
        asked = request_closing(
            session, home.wallet, key=uuid4(), last_day=business_day(_now()),
            iban="DE89370400440532013000", holder="A. Person", at=_now(),
        )  # fmt: skip
    path = f"/desk/closings/{asked.id}"
    assert "Auszahlungen gibt die Freigabe Finanzen frei." in finance.get(path).text
    assert finance.post(path).status_code != 303
    assert "DE89370400440532013000" in approver.get(path).text
    assert approver.post(path).status_code == 303
    with city.read_only() as session:
        found = closing_of(session, home.wallet)
        assert _balance(session, home.wallet) == 0
        assert session.execute(select(approval)).all() == []
    assert found is not None
    assert (found.state, found.amount_cents) == ("released", 10000)
    assert approver.post(path).status_code != 303


def _now() -> datetime:
    return datetime.now(UTC)
