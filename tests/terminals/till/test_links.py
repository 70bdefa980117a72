"""Paying by pay link at the counter: shown, paid once at the centre, and never charged again."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from terminals.till.outbox import rejected
from tests.terminals.till.guests import Guest


@pytest.fixture
def guest(far, centre):
    return Guest(far, centre)


def test_a_link_is_shown_paid_and_sold_with_a_receipt(guest, far):
    total = far.fill("POOL-AD", "POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    stage = guest.stage
    assert (stage.state, stage.amount_cents, stage.step) == ("link", total, "shown")
    assert stage.address.endswith(guest.link(waiting.id).token)
    assert b"<svg" in guest.register.picture(guest.browser, str(waiting.id))
    assert guest.asks() is True
    guest.pays(waiting.id, total)
    assert guest.asks() is False
    (sold,) = guest.sales
    assert (sold.way, sold.total_cents, sold.key) == ("online", total, waiting.id)
    far.all_sent()
    with far.site.journal.read() as connection:
        assert rejected(connection, "B01-1") == []
    assert guest.link(waiting.id).receipt_number == sold.receipt_number
    assert guest.charges() == (1, total)


def test_the_same_tap_twice_is_one_link(guest, far):
    far.fill("POOL-AD")
    key = uuid4()
    guest.wants_a_link(key)
    guest.wants_a_link(key)
    assert len(guest.open) == 1


def test_without_a_line_no_link_is_made_and_the_basket_is_open(guest, far, centre, relay):
    far.fill("POOL-AD")
    relay.stop()
    guest.wants_a_link()
    assert guest.open == []
    assert guest.basket.state == "open"
    assert guest.view.message["what"] == "link_offline"


def test_a_lost_answer_blocks_the_basket_and_finds_the_same_link(guest, far, relay):
    total = far.fill("POOL-AD")
    relay.is_losing = True
    guest.wants_a_link()
    (waiting,) = guest.open
    assert (waiting.state, guest.basket.state) == ("unknown", "paying")
    relay.is_losing = False
    guest.asks()
    assert guest.link(waiting.id) is not None
    guest.pays(waiting.id, total)
    guest.asks()
    assert [sold.key for sold in guest.sales] == [waiting.id]


def test_taking_the_link_back_opens_the_basket(guest, far):
    far.fill("POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    guest.taps("link_withdraw", link=str(waiting.id))
    assert (guest.open, guest.basket.state) == ([], "open")
    assert guest.link(waiting.id).state(datetime.now(UTC)) == "withdrawn"
    assert guest.sales == []


def test_a_link_that_was_paid_meanwhile_is_paid(guest, far):
    total = far.fill("POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    guest.pays(waiting.id, total)
    guest.taps("link_withdraw", link=str(waiting.id))
    (sold,) = guest.sales
    assert (sold.key, guest.view.said) == (waiting.id, "by_link")
    far.all_sent()
    assert guest.charges() == (1, total)


def test_the_next_guest_is_served_while_one_still_pays(guest, far):
    total = far.fill("POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    guest.taps("park")
    far.fill("POOL-AD")
    far.pay_in_cash(1000)
    guest.pays(waiting.id, total)
    guest.asks()
    assert [sold.way for sold in guest.sales] == ["online", "cash"]


def test_a_sale_by_link_is_given_back_by_finance_alone(guest, far):
    total = far.fill("POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    guest.pays(waiting.id, total)
    guest.asks()
    (sold,) = guest.sales
    guest.taps("void", number=sold.receipt_number, reason="unwanted", key=str(uuid4()))
    assert guest.view.message["what"] == "link_sale"
    assert guest.sales[0].state == "paid"


def test_a_receipt_for_a_link_that_nobody_paid_is_a_conflict(guest, far, centre):
    far.fill("POOL-AD")
    guest.wants_a_link()
    (waiting,) = guest.open
    body = {"link": str(waiting.id), "amount_cents": waiting.amount_cents,
            "receipt_number": "B01-1-000001", "sold_at": datetime.now(UTC).isoformat()}  # fmt: skip
    item = {"seq": 99, "key": str(uuid4()), "kind": "link_sale", "at": body["sold_at"],
            "body": body}  # fmt: skip
    answer = far.site.centre.post("/till/items", far.till.token, {"items": [item]})
    (outcome,) = answer.body["outcomes"]
    assert (outcome["state"], outcome["code"]) == ("refused", "pay_link_unpaid")
