"""A fee that was paid by its link goes back, whole or in part, and the payer's page says so."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.baskets import BasketLine
from ledger.pay_links import Link
from terminals.checkout.errors import RefundNotPossible
from terminals.checkout.payments import Payment, give_back, payments_of, settle
from terminals.checkout.refunds import ask_provider, release, turn_down
from tests.staff_client import a_person
from tests.terminals.pay_links.links import held
from tests.terminals.pay_links.office import BACK, FEES, ONLINE, Office


def asks_back(office: Office, payment: Payment, cents: int) -> UUID:
    """Finance asks for it and, where a second person has to, they release it."""
    key, at = uuid4(), datetime.now(UTC)
    by, second = (a_person(office.database, "finance").code for _ in range(2))
    with office.database.transaction() as session:
        asked = give_back(session, payment.id, cents, key=key, by=by, reason="Antrag", at=at)
        if asked.state == "waiting":
            release(session, key, by=second, at=at)
    return key


def is_refunded(office: Office, refund: UUID) -> None:
    ours, at = office.api.app.extensions["provider"], datetime.now(UTC)
    settle(office.database, ours, ask_provider(office.database, ours, refund, at=at), at=at)


def a_paid_link(office: Office, **changes: Any) -> tuple[Link, Payment]:
    link = office.a_link(**changes)
    office.goes_to_pay(link)
    (payment,) = office.payments(link)
    office.pays(payment)
    office.comes_back(link, payment)
    return link, payment


def test_a_paid_fee_goes_back_in_parts_and_the_page_says_so(office: Office) -> None:
    link, payment = a_paid_link(office)
    first = asks_back(office, payment, 1000)
    assert (held(office.database, FEES), held(office.database, BACK)) == (-3600, -1000)
    assert "10,00 € gehen zurück" in office.page(link)
    assert "veranlasst" in office.page(link)
    is_refunded(office, first)
    assert (held(office.database, BACK), "auf demselben Weg zurück" in office.page(link)) == (
        0,
        True,
    )
    is_refunded(office, asks_back(office, payment, 3600))
    assert "46,00 € gehen zurück" in office.page(link)
    assert (held(office.database, FEES), held(office.database, BACK)) == (0, 0)
    assert held(office.database, ONLINE) == 0
    receipt = office.page(link).partition('href="/beleg/')[2].partition('"')[0]
    shown = office.phone().get(f"/beleg/{receipt}").text.replace("\u00a0", " ")
    assert ("10,00 €" in shown, "36,00 €" in shown) == (True, True)
    with pytest.raises(RefundNotPossible, match="too_much"):
        asks_back(office, payment, 1)


def test_a_shared_fee_gives_back_both_shares_to_the_cent(office: Office) -> None:
    line = BasketLine("FZ")
    _, payment = a_paid_link(office, lines=(line,))
    for cents in (333, 333, 634):
        asks_back(office, payment, cents)
    assert [held(office.database, code) for code in ("431110", "371200", BACK)] == [0, 0, -1300]


def test_a_fee_refund_that_is_turned_down_or_fails_leaves_what_is_owed(office: Office) -> None:
    link, payment = a_paid_link(office)
    key, at = uuid4(), datetime.now(UTC)
    by, second = (a_person(office.database, "finance").code for _ in range(2))
    with office.database.transaction() as session:
        give_back(session, payment.id, 4600, key=key, by=by, reason="Antrag", at=at)
    assert "gehen zurück" not in office.page(link)  # somebody else has to agree first
    with office.database.transaction() as session:
        turn_down(session, key, by=second, at=at)
    assert (held(office.database, FEES), held(office.database, BACK)) == (-4600, 0)
    refund = asks_back(office, payment, 4600)
    is_refunded(office, refund)
    at_stripe = office.api.app.extensions["provider"].client.v1.refunds.list().data[0].id
    office.stripe.online.fail_refund(at_stripe)
    with office.database.read_only() as session:
        (found,) = (one for one in payments_of(session, "pay_link", str(link.id)))
    settle(office.database, office.api.app.extensions["provider"], found.id, at=datetime.now(UTC))
    assert (held(office.database, FEES), held(office.database, BACK)) == (0, -4600)
    assert "auf einem anderen Weg" in office.page(link)
