"""A till whose device was revoked: it goes on selling, and is connected again at its own page."""

from datetime import UTC, datetime

from config.site import create_site_app
from ledger.charges import find_charge
from terminals.devices import revoke_device
from terminals.enrolment import make_code
from terminals.till.counter import Counter as RegisterCounter
from terminals.till.enrolled import find_till
from tests.terminals.till.conftest import ADMINISTRATOR


def test_a_revoked_till_is_connected_again_and_goes_on_counting(counter, centre):
    sales = [sold_in_cash(counter)]
    counter.all_sent()
    with centre.database.transaction() as session:
        revoke_device(session, "B01-1")
    sales.append(sold_in_cash(counter))
    counter.site.nudge("B01-1")
    counter.until(lambda: till_of(counter).revoked_at, lambda at: at is not None)
    connect_again(counter, centre)
    sales.append(sold_in_cash(counter))
    counter.all_sent()
    assert [sold.number for sold in sales] == [1, 2, 3]
    with centre.database.read_only() as session:
        assert all(find_charge(session, sold.key) for sold in sales)


def connect_again(counter, centre):
    """In a browser that is no till yet, by the way its page shows."""
    with centre.database.transaction() as session:
        code = make_code(session, ADMINISTRATOR, "B01-1", at=datetime.now(UTC)).code
    browser = create_site_app(RegisterCounter(counter.site)).test_client()
    assert "/kasse/do/connect_another" in browser.get("/kasse/").text
    browser.post("/kasse/do/connect_another")
    assert "/kasse/do/enrol" in browser.get("/kasse/").text
    browser.post("/kasse/do/enrol", data={"code": code})
    browser.post("/kasse/do/confirm_till", data={"till": "B01-1"})
    assert till_of(counter).revoked_at is None


def sold_in_cash(counter):
    counter.fill("POOL-AD")
    sold = counter.pay_in_cash(5000)
    counter.site.nudge("B01-1")
    return sold


def till_of(counter):
    with counter.site.journal.read() as connection:
        return find_till(connection, "B01-1")
