"""What the bank did with our orders: booked once, forgotten, ordered again, or a claim."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.database import Database
from ledger.closing_payouts import name_account, payout_arrived, payout_returned, release_again
from ledger.entries import Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.wallets import find_wallet
from reconciliation.exports.refusals import ExportRefused, PaymentOrderRefused
from reconciliation.exports.sepa.orders import release_order
from reconciliation.exports.sepa.outcome import (
    order_of,
    order_paid,
    order_rejected,
    order_returned,
)
from tests.ledger.families import on_wallet as cents_on
from tests.reconciliation.export_books import file_of, rows
from tests.reconciliation.payment_stand import (
    NOW,
    OTHER_IBAN,
    Stand,
    a_collection,
    a_mandate,
    a_payout,
    a_stand,
    an_order,
    ask,
    files,
    held_on,
    let_go,
    on_wallet,
    sent,
    state_of,
    texts,
)

BANK = "181010"


@pytest.fixture
def stand(city: Database) -> Stand:
    return a_stand(city)


def test_a_payout_that_arrived_is_booked_once_and_forgotten(stand: Stand) -> None:
    payout = a_payout(stand, 4260)
    sent(stand, "pain001")
    with stand.database.transaction() as session:
        found = order_of(session, payout.hex)
        assert found is not None
        entry = order_paid(session, payout, bank=BANK, at=NOW)
        assert order_paid(session, payout, bank=BANK, at=NOW) == entry
    assert (held_on(stand, "371300"), held_on(stand, BANK)) == (0, -4260)
    assert rows(stand.database, "SELECT state, iban, holder FROM payment_order") == [
        ("paid", None, None)]  # fmt: skip


def test_a_payout_that_came_back_is_ordered_again_to_another_account(stand: Stand) -> None:
    payout = a_payout(stand, 4260)
    sent(stand, "pain001")
    with stand.database.transaction() as session:
        order_paid(session, payout, bank=BANK, at=NOW)
        entry = order_returned(session, payout, bank=BANK, at=NOW, reason="AC04")
        assert order_returned(session, payout, bank=BANK, at=NOW) == entry
        (wallet, closing) = session.execute(text("SELECT wallet, id FROM wallet_closing")).one()
        name_account(session, wallet, iban=OTHER_IBAN, holder="Erika Beispiel", at=NOW)
        release_again(session, stand.checker, closing, at=NOW)
    assert (held_on(stand, "371300"), held_on(stand, BANK)) == (-4260, 0)
    assert files(stand, "pain001") == [2]
    let_go(stand, "pain001", 2)
    assert texts(file_of(stand.database, "pain001", 2)[1], "IBAN")[1] == OTHER_IBAN


def test_orders_follow_payouts_that_others_booked(stand: Stand) -> None:
    paid, back = a_payout(stand, 100), a_payout(stand, 200)
    sent(stand, "pain001")
    with stand.database.transaction() as session:
        payout_arrived(session, paid, at=NOW)
        payout_returned(session, back, at=NOW)
    with pytest.raises(ExportRefused, match="export_empty"):
        files(stand, "pain001")
    with stand.database.transaction() as session:
        order_returned(session, paid, bank=BANK, at=NOW)
        with pytest.raises(PaymentOrderRefused, match="order_state"):
            order_paid(session, back, bank=BANK, at=NOW)
    assert (state_of(stand, paid), state_of(stand, back)) == ("returned", "returned")


def test_money_sent_back_is_paid_and_can_come_back_itself(stand: Stand) -> None:
    order = ask(stand, an_order(stand, 1500))
    with stand.database.transaction() as session:
        release_order(session, stand.checker, order.id, at=NOW)
    sent(stand, "pain001")
    with stand.database.transaction() as session:
        order_paid(session, order.id, bank="181000", at=NOW)
    assert (held_on(stand, "371300"), held_on(stand, "181000")) == (0, 0)
    with stand.database.transaction() as session:
        order_returned(session, order.id, bank="181000", at=NOW)
    assert (held_on(stand, "371300"), held_on(stand, "181000")) == (-1500, 1500)


def test_a_collection_settles_and_is_returned_with_its_cost(stand: Stand) -> None:
    mandate = a_mandate(stand)
    order = a_collection(stand, mandate, 3000)
    sent(stand, "pain008")
    with stand.database.transaction() as session:
        order_paid(session, order.id, bank=BANK, at=NOW)
    assert (held_on(stand, "184300"), held_on(stand, BANK)) == (0, 3000)
    with stand.database.transaction() as session:
        order_returned(session, order.id, bank=BANK, at=NOW, cost_cents=350, reason="MD06")
        assert cents_on(session, mandate.wallet) == 0
    assert (held_on(stand, BANK), held_on(stand, "543110")) == (-350, 350)
    ended = rows(stand.database, "SELECT ended_at IS NOT NULL, iban FROM mandate")
    assert ended == [(True, None)]


def test_a_returned_collection_that_was_spent_is_a_claim(stand: Stand) -> None:
    mandate = a_mandate(stand)
    order = a_collection(stand, mandate, 3000)
    sent(stand, "pain008")
    with stand.database.transaction() as session:
        order_paid(session, order.id, bank=BANK, at=NOW)
        _spend(session, mandate.wallet, 2000)
        order_returned(session, order.id, bank=BANK, at=NOW, reason="MS03")
    assert held_on(stand, "171200") == 3000
    assert on_wallet(stand, mandate.wallet) == 1000
    assert rows(stand.database, "SELECT ended_at FROM mandate") == [(None,)]


def test_a_payment_the_bank_rejects_moves_nothing_and_is_open_again(stand: Stand) -> None:
    mandate = a_mandate(stand)
    payout, collection = a_payout(stand, 4260), a_collection(stand, mandate, 3000)
    sent(stand, "pain001")
    sent(stand, "pain008")
    for _ in range(2):
        with stand.database.transaction() as session:
            order_rejected(session, payout, at=NOW, reason="AC04")
            order_rejected(session, collection.id, at=NOW, reason="AC04")
    assert held_on(stand, "371300") == -4260
    assert (held_on(stand, "184300"), held_on(stand, "171200")) == (0, 3000)
    assert rows(stand.database, "SELECT state FROM closing_payout") == [("came_back",)]


@pytest.mark.parametrize("deed", [order_paid, order_returned])
def test_nothing_is_booked_for_an_order_that_was_never_sent(stand: Stand, deed: object) -> None:
    order = a_collection(stand, a_mandate(stand))
    refused = pytest.raises(PaymentOrderRefused, match="order_state")
    with stand.database.transaction() as session, refused:
        deed(session, order.id, bank=BANK, at=NOW)  # type: ignore[operator]


def _spend(session: Session, wallet: str, cents: int) -> None:
    found = find_wallet(session, wallet)
    assert found is not None
    moved = Transfer(found.account, "441300", Money(cents))
    post(session, [Entry(uuid4(), "meal", NOW.date(), (moved,))])
