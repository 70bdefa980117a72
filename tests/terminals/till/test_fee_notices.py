"""A fee notice at the register: a claim once, and the pay link that settles it."""

from datetime import UTC, datetime
from urllib.request import urlopen
from uuid import uuid4

import pytest
from sqlalchemy import text

from terminals.till.centre import Centre
from terminals.till.counter.following import follow
from terminals.till.journal import open_journal
from terminals.till.papers import notice_of
from terminals.till.shifts import open_shift
from terminals.till.site import Site
from tests.terminals.till.conftest import FLOAT, Counter, a_code
from tests.terminals.till.guests import Guest

CASE = "5301004277180"


class Debtor(Guest):
    """A guest who goes home with a notice."""

    def owes(self, *products):
        """Fees of one case; their sum in cents."""
        total = self.till.fill(*products)
        self.taps("case", number=CASE)
        return total

    def takes_a_notice(self, key=None):
        key = key or uuid4()
        self.taps("pay", way="notice", key=str(uuid4()))
        self.taps("notice", key=str(key))
        return key

    def events(self, event):
        with self.centre.database.read_only() as session:
            found = "SELECT count(*) FROM entry WHERE event = :event"
            return session.scalar(text(found), {"event": event})


@pytest.fixture
def office(centre, relay, tmp_path):
    """Till A01-1 of a citizens' office at the far end of the line, with an open shift."""
    journal = open_journal(tmp_path / "office.sqlite")
    site = Site("A01", journal, Centre(relay.address), {}, {}, follow)
    site.start()
    till = site.enrol(a_code(centre, "A01-1"))
    with journal.write(till.code) as connection:
        open_shift(connection, till.code, person="S-0002", counts=FLOAT, now=datetime.now(UTC))
    yield Counter(site, till, "S-0002")
    site.stop()


@pytest.fixture
def debtor(office, centre):
    return Debtor(office, centre)


def test_a_notice_is_a_claim_with_a_code_to_pay_it(debtor, office, centre):
    total = debtor.owes("PA24", "PA24")
    key = debtor.takes_a_notice()
    (sold,) = debtor.sales
    assert (sold.key, sold.way, sold.state, debtor.basket) == (key, "invoice", "paid", None)
    office.all_sent()
    stage, link = debtor.stage, debtor.link(key)
    assert (stage.is_issued, stage.step, stage.amount_cents) == (True, "payable", total)
    assert (stage.number, stage.reference) == (sold.receipt_number, link.reference)
    assert stage.address.endswith(f"/zahlen/{link.token}")
    assert b"<svg" in debtor.register.picture(debtor.browser, str(key))
    assert (link.amount_cents, link.receipt, link.shift) == (
        total, sold.receipt_number, sold.shift,
    )  # fmt: skip
    assert link.notice is not None
    assert debtor.charges() == (1, total)
    assert debtor.rejected == []
    with urlopen(f"{centre.address}/zahlen/{link.token}/bescheid", timeout=20) as page:  # noqa: S310
        assert b"<svg" in page.read()


def test_the_slip_of_a_notice_leads_to_its_link(debtor, office):
    debtor.owes("PA24")
    key = debtor.takes_a_notice()
    office.all_sent()
    (sold,) = debtor.sales
    with office.site.journal.read() as connection:
        slip = notice_of(connection, sold)
    assert (slip.kind, slip.number) == ("notice", sold.receipt_number)
    assert slip.qr.endswith(debtor.link(key).token)
    debtor.taps("notice_slip", number=sold.receipt_number)
    assert debtor.view.message["what"] == "printer_silent"
    assert debtor.stage.step == "payable"


def test_the_same_tap_twice_is_one_notice(debtor, office):
    debtor.owes("PA24")
    key = debtor.takes_a_notice()
    debtor.taps("notice", key=str(key))
    office.all_sent()
    assert len(debtor.sales) == 1
    assert debtor.charges()[0] == 1


