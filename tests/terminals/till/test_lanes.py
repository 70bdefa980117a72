"""One terminal at a time: what is unknown is asked for again, after a restart too, or said."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from terminals.adapters import NotSettled, Unknown
from terminals.till import attempts, payments, take_backs
from terminals.till.attempts import open_attempts
from terminals.till.baskets import current_basket, find_basket, start_basket
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.errors import TillRefusal
from terminals.till.sales import find_sale, last_sales
from tests.terminals.till.conftest import Counter

REPEATS = 4  # so often in a row a terminal that cannot say is asked at most


def test_an_unknown_payment_is_asked_for_after_a_restart(counter, terminal, centre, start_site):
    counter.fill("POOL-AD")
    terminal.next("drop_after_ack")
    key = counter.pay_by_card()
    assert counter.ends(key).state == "unknown"
    counter.site.stop()
    assert terminal.settled()
    again = Counter(start_site(centre, terminal), counter.till, counter.person)
    assert again.until(lambda: again.attempt(key), decided).state == "approved"
    assert len(terminal.ledger) == 1
    assert sale_of(again, key).total_cents == 500


def test_what_never_left_the_till_is_no_payment(counter, terminal, centre, start_site):
    counter.fill("POOL-AD")
    counter.site.lane("B01-1").stop()
    key = uuid4()
    with counter.site.journal.write() as connection:
        begin(counter, connection, key)
    counter.site.stop()
    again = Counter(start_site(centre, terminal), counter.till, counter.person)
    assert again.until(lambda: again.attempt(key), decided).state == "aborted"
    assert (terminal.ledger, basket(again).state) == ((), "open")


def test_a_cancel_before_its_turn_is_no_payment(counter, terminal):
    counter.fill("POOL-AD")
    key = uuid4()
    with counter.site.journal.write() as connection:
        begin(counter, connection, key)
        attempts.mark(connection, key, cancelled_at=datetime.now(UTC))
    counter.site.lane("B01-1").perform(key)
    ended = counter.ends(key)
    assert (ended.state, ended.reason, terminal.ledger) == ("aborted", "cashier", ())


def test_the_same_order_twice_in_a_lane_is_carried_out_once(counter, terminal):
    counter.fill("POOL-AD")
    key, lane = counter.pay_by_card(), counter.site.lane("B01-1")
    lane.perform(key)
    assert counter.ends(key).state == "approved"
    lane.resolve(key)
    asked_last(counter)
    assert len(terminal.ledger) == 1
    assert len(sales(counter)) == 1


def test_a_terminal_that_is_not_there_at_the_start_is_asked_when_it_is(counter, terminal):
    counter.fill("POOL-AD")
    terminal.cut("received", 0, command="0600")
    key = counter.pay_by_card()
    ended = counter.ends(key)
    terminal.heal()
    if ended.state == "unknown":
        counter.check(key)
    assert counter.attempt(key).state in {"aborted", "declined", "approved"}
    assert len(sales(counter)) == len(terminal.ledger)


def test_what_a_person_saw_frees_the_terminal(counter, terminal):
    key = unclear(counter, terminal)
    with pytest.raises(TillRefusal, match="basket_locked"):
        counter.pay_by_card()
    state(counter, key, "paid")
    assert sale_of(counter, key).way == "girocard"
    counter.fill("POOL-RED")
    assert counter.ends(counter.pay_by_card()).state == "approved"


def test_not_paid_gives_the_basket_back_under_another_name(counter, terminal):
    key = unclear(counter, terminal)
    before = counter.attempt(key).basket
    state(counter, key, "not_paid")
    on = basket(counter)
    assert (on.state, on.total_cents, on.id != before) == ("open", 500, True)
    assert counter.ends(counter.pay_by_card()).state == "approved"


def test_not_paid_of_a_parked_basket_leaves_the_next_guests_alone(counter, terminal):
    key = unclear(counter, terminal)
    with counter.site.journal.write() as connection:
        payments.park(connection, current_basket(connection, "B01-1"), datetime.now(UTC))
    counter.fill("POOL-RED")
    new = uuid4()
    state(counter, key, "not_paid", new)
    assert basket(counter).total_cents == 300
    with counter.site.journal.read() as connection:
        assert find_basket(connection, new).state == "parked"


def test_a_statement_that_the_terminal_proves_is_one_sale(counter, terminal):
    key = unclear(counter, terminal)
    state(counter, key, "paid")
    before = sales(counter)
    counter.site.decide(counter.attempt(key), proof(counter, key))
    assert counter.attempt(key).state == "approved"
    assert sales(counter) == before


def test_a_payment_somebody_believed_lost_is_still_booked(counter, terminal):
    key = unclear(counter, terminal)
    state(counter, key, "not_paid")
    counter.site.decide(counter.attempt(key), proof(counter, key))
    assert sale_of(counter, key).total_cents == 500
    assert basket(counter).state == "open"


def test_a_parked_basket_that_was_paid_is_sold_and_one_that_was_not_can_be_resumed(
    counter, terminal
):
    for scenario, expected in (("drop_after_ack", "paid"), ("drop_before_status", "parked")):
        counter.fill("POOL-AD")
        terminal.next(scenario)
        key = counter.pay_by_card()
        counter.ends(key)
        held = counter.attempt(key).basket
        with counter.site.journal.write() as connection:
            payments.park(connection, find_basket(connection, held), datetime.now(UTC))
        assert terminal.settled()
        while counter.attempt(key).state == "unknown":
            counter.check(key)
        with counter.site.journal.read() as connection:
            paid = counter.attempt(key).state == "approved"
            assert find_basket(connection, held).state == ("paid" if paid else "parked"), expected


def test_a_reversal_that_ends_unknown_is_found_out(counter, terminal):
    counter.fill("POOL-AD")
    sold = sale_of(counter, counter.ends(counter.pay_by_card()).id)
    terminal.next("drop_after_ack")
    with counter.site.journal.write() as connection:
        begun = payments.void(
            connection, counter.desk(), sold, key=uuid4(), reason="twice", adapter="zvt"
        )
    counter.site.lane("B01-1").perform(begun.id)
    assert counter.ends(begun.id).state == "unknown"
    assert sale_of(counter, sold.key).state == "voiding"
    assert terminal.settled()
    while counter.attempt(begun.id).state == "unknown":
        counter.check(begun.id)
    assert counter.attempt(begun.id).state == "approved"
    with counter.site.journal.read() as connection:
        assert take_backs.on_its_way(connection, sold.key) is None
        assert find_sale(connection, sold.key).state == "voided"
    counter.all_sent()


def test_no_end_of_day_while_a_payment_has_no_end(counter, terminal):
    unclear(counter, terminal)
    lane = counter.site.lane("B01-1")
    lane.settle()
    settled = counter.until(lambda: lane.live.settled, lambda found: found is not None)
    assert isinstance(settled, NotSettled)
    assert terminal.settlements == ()


def test_another_tills_parked_basket_is_not_resumed_here(counter):
    register, browser = Register(counter.site), None
    with counter.site.journal.write() as connection:
        browser = bind_browser(connection, "B01-1", datetime.now(UTC))
        change_till(connection, "B01-1", person="S-0002")
        strange = start_basket(
            connection, till="B01-1", shift="x", key=uuid4(), now=datetime.now(UTC), state="dropped"
        )
    register.act(browser, "resume", {"basket": str(strange.id)})
    with counter.site.journal.read() as connection:
        assert view_of(connection, "B01-1").message["what"] == "basket_empty"


def unclear(counter, terminal):
    """A payment of 5.00 whose end the terminal cannot tell; its key."""
    terminal.set(prints="none")
    counter.fill("POOL-AD")
    assert counter.ends(counter.pay_by_card()).state == "approved"
    counter.fill("POOL-AD")
    terminal.next("drop_after_ack")
    for _ in range(REPEATS):
        terminal.next("repeat_empty")
    key = counter.pay_by_card()
    counter.ends(key)
    assert terminal.settled()
    return counter.until(lambda: counter.attempt(key), lambda of: of.reason == "cannot_say").id


def proof(counter, key):
    """What the terminal says once it repeats again."""
    device, order = counter.site.devices["B01-1"].terminal, counter.attempt(key).order
    said = [device.resolve(order, Silent()) for _ in range(REPEATS + 1)]
    assert not isinstance(said[-1], Unknown), said
    return said[-1]


class Silent:
    """A recorder for a look at the terminal that the journal has nothing to do with."""

    def frame(self, direction, data):
        """Nothing."""

    def saw(self, news):
        """Nothing."""

    def claims(self, evidence):
        """Nothing."""


def begin(counter, connection, key):
    payments.pay_by_card(connection, counter.desk(), key=key, terminal="B01-1", adapter="zvt")


def state(counter, key, statement, new=None):
    with counter.site.journal.write("B01-1") as connection:
        of = attempts.find_attempt(connection, key)
        payments.state_what_was_seen(
            connection, counter.desk(), of, statement=statement, new_basket=new or uuid4()
        )
        assert of.id not in {one.id for one in open_attempts(connection, till="B01-1")}


def asked_last(counter):
    """Wait until the lane has nothing left to do."""
    lane = counter.site.lane("B01-1")
    lane.check()
    counter.until(lane._tasks.empty, bool)


def decided(of):
    return of.state not in attempts.OPEN


def sale_of(counter, key):
    with counter.site.journal.read() as connection:
        return find_sale(connection, key)


def sales(counter):
    with counter.site.journal.read() as connection:
        return last_sales(connection, "B01-1")


def basket(counter):
    with counter.site.journal.read() as connection:
        return current_basket(connection, "B01-1")
