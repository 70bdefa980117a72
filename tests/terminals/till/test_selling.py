"""A till sells: by card and in cash, once each, and the centre's books agree."""

from uuid import uuid4

from ledger.balances import trial_balance
from ledger.charges import find_charge


def test_a_card_payment_becomes_a_sale_and_an_entry(counter, terminal, centre):
    counter.fill("POOL-AD", "POOL-AD", "POOL-RED")

    decided = counter.ends(counter.pay_by_card())

    assert decided.state == "approved"
    (taken,) = terminal.ledger
    assert taken.amount_cents == 1300
    counter.all_sent()
    with centre.database.read_only() as session:
        charge = find_charge(session, decided.id)
    assert (charge.total_cents, charge.way, charge.terminal) == (1300, "girocard", "B01-1")
    assert charge.receipt_number == "B01-1-000001"


def test_cash_is_taken_once_for_the_same_tap(counter, centre):
    counter.fill("POOL-AD")
    key = uuid4()

    first, second = counter.pay_in_cash(1000, key), counter.pay_in_cash(1000, key)

    assert first == second
    counter.all_sent()
    with centre.database.read_only() as session:
        assert find_charge(session, key).entry_id is not None
        assert trial_balance(session)


def test_the_same_tap_on_card_asks_the_terminal_once(counter, terminal):
    counter.fill("POOL-AD")
    key = counter.pay_by_card()
    counter.pay_by_card(key)

    assert counter.ends(key).state == "approved"
    assert len(terminal.ledger) == 1
