"""Giving tickets back, paying twice, and what is forgotten: money goes where it came from, once."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text, update

from ledger.balances import balance
from terminals.checkout.payments import Payment, Wanted, begin, payments_of, settle
from terminals.checkout.purposes import load
from terminals.checkout.queries import story_of
from terminals.checkout.refunds import refunds_of
from terminals.gate.blocking import block_tickets
from terminals.gate.orders import forget_emails
from terminals.gate.tables import ticket_order
from tests.scanning import read_drawing
from tests.terminals.gate.house import ask, gates
from tests.terminals.gate.shop import Shop, session_of


def give_back(shop: Shop, path: str, code: str) -> Any:
    page = shop.browser.get(path).text
    key = re.findall(r'name="key" value="([^"]+)"', page)
    sent = key[-1] if key else "6f1b6c1e-6d5e-4b0a-9d8c-2f0e5f0a1b2c"
    return shop.browser.post(f"{path}/zurueckgeben", data={"key": sent, "ticket": code})


def cents(shop: Shop, account: str) -> int:
    with shop.database.read_only() as session:
        return balance(session, account).debit_balance_cents


def test_an_address_is_forgotten_two_weeks_after_the_last_ticket_is_over(shop: Shop) -> None:
    path, left = shop.buy("B01", POOL_AD=1, POOL_10A=1), shop.choose("B01", POOL_AD=1)
    shop.browser.get(path)
    paid, unpaid = shop.order(path).id, shop.latest_order().id
    assert left.status_code == 303
    assert paid != unpaid
    with shop.database.transaction() as session:
        session.execute(update(ticket_order).values(email="oma@example.org"))
    now, last = datetime.now(UTC), shop.tickets(path)[0].valid_until

    def forget(at: datetime) -> list[UUID]:
        with shop.database.transaction() as session:
            forget_emails(session, at=at)
            known = select(ticket_order.c.id).where(ticket_order.c.email.is_not(None))
            return list(session.scalars(known))

    assert set(forget(now + timedelta(days=13))) == {paid, unpaid}
    assert forget(now + timedelta(days=15)) == [paid]
    end = datetime.combine(last, time(12), UTC)
    assert forget(end + timedelta(days=14)) == [paid]
    assert forget(end + timedelta(days=15)) == []


def test_an_unused_ticket_goes_back_with_its_tax_to_the_cent(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=3)
    shop.browser.get(path)
    for one in shop.tickets(path):
        answer = give_back(shop, path, one.code)
        assert answer.status_code == 303, answer.text
    assert "Zurückgegeben" in shop.browser.get(path).text
    assert cents(shop, "441100") == cents(shop, "372007") == 0
    assert cents(shop, "371300") == -1500
    with shop.database.read_only() as session:
        booked = session.scalar(text("SELECT sum(amount_cents) FROM online_refund"))
    assert booked == 1500


def test_a_used_ticket_and_an_old_one_do_not_go_back(shop: Shop) -> None:
    gates(shop.database)
    path = shop.buy("B01", POOL_AD=2)
    code = read_drawing(shop.browser.get(path).text).text
    ask(shop.database, code, at=datetime.now(UTC))
    used, unused = shop.tickets(path)
    assert give_back(shop, path, used.code).status_code == 422
    shop.later = timedelta(days=15)
    assert give_back(shop, path, unused.code).status_code == 422
    assert cents(shop, "371300") == 0


def test_a_supplement_goes_back_until_somebody_was_let_in(shop: Shop) -> None:
    gates(shop.database)
    first, second = (shop.buy("B01", POOL_AD=1, POOL_SAUNA=1) for _ in range(2))
    for path in (first, second):
        code = read_drawing(shop.browser.get(path).text).text
        sauna = next(one for one in shop.tickets(path) if one.product == "POOL-SAUNA")
        if path == second:
            ask(shop.database, code, at=datetime.now(UTC))
        assert give_back(shop, path, sauna.code).status_code == (303 if path == first else 422)
    assert "zurueckgeben" not in shop.browser.get(f"{second}?n=2").text


def test_a_ticket_of_somebody_else_does_not_go_back_here(shop: Shop) -> None:
    mine, theirs = shop.buy("B01", POOL_AD=1), shop.buy("B01", POOL_AD=1)
    shop.browser.get(mine)
    shop.browser.get(theirs)
    (other,) = shop.tickets(theirs)
    assert give_back(shop, mine, other.code).status_code == 422
    assert shop.tickets(theirs)[0].ended is None


def test_an_unused_pass_goes_back_whole(shop: Shop) -> None:
    path = shop.buy("B01", POOL_10R=1)
    page = shop.browser.get(path).text
    code = re.search(r"P-\d{6}", page)
    assert code is not None
    assert give_back(shop, path, code[0]).status_code == 303
    assert cents(shop, "371300") == -2700
    assert "Zurückgegeben" in shop.browser.get(path).text


def test_a_second_payment_for_the_same_tickets_waits_apart(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=1)
    shop.browser.get(path)
    order: UUID = shop.order(path).id
    with shop.database.read_only() as session:
        paid: Payment = payments_of(session, "tickets", str(order))[0]
    with shop.database.transaction() as session:
        load()["tickets"].received(session, paid, at=datetime.now(UTC))
    assert len(shop.tickets(path)) == 1
    assert cents(shop, "371100") == -500


def pay_again(shop: Shop, order: Any) -> Payment:
    """Pay the same order once more, on a page of its own; what is known of that payment then."""
    wanted = Wanted("tickets", str(order.id), order.total_cents, "Tickets", "de", "/", "/",
                    ways=("card", "sepa_debit"))  # fmt: skip
    ours = shop.app.extensions["provider"]
    again = begin(shop.database, ours, wanted, key=uuid4(), origin="https://kasse.example",
                  at=datetime.now(UTC))  # fmt: skip
    assert again.page is not None
    shop.stripe.online.pay(session_of(again.page), "visa")
    return settle(shop.database, ours, again.id, at=datetime.now(UTC))


def test_a_second_payment_that_goes_back_leaves_tickets_and_books_as_they_were(
    shop: Shop,
) -> None:
    path = shop.buy("B01", POOL_AD=1)
    shop.browser.get(path)
    again = pay_again(shop, shop.order(path))
    assert cents(shop, "371100") == -500
    shop.stripe.online.refund_elsewhere(again.intent or "")
    settle(shop.database, shop.app.extensions["provider"], again.id, at=datetime.now(UTC))
    (ticket,) = shop.tickets(path)
    assert ticket.ended is None
    assert cents(shop, "371100") == cents(shop, "171200") == 0
    with shop.database.read_only() as session:
        assert story_of(session, again.id).unclear_cents == 0


def test_a_ticket_goes_back_to_the_payment_that_bought_it(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=1)
    shop.browser.get(path)
    with shop.database.read_only() as session:
        (first,) = payments_of(session, "tickets", str(shop.order(path).id))
    pay_again(shop, shop.order(path))
    assert give_back(shop, path, shop.tickets(path)[0].code).status_code == 303
    with shop.database.read_only() as session:
        assert [one.amount_cents for one in refunds_of(session, first.id)] == [500]


def test_blocked_tickets_open_no_gate(shop: Shop) -> None:
    gates(shop.database)
    path = shop.buy("B01", POOL_AD=1, POOL_10A=1)
    code = read_drawing(shop.browser.get(path).text).text
    with shop.database.transaction() as session:
        order = shop.order(path)
        assert block_tickets(session, order.id, key=order.id, at=datetime.now(UTC)) == 2
    assert ask(shop.database, code, at=datetime.now(UTC)).reason == "returned"
    assert "Gesperrt" in shop.browser.get(path).text
