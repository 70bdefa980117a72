"""Telling the centre: in order, once, however often the line breaks; what is refused stays seen."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from terminals import devices
from terminals.till import outbox
from terminals.till import push as sending
from terminals.till.centre import CentreRefused, CentreSilent
from terminals.till.enrolled import find_till
from terminals.till.journal.tables import outbox as outbox_table
from terminals.till.line import Line
from terminals.till.push import PAUSES, Push
from terminals.till.shifts import current_shift
from terminals.till.take_backs import ask_refund, find_take_back
from tests.terminals.till.conftest import a_code


@pytest.fixture
def line():
    return Line(lambda: None)


@pytest.fixture
def push(far, line):
    """A push that the test moves itself; that of the site stands still."""
    far.all_sent()
    far.site.running["B01-1"].push.stop()
    far.site.running["B01-1"].pull.stop()
    return Push(far.site.journal, far.site.centre, "B01-1", line)


def test_items_arrive_in_the_order_they_happened(far, push, centre):
    for _ in range(3):
        far.fill("POOL-AD")
        far.pay_in_cash(500)
    assert push.send_once() is False
    assert received(centre)[-3:] == sent(far)[-3:]
    assert waiting(far) == 0


def test_a_lost_answer_is_asked_for_again_and_nothing_counts_twice(far, push, relay, centre):
    sold = a_sale(far)
    relay.is_losing = True
    with pytest.raises(CentreSilent):
        push.send_once()
    assert (waiting(far), bookings(centre, sold)) == (1, 1)
    relay.is_losing = False
    push.send_once()
    assert (waiting(far), bookings(centre, sold)) == (0, 1)


def test_a_backlog_goes_out_in_order_request_after_request(far, push, centre, monkeypatch):
    monkeypatch.setattr(sending, "MOST_ITEMS", 2)
    for _ in range(7):
        a_sale(far)
    push.send_all()
    assert received(centre)[-7:] == sent(far)[-7:]
    assert waiting(far) == 0


def test_an_answer_lost_amid_a_backlog_loses_no_other_and_counts_nothing_twice(
    far, push, relay, centre, monkeypatch
):
    monkeypatch.setattr(sending, "MOST_ITEMS", 2)
    sold = [a_sale(far) for _ in range(7)]
    asked = far.site.centre.post

    def losing_the_third(*args, **how):
        relay.is_losing = len(received(centre)) - before >= 4
        return asked(*args, **how)

    before = len(received(centre))
    push._centre = SimpleNamespace(post=losing_the_third)
    with pytest.raises(CentreSilent):
        push.send_all()
    assert (waiting(far), len(received(centre)) - before) == (3, 6)
    relay.is_losing, push._centre = False, far.site.centre
    push.send_all()
    assert waiting(far) == 0
    assert [bookings(centre, one) for one in sold] == [1] * 7


def test_a_line_that_is_down_is_known_and_back_again(far, push, relay, line):
    a_sale(far)
    relay.stop()
    with pytest.raises(CentreSilent):
        push.send_once()
    line.failed("down")
    assert line.silent_since is not None
    relay.start()
    push.send_once()
    assert line.silent_since is None
    assert line.back_at is not None


def test_after_every_failure_the_pause_grows_to_half_a_minute(push):
    pauses = []
    for _ in range(8):
        push._failed("down")
        pauses.append(push._pause())
    assert pauses == [*PAUSES, 30, 30]


def test_what_was_waiting_goes_out_as_soon_as_the_site_starts(far, push, start_site, relay):
    a_sale(far)
    far.site.stop()
    again = start_site(relay)
    till = type(far)(again, far.till, far.person)
    till.until(lambda: waiting(till), lambda left: left == 0)


def test_a_refused_item_is_in_both_lists_and_stops_no_other(far, push, centre):
    key = uuid4()
    with far.site.journal.write() as connection:
        body = {"charge": str(uuid4()), "reversed_at": now().isoformat(), "reason": "twice",
                "person": "S-0002"}  # fmt: skip
        outbox.put(connection, "B01-1", "reversal", body, at=now(), key=key)
    sold = a_sale(far)
    push.send_once()
    with far.site.journal.read() as connection:
        (one,) = outbox.rejected(connection, "B01-1")
        assert outbox.state_of(connection, key) == "refused"
    assert (one.item.key, one.outcome["code"]) == (key, "charge_unknown")
    with centre.database.read_only() as session:
        known = session.execute(text("SELECT key, code FROM till_item WHERE state = 'refused'"))
        assert known.all() == [(key, "charge_unknown")]
    assert bookings(centre, sold) == 1


def test_an_item_the_centre_cannot_read_is_kept_on_both_sides(far, push, centre):
    with far.site.journal.write() as connection:
        outbox.put(connection, "B01-1", "cash_drop", {"bag": ""}, at=now())
    push.send_once()
    with far.site.journal.read() as connection:
        assert [one.state for one in outbox.rejected(connection, "B01-1")] == ["invalid"]
    assert waiting(far) == 0


def test_a_refund_the_centre_refuses_is_not_paid_out(far, push):
    sold, key = a_sale(far), uuid4()
    with far.site.journal.write() as connection:
        ask_refund(
            connection, sold, lines=None, shift=current_shift(connection, "B01-1").code, key=key,
            reason="ill", person="S-9999", now=now(),
        )  # fmt: skip
    push.send_once()
    with far.site.journal.read() as connection:
        assert find_take_back(connection, key).state == "refused"


def test_a_revoked_till_sends_nothing_until_it_is_connected_again(far, push, centre):
    with centre.database.transaction() as session:
        devices.revoke_device(session, "B01-1")
    sold = a_sale(far)
    with pytest.raises(CentreRefused):
        push.send_once()
    assert till(far).revoked_at is not None
    assert (push.send_once(), waiting(far), bookings(centre, sold)) == (False, 1, 0)
    far.site.enrol(a_code(centre))
    assert till(far).revoked_at is None
    push.send_once()
    assert (waiting(far), bookings(centre, sold)) == (0, 1)


def test_a_till_connected_again_meanwhile_is_not_taken_for_revoked(far, push):
    push._is_revoked("sk_the_token_of_before")
    assert till(far).revoked_at is None


def a_sale(far):
    far.fill("POOL-AD")
    return far.pay_in_cash(500)


def now():
    return datetime.now(UTC)


def till(far):
    with far.site.journal.read() as connection:
        return find_till(connection, "B01-1")


def waiting(far):
    with far.site.journal.read() as connection:
        return outbox.count_waiting(connection, "B01-1")


def sent(far):
    with far.site.journal.read() as connection:
        found = select(outbox_table.c.key).order_by(outbox_table.c.seq)
        return list(connection.scalars(found))


def received(centre):
    with centre.database.read_only() as session:
        return [UUID(str(key)) for key in session.scalars(text(_RECEIVED))]


def bookings(centre, sold):
    with centre.database.read_only() as session:
        return session.scalar(text("SELECT count(*) FROM charge WHERE key = :key"),
                              {"key": sold.key})  # fmt: skip


_RECEIVED = "SELECT key FROM till_item ORDER BY seq"
