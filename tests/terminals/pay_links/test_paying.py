"""Paying a link through the provider: one page at a time, booked once, and nothing lost."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.baskets import BasketLine
from terminals.checkout.payments import settle
from terminals.checkout.refunds import refunds_of, release
from tests.staff_client import a_person
from tests.terminals.pay_links.links import CARD, do, held
from tests.terminals.pay_links.office import BACK, FEES, LINKS, ONLINE, UNCLEAR, Office


def test_a_fee_is_paid_and_its_receipt_is_there(office: Office) -> None:
    link = office.a_link()
    answer = office.goes_to_pay(link)
    (payment,) = office.payments(link)
    assert (answer.status_code, answer.location) == (303, payment.page)
    back = office.pays(payment)
    assert back == f"https://kasse.example/zahlen/{link.token}/vorgang/{payment.id}"
    assert office.comes_back(link, payment).location == f"/zahlen/{link.token}"
    page = office.page(link)
    assert "Schon bezahlt" in page
    assert "/beleg/" in page
    assert (held(office.database, ONLINE) > 0, held(office.database, FEES)) == (True, -4600)


@pytest.mark.parametrize("by", ["bank", "hand"])
def test_a_payment_that_was_taken_back_is_no_longer_called_paid(office: Office, by: str) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)
    office.comes_back(link, payment)
    (payment,) = office.payments(link)
    if by == "bank":
        dispute = office.stripe.online.dispute(payment.intent or "")
        office.stripe.online.end_dispute(dispute, is_won=False)
    else:
        office.stripe.online.refund_elsewhere(payment.intent or "")
    ours = office.api.app.extensions["provider"]
    settle(office.database, ours, payment.id, at=datetime.now(UTC))
    page = office.page(link)
    assert "Die Zahlung wurde zurückgebucht" in page
    assert "Schon bezahlt" not in page


def test_two_tabs_share_one_page(office: Office) -> None:
    link = office.a_link()
    first, second = office.goes_to_pay(link), office.goes_to_pay(link)
    assert first.location == second.location
    assert len(office.payments(link)) == 1
    assert "Diese Zahlung wurde gerade begonnen" in office.page(link)


def test_who_turns_back_has_paid_nothing_and_may_pay_again(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    page = office.phone().get(f"/zahlen/{link.token}?abgebrochen=1").text
    assert "Es wurde nichts abgebucht" in page
    assert "/bezahlen" in page


def test_coming_back_without_having_paid_is_looked_at_and_ends(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    answer = office.comes_back(link, payment)
    assert (answer.status_code, "Wird geprüft" in answer.text) == (200, True)
    assert "?n=11" in answer.text
    last = office.phone().get(f"/zahlen/{link.token}/vorgang/{payment.id}?n=0")
    assert "hx-get" not in last.text
    assert "http-equiv" not in last.text


def test_the_status_can_be_asked_for_by_whoever_looks(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)  # and the browser is closed
    assert office.phone().post(f"/zahlen/{link.token}/stand").status_code == 303
    assert "Schon bezahlt" in office.page(link)


def test_after_a_changed_amount_the_old_page_is_closed(office: Office) -> None:
    link = office.a_link(lines=(BasketLine("PA24", 2),))
    office.goes_to_pay(link)
    change = {"lines": [{"product": "PA24"}], "reason": "Nur ein Ausweis"}
    assert office.api.finance.post(f"{LINKS}/{link.id}/changes", change).status_code == 201
    (old,) = office.payments(link)
    assert old.state == "cancelled"
    office.goes_to_pay(link)
    new = office.payments(link)[-1]
    assert new.amount_cents == 4600
    office.pays(new)
    office.comes_back(link, new)
    assert held(office.database, FEES) == -4600


def test_what_was_paid_on_the_old_page_is_kept_as_far_as_needed(office: Office) -> None:
    link = office.a_link(lines=(BasketLine("PA24", 2),))
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)  # 92 euros, while the office is about to lower it
    change = {"lines": [{"product": "PA24"}], "reason": "Nur ein Ausweis"}
    answer = office.api.finance.post(f"{LINKS}/{link.id}/changes", change).json
    assert (answer["state"], answer["back_cents"]) == ("paid", 4600)
    assert (held(office.database, FEES), held(office.database, BACK)) == (-4600, -4600)
    assert "46,00 € gehen zurück" in office.page(link)


def test_who_paid_at_the_counter_gets_an_online_payment_back(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays_at_the_counter(CARD.product)
    assert "am Schalter" in office.page(link)
    office.pays(payment)
    office.comes_back(link, payment)
    with office.database.read_only() as session:
        (refund,) = refunds_of(session, payment.id)
    assert (refund.amount_cents, refund.state, refund.source) == (4600, "waiting", "unclear")
    second = a_person(office.database, "finance_approver")
    do(office.database, lambda session: release(
        session, refund.id, by=second.code, at=datetime.now(UTC)))  # fmt: skip
    assert (held(office.database, FEES), held(office.database, UNCLEAR)) == (-4600, 0)
    assert held(office.database, BACK) == -4600


def test_a_small_amount_too_much_goes_back_by_rule(office: Office) -> None:
    link = office.a_link(lines=(BasketLine("MB"),))
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays_at_the_counter("MB")
    office.pays(payment)
    office.comes_back(link, payment)
    with office.database.read_only() as session:
        (refund,) = refunds_of(session, payment.id)
    assert (refund.amount_cents, refund.state) == (900, "asked")


def test_a_debit_on_its_way_is_not_paid_a_second_time(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment, "sepa")
    assert office.comes_back(link, payment).status_code == 303
    page = office.page(link)
    assert "Ihre Lastschrift ist unterwegs" in page
    assert "/bezahlen" not in page
    assert office.goes_to_pay(link).location == f"/zahlen/{link.token}"
    assert len(office.payments(link)) == 1


def test_a_withdrawn_link_closes_its_page_first(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)
    gone = office.api.finance.post(f"{LINKS}/{link.id}/withdrawal", {"reason": "Irrtum"})
    assert gone.json["state"] == "paid"  # it was, a moment before
    other = office.a_link()
    office.goes_to_pay(other)
    office.api.finance.post(f"{LINKS}/{other.id}/withdrawal", {"reason": "Irrtum"})
    assert office.payments(other)[0].state == "cancelled"
    assert office.goes_to_pay(other).status_code == 404


def test_a_link_that_ended_begins_no_payment(office: Office) -> None:
    link = office.a_link(expires_at=datetime.now(UTC) + timedelta(seconds=1))
    office.api.app.extensions["clock"] = lambda: datetime.now(UTC) + timedelta(minutes=1)
    assert office.goes_to_pay(link).location == f"/zahlen/{link.token}"
    assert office.payments(link) == []


def test_when_the_provider_is_down_other_ways_are_shown(office: Office) -> None:
    link = office.a_link()
    office.stripe.fault("unreachable", "checkout_sessions.create", times=10)
    answer = office.goes_to_pay(link)
    assert answer.status_code == 503
    assert "Es wurde nichts abgebucht" in answer.text
    assert "/ueberweisung" in answer.text


def test_the_api_asks_the_provider_before_it_answers(office: Office) -> None:
    link = office.a_link()
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)
    found = office.api.finance.get(f"{LINKS}/{link.id}").json
    assert (found["state"], found["paid_how"], found["due_cents"]) == ("paid", "online", 0)
