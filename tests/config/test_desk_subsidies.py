"""Finance enters a subsidy for days gone by: first what would move, then the booking, once."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from ledger.wallets import find_wallet
from tests.money_stand import a_family
from tests.payer_client import Household
from tests.staff_client import signed_in

PATH = "/desk/subsidies"


@dataclass(frozen=True, slots=True)
class Desk:
    """A family that has paid for two weeks of lunches, and finance's browser."""

    database: Database
    home: Household
    finance: FlaskClient

    def send(self, step: str, **form: str) -> tuple[int, str]:
        notice = {"child": self.home.children[0].code, "authority": "jobcenter",
                  "first": "2026-11-09", "last": "2027-07-31", "step": step}  # fmt: skip
        answer = self.finance.post(PATH, data=notice | form)
        return answer.status_code, answer.text

    def balance(self) -> int:
        with self.database.read_only() as session:
            found = find_wallet(session, self.home.wallet)
        assert found is not None
        return found.balance_cents

    def deeds(self) -> list[tuple[str, str]]:
        with self.database.read_only() as session:
            said = "SELECT about, detail::text FROM audit_log WHERE what = 'subsidy.backdated'"
            return [(row.about, row.detail) for row in session.execute(text(said))]


@pytest.fixture
def desk(city: Database) -> Desk:
    return Desk(city, a_family(city), signed_in(create_app(database=city), city, "finance"))


def test_a_preview_shows_what_moves_and_moves_nothing(desk: Desk) -> None:
    before = desk.balance()
    assert "Jobcenter" in desk.finance.get(PATH).text
    status, shown = desk.send("preview")
    assert (status, "Noch ist nichts gebucht." in shown) == (200, True)
    assert desk.balance() == before
    assert desk.deeds() == []
    status, said = desk.send("enter")
    gained = desk.balance() - before
    assert (status, gained > 0) == (200, True)
    euros = f"{gained // 100},{gained % 100:02d}\N{NO-BREAK SPACE}€"
    assert euros in shown
    assert euros in said
    ((about, detail),) = desk.deeds()
    assert about == desk.home.children[0].code
    assert "jobcenter" not in detail


def test_a_notice_that_is_sent_twice_moves_once(desk: Desk) -> None:
    desk.send("enter")
    after = desk.balance()
    status, said = desk.send("enter")
    assert (status, "schon ein Zuschuss" in said, desk.balance()) == (409, True, after)
    assert len(desk.deeds()) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"first": ""}, 422), ({"last": "2026-01-01"}, 422), ({"authority": "bank"}, 422),
     ({"child": "C-999999"}, 404)],
)  # fmt: skip
def test_a_notice_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, str], status: int
) -> None:
    assert desk.send("enter", **changes)[0] == status
    assert desk.send("guess")[0] == 400
    assert desk.deeds() == []


def test_whose_lunch_an_authority_pays_is_finances_alone(desk: Desk) -> None:
    app = desk.finance.application
    for role in ("administrator", "auditor", "site_manager", "cashier"):
        browser = signed_in(app, desk.database, role)
        assert browser.get(PATH).status_code == 403, role
        assert browser.post(PATH, data={"step": "enter"}).status_code == 403, role
