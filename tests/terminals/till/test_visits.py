"""A pass at the till: scanned at any time, beside whatever basket stands there, once per scan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from config.signing import guest_keys
from ledger.charges import find_charge
from terminals.qr.tokens import phone_code, sign
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.errors import TillRefusal
from terminals.till.outbox import count_waiting, rejected
from terminals.till.sales import find_sale, last_sales
from terminals.till.shifts import close_shift, current_shift
from terminals.till.visits import take_back, undo_until
from tests.terminals.till.conftest import FLOAT


@pytest.fixture
def gate(far, centre):
    """A register where a pass of ten visits was sold; how to scan it."""
    far.fill("POOL-10A")
    far.pay_in_cash(4500)
    far.all_sent()
    with centre.database.read_only() as session:
        code = session.scalar(text("SELECT code FROM sold_pass"))
    register = Register(far.site)
    with far.site.journal.write() as connection:
        browser = bind_browser(connection, "B01-1", datetime.now(UTC))
        change_till(connection, "B01-1", person="S-0001")

    def scan(said=None):
        now = datetime.now(UTC)
        shown = sign(phone_code("pass", code, now=now), guest_keys().signing, now=now)
        register.act(browser, "scan", {"text": said or shown})
        with far.site.journal.read() as connection:
            return view_of(connection, "B01-1")

    def undo():
        """Tap "Besuch zurücknehmen"; what stands beside the basket then."""
        register.act(browser, "visit_undo", {})
        return shown()

    def shown():
        return register.page(browser).basket.visit

    scan.undo, scan.shown = undo, shown
    return scan


def test_a_pass_lets_in_and_says_what_is_left(gate, far, centre):
    visit = gate().visit
    assert (visit["admitted"], visit["visits_left"]) == (1, 9)
    far.all_sent()
    with far.site.journal.read() as connection:
        newest = last_sales(connection, "B01-1")[0]
        assert rejected(connection, "B01-1") == []
    with centre.database.read_only() as session:
        assert find_charge(session, newest.key) is not None
        assert session.scalar(text("SELECT count(*) FROM pass_visit")) == 1
    assert (newest.total_cents, newest.lines[0].kind) == (0, "visit")


def test_a_visit_leaves_the_basket_on_the_counter_alone(gate, far):
    total = far.fill("POOL-AD", "POOL-RED")
    gate()
    assert far.fill() == total
    assert far.pay_in_cash(800).total_cents == 800


def test_after_the_last_visit_nobody_is_let_in(gate, far, centre):
    for _ in range(10):
        gate()
        far.all_sent()
    assert gate().visit["refused"] in {"empty", "used"}
    with centre.database.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM pass_visit")) == 10


def test_a_code_of_nobody_lets_nobody_in(gate, far):
    view = gate("4006381333931")
    assert (view.message["what"], view.sound) == ("unknown_code", "scan_refused")
    with far.site.journal.read() as connection:
        assert len(last_sales(connection, "B01-1")) == 1


def test_without_a_shift_a_pass_is_refused_in_words(gate, far):
    with far.site.journal.write() as connection:
        close_shift(
            connection, current_shift(connection, "B01-1"), counts=[FLOAT], reason="change",
            person="S-0001", next_person=None, now=datetime.now(UTC),
        )  # fmt: skip
    assert gate().message["what"] == "shift_missing"


def test_at_a_locked_register_nothing_is_scanned(gate, far):
    with far.site.journal.write() as connection:
        change_till(connection, "B01-1", is_locked=True)
    assert gate().visit is None


def test_the_key_of_a_visit_is_never_used_before(gate, far):
    gate()
    gate()
    with far.site.journal.read() as connection:
        keys = [sold.key for sold in last_sales(connection, "B01-1")]
    assert len(set(keys)) == 3
    assert uuid4() not in keys


def visits_of(centre):
    """How many visits the centre counts, and how many of them were taken back."""
    with centre.database.read_only() as session:
        counted = "SELECT (SELECT count(*) FROM pass_visit),"
        taken_back = " (SELECT count(*) FROM pass_visit_taken_back)"
        return tuple(session.execute(text(counted + taken_back)).one())


def test_a_visit_by_mistake_is_taken_back_once(gate, far, centre):
    gate()
    assert gate.shown().undo_until is not None
    gate.undo()
    gate.undo()
    far.all_sent()
    shown = gate.shown()
    assert (shown.undo, shown.undo_until) == ("done", None)
    assert visits_of(centre) == (1, 1)
    with far.site.journal.read() as connection:
        assert last_sales(connection, "B01-1")[0].state == "voided"
        assert rejected(connection, "B01-1") == []
    assert gate().visit["visits_left"] == 9


def test_a_lost_answer_takes_a_visit_back_once(gate, far, centre, relay):
    gate()
    far.all_sent()
    relay.is_losing = True
    assert gate.undo().undo == "asked"
    far.until(lambda: visits_of(centre), lambda found: found == (1, 1), 20)
    relay.is_losing = False
    far.all_sent(60)
    assert gate.shown().undo == "done"
    assert visits_of(centre) == (1, 1)


def test_without_a_line_no_visit_is_taken_back(gate, far, relay):
    gate()
    far.all_sent()
    relay.stop()
    gate()
    far.until(lambda: far.site.line("B01-1").silent_since, lambda since: since is not None, 20)
    assert gate.shown().undo_until is None
    gate.undo()
    with far.site.journal.read() as connection:
        assert {sold.state for sold in last_sales(connection, "B01-1")} == {"paid"}


def test_only_the_newest_visit_of_a_pass_is_taken_back(gate, far, centre):
    gate()
    far.all_sent()
    with far.site.journal.read() as connection:
        first = last_sales(connection, "B01-1")[0]
    gate()
    far.all_sent()
    with far.site.journal.write("B01-1") as connection:
        take_back(connection, far.desk(), first)
    far.all_sent()
    with far.site.journal.write("B01-1") as connection:
        take_back(connection, far.desk(), find_sale(connection, first.key))
        assert count_waiting(connection, "B01-1") == 0
        (refused,) = rejected(connection, "B01-1")
        assert find_sale(connection, first.key).state == "paid"
    assert refused.outcome["code"] == "visit_not_newest"
    assert visits_of(centre) == (2, 0)


def test_a_visit_is_not_taken_back_after_a_quarter_of_an_hour(gate, far):
    gate()
    with far.site.journal.write("B01-1") as connection:
        sold = last_sales(connection, "B01-1")[0]
        late = replace(far.desk(), now=undo_until(sold) + timedelta(seconds=1))
        with pytest.raises(TillRefusal, match="visit_too_late"):
            take_back(connection, late, sold)
