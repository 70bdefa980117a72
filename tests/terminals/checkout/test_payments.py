"""Paying on the provider's page: once, whatever is clicked twice, lost, closed or replaced."""

from datetime import timedelta
from uuid import uuid4

import pytest

from terminals.checkout.errors import KeyReused, ProviderDown
from terminals.checkout.payments import call_off, payments_of
from terminals.simulators.stripe import Simulator
from tests.terminals.checkout.shop import ORIGIN, Shop


def test_money_is_credited_when_the_payer_comes_back(shop: Shop) -> None:
    payment = shop.begin(2500)
    assert (payment.state, payment.credited_at) == ("open", None)
    assert shop.pays(payment) == f"{ORIGIN}/portal/zurueck/{payment.id}"
    paid = shop.settle(payment)
    assert (paid.state, paid.way, paid.page) == ("paid", "card", None)
    assert paid.credited_at is not None
    assert shop.books() == {"184200": 2500, "371000": -2500}
    assert shop.settle(payment) == paid
    assert shop.balance() == 2500


def test_nothing_is_credited_for_coming_back_without_paying(shop: Shop) -> None:
    payment = shop.begin()
    assert shop.settle(payment).state == "open"
    assert shop.books() == {}


def test_the_same_form_finds_the_same_page(shop: Shop) -> None:
    key = uuid4()
    assert shop.begin(key=key) == shop.begin(key=key)
    with pytest.raises(KeyReused):
        shop.begin(1000, key=key)
    assert shop.stripe.calls.count("checkout_sessions.create") == 1


def test_two_tabs_share_one_page_and_two_amounts_do_not(shop: Shop) -> None:
    first, second, other = shop.begin(2500), shop.begin(2500), shop.begin(1000)
    assert (first.page, first.id) == (second.page, second.id)
    assert other.id != first.id


def test_a_page_that_was_paid_is_not_shown_again(shop: Shop) -> None:
    first = shop.begin(2500)
    shop.pays(first)
    shop.settle(first)
    second = shop.begin(2500)
    assert second.id != first.id
    shop.pays(second)
    shop.settle(second)
    assert shop.balance() == 5000
    with shop.database.read_only() as session:
        assert [p.id for p in payments_of(session, "top_up", shop.wallet)] == [second.id, first.id]


def test_a_page_about_to_close_is_not_shown_again(shop: Shop) -> None:
    first = shop.begin()
    shop.late = timedelta(minutes=58)
    assert shop.begin().id != first.id


def test_a_lost_answer_is_asked_for_again(shop: Shop) -> None:
    key = uuid4()
    shop.stripe.fault("answer_lost", "checkout_sessions.create", times=3)
    with pytest.raises(ProviderDown):
        shop.begin(key=key)
    payment = shop.begin(key=key)
    assert payment.state == "open"
    shop.pays(payment)
    shop.settle(payment)
    assert shop.balance() == 2500


def test_what_the_provider_never_heard_of_ends_by_itself(shop: Shop) -> None:
    key = uuid4()
    shop.stripe.fault("unreachable", "checkout_sessions.create", times=3)
    with pytest.raises(ProviderDown):
        shop.begin(key=key)
    shop.late = timedelta(hours=30)
    shop.sweep()
    with shop.database.read_only() as session:
        (payment,) = payments_of(session, "top_up", shop.wallet)
    assert (payment.state, payment.reason) == ("expired", "never_made")


def test_a_page_whose_answer_was_lost_long_ago_is_found_by_our_id(shop: Shop) -> None:
    shop.stripe.fault("answer_lost", "checkout_sessions.create", times=3)
    with pytest.raises(ProviderDown):
        shop.begin()
    shop.late = timedelta(hours=30)
    shop.sweep()
    with shop.database.read_only() as session:
        (payment,) = payments_of(session, "top_up", shop.wallet)
    assert (payment.state, payment.reason) != ("expired", "never_made")


def test_an_expired_page_ends_and_a_new_one_opens(shop: Shop) -> None:
    first = shop.begin()
    shop.wait(hours=1.1)
    assert shop.settle(first).state == "expired"
    assert shop.begin().id != first.id


def test_a_page_is_called_off_unless_it_was_paid_meanwhile(shop: Shop) -> None:
    one, other = shop.begin(1000), shop.begin(2000)
    assert call_off(shop.database, shop.provider, one.id, at=shop.now).state == "cancelled"
    shop.pays(other)
    assert call_off(shop.database, shop.provider, other.id, at=shop.now).state == "paid"
    assert shop.balance() == 2000


def test_a_decline_leaves_the_page_open_and_says_why(shop: Shop) -> None:
    payment = shop.begin()
    shop.pays(payment, "declined")
    told = shop.settle(payment)
    assert (told.state, told.reason is not None) == ("open", True)
    shop.pays(payment, "visa")
    assert (shop.settle(payment).state, shop.settle(payment).reason) == ("paid", None)
    assert shop.balance() == 2500


def test_a_fee_is_booked_once_it_is_known(shop: Shop, stripe: Simulator) -> None:
    payment = shop.begin(5000)
    shop.pays(payment)
    shop.settle(payment)
    assert "543100" not in shop.books()
    stripe.online.settle()
    shop.settle(payment)
    fee = shop.books()["543100"]
    assert fee > 0
    shop.sweep()
    assert shop.books() == {"184200": 5000 - fee, "543100": fee, "371000": -5000}