def test_a_lost_answer_is_asked_for_again_and_finds_the_same_claim(debtor, office, relay):
    total = debtor.owes("PA24")
    office.all_sent()
    relay.is_losing = True
    key = debtor.takes_a_notice()
    office.until(lambda: debtor.charges()[0], lambda known: known == 1, 20)
    assert debtor.stage.step in {"waiting", "offline"}
    first = debtor.link(key)
    relay.is_losing = False
    office.all_sent(60)
    assert debtor.stage.step == "payable"
    assert debtor.link(key) == first
    assert debtor.charges() == (1, total)


def test_without_a_line_the_notice_stands_and_its_link_comes_later(debtor, office, relay):
    total = debtor.owes("PA24")
    office.all_sent()
    relay.stop()
    key = debtor.takes_a_notice()
    (sold,) = debtor.sales
    assert (sold.way, debtor.stage.is_issued, debtor.stage.qr) == ("invoice", True, "")
    debtor.taps("notice_slip", number=sold.receipt_number)
    assert debtor.view.message["what"] == "no_link"
    relay.start()
    office.all_sent(60)
    assert debtor.stage.step == "payable"
    assert debtor.link(key).made_at == sold.sold_at
    assert debtor.charges() == (1, total)


def test_paid_later_the_claim_is_settled_once(debtor, office):
    total = debtor.owes("PA24")
    key = debtor.takes_a_notice()
    office.all_sent()
    assert debtor.pays(key, total).use == "settles"
    assert debtor.pays(key, total).use == "too_much"
    assert debtor.events("claim_paid_online") == 1
    assert debtor.charges() == (1, total)
    (sold,) = debtor.sales
    assert debtor.link(key).receipt_number == sold.receipt_number


def test_a_notice_voided_in_its_shift_is_no_claim_and_its_link_is_taken_back(debtor, office):
    debtor.owes("PA24")
    key = debtor.takes_a_notice()
    (sold,) = debtor.sales
    debtor.taps("void", number=sold.receipt_number, reason="unwanted", key=str(uuid4()))
    office.all_sent()
    assert debtor.rejected == []
    assert debtor.link(key).state(datetime.now(UTC)) == "withdrawn"
    assert debtor.sales[0].state == "voided"


def test_a_notice_that_was_paid_meanwhile_is_not_taken_back(debtor, office):
    total = debtor.owes("PA24")
    key = debtor.takes_a_notice()
    office.all_sent()
    debtor.pays(key, total)
    (sold,) = debtor.sales
    debtor.taps("void", number=sold.receipt_number, reason="unwanted", key=str(uuid4()))
    office.all_sent()
    assert debtor.rejected == ["notice_paid"]
    assert debtor.link(key).state(datetime.now(UTC)) == "paid"


def a_notice(key, **changes):
    """A notice of the office, as its till sends it."""
    at = datetime.now(UTC).isoformat()
    fee = {"product": "PA24", "quantity": 1, "unit_cents": 4600}
    body = {
        "lines": [fee], "amount_cents": 4600, "case_reference": CASE,
        "shift": "2026-11-17-1", "receipt_number": "A01-1-000017", "noticed_at": at,
    } | changes  # fmt: skip
    return {"seq": 1, "key": str(key), "kind": "fee_notice", "at": at, "body": body}


def send(office, notice):
    """The office's till sends it; its outcome."""
    sent = {"items": [notice]}
    answer = office.site.centre.post("/till/items", office.till.token, sent)
    (outcome,) = answer.body["outcomes"]
    return outcome


def test_the_claim_of_an_office_has_the_case_of_its_notice(debtor, office):
    key = uuid4()
    outcome = send(office, a_notice(key))
    link = debtor.link(key)
    assert (outcome["state"], outcome["data"]["reference"]) == ("taken", link.reference)
    assert (link.case_reference, link.facility, link.till) == (CASE, "A01", "A01-1")
    assert debtor.charges() == (1, 4600)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_cents": 4700}, "pay_link_amount"),
        ({"lines": [{"product": "PA24", "quantity": 1, "unit_cents": 1}]}, "price_changed"),
    ],
)
def test_a_notice_of_another_sum_is_for_people_to_look_at(debtor, office, changes, code):
    key = uuid4()
    outcome = send(office, a_notice(key, **changes))
    assert (outcome["state"], outcome["code"]) == ("refused", code)
    assert debtor.link(key) is None
    assert debtor.charges()[0] == 0
