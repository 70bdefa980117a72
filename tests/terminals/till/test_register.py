"""The register over HTTP: what a cashier does from connecting the till to closing the shift."""

import re
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from config.site import create_site_app
from terminals.enrolment import make_code
from terminals.till.counter import Counter as RegisterCounter
from tests.terminals.till.conftest import ADMINISTRATOR, CASHIER_PIN


class Register:
    """A browser without JavaScript: posts forms, reads pages."""

    def __init__(self, site):
        self.site = site
        self.client = create_site_app(RegisterCounter(site)).test_client()

    def page(self):
        answer = self.client.get("/kasse/")
        assert answer.status_code == 200
        return answer.text

    def do(self, action, **form):
        answer = self.client.post(f"/kasse/do/{action}", data=form)
        assert answer.status_code == 303, answer.text
        return self.page()

    def enter(self, centre):
        """Connect, sign in, open the shift with 150.00 euros."""
        with centre.database.transaction() as session:
            code = make_code(session, ADMINISTRATOR, "B01-1", at=datetime.now(UTC)).code
        self.do("enrol", code=code)
        self.do("confirm_till")
        self.do("pin", digits=CASHIER_PIN)
        self.open_shift()

    def open_shift(self):
        self.do("open_step", to="float")
        self.do("count", coin="5000", pieces="3")
        self.do("count_rest")
        self.do("confirm_count")
        self.do("open_shift")

    def pay_by_card(self):
        self.do("pay", way="card", key=self.key)
        self.until(lambda: self.state != "card")

    def until(self, is_so, seconds=20):
        for _ in range(seconds * 10):
            if is_so():
                return
            time.sleep(0.1)
        raise AssertionError(self.page())

    @property
    def key(self):
        """The key this page was rendered with."""
        return re.search(r'name="key" value="([0-9a-f-]{36})"', self.page())[1]

    @property
    def state(self):
        return re.search(r'data-state="(\w+)"', self.page())[1]


@pytest.fixture
def register(centre, terminal, start_site):
    return Register(start_site(centre, terminal))


def test_a_cashiers_day(register, centre, terminal):
    assert register.state == "enrolment"
    with centre.database.transaction() as session:
        code = make_code(session, ADMINISTRATOR, "B01-1", at=datetime.now(UTC)).code
    register.do("enrol", code="AAAA2222")
    assert register.state == "enrolment"
    register.do("enrol", code=code)
    assert register.state == "confirm_till"
    register.do("confirm_till")
    assert register.state == "pin"
    register.do("pin", digits="111111")
    assert register.state == "pin"
    register.do("pin", digits=CASHIER_PIN)
    assert register.state == "open_shift"
    register.open_shift()
    assert register.state == "idle"
    register.do("add", product="POOL-AD")
    register.do("add", product="POOL-RED")
    assert "8,00" in register.page()
    register.pay_by_card()
    assert register.state == "approved"
    assert terminal.ledger[-1].amount_cents == 800
    register.do("add", product="POOL-AD")
    register.do("pay", way="cash", key=register.key)
    assert register.state == "cash"
    register.do("cash", tendered_cents="1000", key=register.key)
    assert "5,00" in register.page()
    register.do("void", number="B01-1-000002", reason="wrong_item", key=str(uuid4()))
    register.do("begin", what="close")
    assert register.state == "count"
    register.do("count", coin="5000", pieces="2")
    register.do("count", coin="1000", pieces="5")
    register.do("count_rest")
    page = register.do("confirm_count")
    assert register.state == "comparison"
    assert "150,00" in page
    register.do("close_shift")
    register.until(lambda: register.state == "shift_closed")
    register.do("leave_closed")
    assert register.state == "pin"


def test_nothing_expected_is_on_the_page_before_the_count_stands(register, centre):
    register.enter(centre)
    register.do("add", product="POOL-FAM")
    register.do("pay", way="cash", key=register.key)
    register.do("cash", tendered_cents="1200", key=register.key)
    shown = register.do("begin", what="close")
    assert "162,00" not in shown
    assert "162,00" not in register.do("count", coin="5000", pieces="3")


def test_a_payment_over_a_cut_line_is_unclear_until_the_terminal_is_asked(
    register, centre, terminal
):
    register.enter(centre)
    register.do("add", product="POOL-AD")
    register.pay_by_card()
    register.do("add", product="POOL-AD")
    terminal.next("drop_after_ack")
    terminal.now("plug_in")
    register.do("pay", way="card", key=register.key)
    register.until(lambda: register.state in {"unknown", "approved"})
    register.until(lambda: register.state == "approved")
    assert [one.amount_cents for one in terminal.ledger] == [500, 500]


def test_a_stranger_page_cannot_tap(register):
    answer = register.client.post("/kasse/do/lock", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
