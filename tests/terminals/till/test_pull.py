"""Hearing the centre: offers of the days ahead, people, decisions; only what has changed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ledger.approvals import decide
from ledger.calendar import business_day
from ledger.permissions import Caller
from terminals.till import take_backs
from terminals.till.centre import CentreSilent
from terminals.till.enrolled import change_till, find_till
from terminals.till.line import Line
from terminals.till.offers import offers_on
from terminals.till.people import role_of
from terminals.till.pull import DAYS_AHEAD, Pull, keep_document, known, known_etag
from terminals.till.shifts import current_shift


@pytest.fixture
def pull(far):
    """A pull that the test moves itself; that of the site stands still."""
    far.site.running["B01-1"].pull.stop()
    return Pull(far.site.journal, far.site.centre, "B01-1", Line(lambda: None))


def test_a_till_knows_the_prices_of_a_week_and_who_works_there(far, pull):
    pull.once()
    with far.site.journal.read() as connection:
        for ahead in range(DAYS_AHEAD + 1):
            day = business_day(datetime.now(UTC)) + timedelta(days=ahead)
            assert offers_on(connection, "B01-1", day).day == day
        assert role_of(connection, "B01-1", "S-0001") == "cashier"
        assert role_of(connection, "B01-1", "S-0002") == "site_manager"
        assert known(connection, "B01-1", "guest-keys")["keys"]


def test_after_a_long_time_alone_the_last_known_prices_hold(far, pull):
    pull.once()
    day = business_day(datetime.now(UTC)) + timedelta(days=DAYS_AHEAD)
    with far.site.journal.read() as connection:
        assert offers_on(connection, "B01-1", day + timedelta(days=30)).day == day
        assert offers_on(connection, "B01-1", day - timedelta(days=400)) is None


def test_what_has_not_changed_is_not_sent_again(far, pull):
    pull.once()
    with far.site.journal.write() as connection:
        etag = known_etag(connection, "B01-1", "staff")
        keep_document(connection, "B01-1", "staff", {"people": []}, etag=etag)
    pull.everything(_till(far))
    with far.site.journal.read() as connection:
        assert known(connection, "B01-1", "staff") == {"people": []}


def test_a_decision_of_the_desk_reaches_the_till(far, pull, centre):
    asked = _large_refund(far)
    far.all_sent()
    pull.once()
    assert _asked(far, asked).state == "pending"
    with centre.database.transaction() as session:
        manager = Caller("S-0002", "site_manager", "B01")
        decide(session, manager, asked.id, decision="refused", at=_now(), reason="used")
    pull.once()
    heard = _asked(far, asked)
    assert (heard.state, heard.decision_reason) == ("refused", "used")


def test_without_a_line_everything_stays_as_it_was(far, pull, relay):
    pull.once()
    relay.stop()
    with pytest.raises(CentreSilent):
        pull.once()
    with far.site.journal.read() as connection:
        assert offers_on(connection, "B01-1", business_day(_now())) is not None


def test_a_revoked_till_asks_nothing(far, pull, relay):
    with far.site.journal.write() as connection:
        change_till(connection, "B01-1", revoked_at=_now())
    relay.stop()
    pull.once()


def test_what_was_left_open_is_asked_for_first(far):
    asked = []
    pull = Pull(
        far.site.journal, far.site.centre, "B01-1", Line(lambda: None),
        resolve=lambda: asked.append("resolve"),
    )  # fmt: skip
    pull.once()
    assert asked == ["resolve"]


def _large_refund(far):
    far.fill("POOL-FAM", "POOL-FAM", "POOL-FAM")
    sold = far.pay_in_cash(3600)
    with far.site.journal.write() as connection:
        return take_backs.ask_refund(
            connection, sold, lines=None, shift=current_shift(connection, "B01-1").code,
            key=uuid4(), reason="ill", person="S-0001", now=_now(),
        )  # fmt: skip


def _asked(far, asked):
    with far.site.journal.read() as connection:
        return take_backs.find_take_back(connection, asked.id)


def _till(far):
    with far.site.journal.read() as connection:
        return find_till(connection, "B01-1")


def _now():
    return datetime.now(UTC)
