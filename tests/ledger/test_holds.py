"""Money set aside counts at once, is resolved once, and expires by the clock."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from ledger.entries import Conflict, Posted, Refused
from ledger.errors import HoldExceeded, HoldResolved, HoldUnknown
from ledger.holds import Hold, NotPlaced, Placed, capture_hold, expire_holds, place_hold, void_hold
from ledger.journal import post
from ledger.money import Money
from ledger.periods import close_day
from ledger.tables.books import guard
from tests.builders import DAY, REVENUE, a_bill, a_chart, a_top_up, a_wallet, an_entry


@pytest.fixture
def wallet(session: Session) -> Iterator[str]:
    a_chart(session)
    wallet = a_wallet(session, 1)
    post(session, [a_top_up(wallet, 1000)])
    return wallet


def a_hold(wallet: str, cents: int, *, seconds: float = 600) -> Hold:
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    return Hold(uuid4(), wallet, Money(cents), expires, "meal")


def state(session: Session) -> tuple[int, int]:
    return tuple(session.execute(select(guard.c.posted, guard.c.held)).one())


def pass_time(session: Session, seconds: float) -> None:
    session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def test_a_hold_counts_when_it_is_placed(session: Session, wallet: str) -> None:
    first, second = a_hold(wallet, 700), a_hold(wallet, 301)
    assert place_hold(session, first) == Placed(first.id)
    assert place_hold(session, second) == NotPlaced(second.id, 300, 301)
    [refused] = post(session, [an_entry(wallet, cents=301)])
    assert isinstance(refused, Refused)
    assert state(session) == (1000, 700)


def test_placing_again_changes_nothing(session: Session, wallet: str) -> None:
    hold = a_hold(wallet, 700)
    place_hold(session, hold)
    assert place_hold(session, hold) == Placed(hold.id, replayed=True)
    other = Hold(hold.id, wallet, Money(1), hold.expires_at, "meal")
    assert place_hold(session, other) == Conflict(hold.id)
    assert state(session) == (1000, 700)


def test_capturing_a_part_sets_the_rest_free(session: Session, wallet: str) -> None:
    hold, meal = a_hold(wallet, 1000), an_entry(wallet, cents=370)
    place_hold(session, hold)
    posted = capture_hold(session, hold.id, meal)
    again = capture_hold(session, hold.id, meal)
    assert isinstance(posted, Posted)
    assert again == Posted(meal.key, posted.entry_id, replayed=True)
    assert state(session) == (630, 0)


def test_a_hold_is_resolved_once(session: Session, wallet: str) -> None:
    hold = a_hold(wallet, 500)
    place_hold(session, hold)
    void_hold(session, hold.id)
    void_hold(session, hold.id)
    with pytest.raises(HoldResolved) as refused:
        capture_hold(session, hold.id, an_entry(wallet, cents=100))
    assert refused.value.kind == "voided"
    assert state(session) == (1000, 0)


def test_no_more_is_captured_than_was_held(session: Session, wallet: str) -> None:
    hold = a_hold(wallet, 100)
    place_hold(session, hold)
    with pytest.raises(HoldExceeded):
        capture_hold(session, hold.id, an_entry(wallet, cents=101))
    assert state(session) == (1000, 100)


def test_a_refused_capture_leaves_the_hold_and_keeps_the_refusal(
    session: Session, wallet: str
) -> None:
    hold, meal = a_hold(wallet, 500), an_entry(wallet, cents=370)
    place_hold(session, hold)
    close_day(session, DAY, closed_by="finance")
    first = capture_hold(session, hold.id, meal)
    again = capture_hold(session, hold.id, meal)
    assert isinstance(first, Refused)
    assert isinstance(again, Refused)
    assert (first.code, again.code) == ("day_closed", "day_closed")
    assert state(session) == (1000, 500)


def test_an_expired_hold_can_only_expire(session: Session, wallet: str) -> None:
    hold = a_hold(wallet, 500, seconds=0.2)
    place_hold(session, hold)
    pass_time(session, 0.25)
    with pytest.raises(HoldResolved) as refused:
        capture_hold(session, hold.id, an_entry(wallet, cents=100))
    assert refused.value.kind == "expired"
    with pytest.raises(HoldResolved):
        void_hold(session, hold.id)
    assert expire_holds(session) == 500
    assert expire_holds(session) == 0
    assert state(session) == (1000, 0)


@pytest.mark.parametrize("others", [0, 2])
def test_an_expired_hold_does_not_stand_in_the_way_of_spending(
    session: Session, wallet: str, others: int
) -> None:
    place_hold(session, a_hold(wallet, 900, seconds=0.2))
    pass_time(session, 0.25)
    [spent, *_] = post(session, [an_entry(wallet, cents=800), *(an_entry(),) * others])
    assert isinstance(spent, Posted)
    assert state(session) == (200, 0)


def test_what_nobody_placed_cannot_be_resolved(session: Session, wallet: str) -> None:
    with pytest.raises(HoldUnknown):
        void_hold(session, uuid4())


def test_a_refused_capture_names_the_account_that_is_short(session: Session, wallet: str) -> None:
    hold, other = a_hold(wallet, 1000), a_wallet(session, 2)
    place_hold(session, hold)
    refused = capture_hold(session, hold.id, a_bill((wallet, REVENUE, 1000), (other, REVENUE, 1)))
    assert isinstance(refused, Refused)
    assert refused.data["account"] == other


def test_one_entry_captures_one_hold(session: Session, wallet: str) -> None:
    first, second, meal = a_hold(wallet, 300), a_hold(wallet, 300), an_entry(wallet, cents=300)
    for hold in (first, second):
        place_hold(session, hold)
    assert isinstance(capture_hold(session, first.id, meal), Posted)
    assert capture_hold(session, second.id, meal) == Conflict(meal.key)


def test_a_hold_is_in_the_wallets_currency(session: Session, wallet: str) -> None:
    foreign = replace(a_hold(wallet, 100), amount=Money(100, "CHF"))
    with pytest.raises(ValueError, match="holds positive EUR"):
        place_hold(session, foreign)


def test_a_hold_that_expires_in_this_very_moment_has_expired(session: Session, wallet: str) -> None:
    hold = a_hold(wallet, 300, seconds=0.3)
    place_hold(session, hold)

    @event.listens_for(session.connection(), "before_cursor_execute")
    def late(_connection, _cursor, statement, *_rest) -> None:
        if "INSERT INTO hold_resolution" in statement:
            time.sleep(0.4)

    with pytest.raises(HoldResolved) as refused:
        void_hold(session, hold.id)
    assert refused.value.kind == "expired"
