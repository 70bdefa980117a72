"""Reminders: the right families, once, and nobody who has nothing to pay."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.low_balance import (
    MarkInvalid,
    ending_subsidies,
    low_mark_of,
    low_wallets,
    note_ending,
    note_low,
    set_low_mark,
)
from ledger.standing_orders import plan_meals, set_standing_order
from tests.ledger.families import (
    LUNCH,
    MONDAY,
    SUNDAY_EVENING,
    WHOLE_WEEK,
    a_child,
    a_wallet,
)


def a_family(session: Session, cents: int, **of_child: bool) -> str:
    wallet = a_wallet(session, cents)
    one = a_child(session, wallet, **of_child)
    set_standing_order(
        session, one.code, products=[LUNCH], weekdays=WHOLE_WEEK, valid_from=MONDAY,
        at=SUNDAY_EVENING,
    )  # fmt: skip
    plan_meals(session, MONDAY + timedelta(days=35), at=SUNDAY_EVENING)
    return wallet


def low(session: Session, at: datetime = SUNDAY_EVENING) -> set[str]:
    return {one.wallet for one in low_wallets(session, at=at)}


def test_below_the_mark_or_less_than_three_days(city: Session) -> None:
    rich, at_mark, poor = (a_family(city, cents) for cents in (5000, 1500, 1499))
    eager = a_family(city, 4900)
    set_low_mark(city, eager, 5000)
    never = a_family(city, 0)
    set_low_mark(city, never, 0)
    short = a_family(city, 1109)
    set_low_mark(city, short, 500)
    assert low(city) == {poor, eager, short}
    assert {rich, at_mark, never}.isdisjoint(low(city))
    assert low_mark_of(city, rich) == 1500


def test_nobody_is_reminded_of_meals_that_cost_nothing(city: Session) -> None:
    a_family(city, 0, subsidised=True)
    a_wallet(city, 0)
    assert low(city) == set()


def test_told_once_and_again_after_a_week_or_a_rise(city: Session) -> None:
    wallet = a_family(city, 1000)
    (one,) = low_wallets(city, at=SUNDAY_EVENING)
    assert (one.balance_cents, one.outlook.meals) == (1000, 2)
    note_low(city, wallet, at=SUNDAY_EVENING)
    later = SUNDAY_EVENING + timedelta(days=1)
    assert low(city, later) == set()
    assert low(city, SUNDAY_EVENING + timedelta(days=7)) == {wallet}


def test_a_rise_in_between_is_noted(city: Session) -> None:
    wallet = a_family(city, 1600)
    set_low_mark(city, wallet, 2000)
    note_low(city, wallet, at=SUNDAY_EVENING)
    set_low_mark(city, wallet, 1500)
    hour = timedelta(hours=1)
    assert low(city, SUNDAY_EVENING + hour) == set()
    set_low_mark(city, wallet, 2000)
    assert low(city, SUNDAY_EVENING + 2 * hour) == {wallet}


@pytest.mark.parametrize("cents", [1, 499, 5001])
def test_a_mark_is_between_five_and_fifty_euros(city: Session, cents: int) -> None:
    with pytest.raises(MarkInvalid):
        set_low_mark(city, a_wallet(city, 0), cents)


def test_the_end_of_a_subsidy_is_told_six_weeks_before_and_once(city: Session) -> None:
    wallet = a_wallet(city, 0)
    one = a_child(city, wallet, subsidised=True)  # until 31 July 2027
    early = SUNDAY_EVENING.replace(year=2027, month=6, day=18)
    assert ending_subsidies(city, at=early) == []
    in_time = early + timedelta(days=1)
    (ending,) = ending_subsidies(city, at=in_time)
    assert (ending.wallet, ending.child, ending.valid_until) == (
        wallet, one.code, date(2027, 7, 31),
    )  # fmt: skip
    note_ending(city, ending, at=in_time)
    assert ending_subsidies(city, at=in_time) == []
