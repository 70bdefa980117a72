"""How long the money lasts: in meals and days, at the price this family pays."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ledger.family_meals import cancel_days
from ledger.outlook import outlook, outlooks
from ledger.shared_children import share_child
from ledger.standing_orders import plan_meals, set_standing_order
from tests.ledger.families import (
    FRIDAY,
    LUNCH,
    MONDAY,
    SNACK,
    SUNDAY_EVENING,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WHOLE_WEEK,
    a_child,
    a_wallet,
    charge,
    clock,
    eats,
)

WEEK = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)


def test_it_counts_meals_child_by_child_and_whole_days(city: Session) -> None:
    wallet = a_wallet(city, 5 * 450 + 100)
    for _ in range(2):
        eats(city, a_child(city, wallet), *WEEK, products=(LUNCH, SNACK))
    seen = outlook(city, wallet, at=SUNDAY_EVENING)
    assert (seen.meals, seen.days, seen.until) == (5, 2, TUESDAY)
    assert [state for _, state in seen.plates] == ["full"] * 2 + ["open"] * 3 + ["closed"] * 5
    assert (seen.has_bookings, seen.more_than_a_month) == (True, False)
    more = outlook(city, wallet, at=SUNDAY_EVENING, extra_cents=350)
    assert (more.meals, more.until) == (6, WEDNESDAY)


def test_a_subsidised_child_costs_its_snack_alone(city: Session) -> None:
    wallet = a_wallet(city, 160)
    eats(city, a_child(city, wallet, subsidised=True), *WEEK, products=(LUNCH, SNACK))
    assert outlook(city, wallet, at=SUNDAY_EVENING).until == TUESDAY


def test_an_empty_wallet_covers_nothing_and_free_meals_all(city: Session) -> None:
    poor, free = a_wallet(city, 0), a_wallet(city, 0)
    eats(city, a_child(city, poor), *WEEK)
    eats(city, a_child(city, free, subsidised=True), *WEEK)
    nothing = outlook(city, poor, at=SUNDAY_EVENING)
    assert (nothing.meals, nothing.until) == (0, None)
    assert outlook(city, free, at=SUNDAY_EVENING).until == FRIDAY


def test_it_begins_with_the_next_meal_that_is_not_charged(city: Session) -> None:
    wallet = a_wallet(city, 3 * 370)
    one = a_child(city, wallet)
    eats(city, one, *WEEK)
    charge(city, MONDAY)
    cancel_days(city, wallet, one.code, [WEDNESDAY], at=clock(MONDAY))
    seen = outlook(city, wallet, at=clock(MONDAY))
    assert (seen.meals, seen.until) == (2, THURSDAY)
    assert [state for _, state in seen.plates[:4]] == ["full", "closed", "full", "open"]
    assert seen.plates[0][0] == TUESDAY


def test_twenty_days_are_more_than_a_month(city: Session) -> None:
    wallet = a_wallet(city, 20 * 370)
    one = a_child(city, wallet)
    set_standing_order(
        city, one.code, products=[LUNCH], weekdays=WHOLE_WEEK, valid_from=MONDAY, at=SUNDAY_EVENING
    )
    plan_meals(city, MONDAY + timedelta(days=40), at=SUNDAY_EVENING)
    assert outlook(city, wallet, at=SUNDAY_EVENING).more_than_a_month


def test_nothing_booked_nothing_said(city: Session) -> None:
    wallet = a_wallet(city)
    seen = outlook(city, wallet, at=SUNDAY_EVENING)
    assert (seen.has_bookings, seen.plates, seen.meals) == (False, (), 0)


def test_the_other_payers_days_cost_nothing(city: Session) -> None:
    main, second = a_wallet(city, 740), a_wallet(city, 370)
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[1, 2], valid_from=MONDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    eats(city, one, *WEEK)
    all_of_them = outlooks(city, None, at=SUNDAY_EVENING)
    assert all_of_them[main].until == THURSDAY
    assert all_of_them[second].until == MONDAY
    assert outlook(city, second, at=SUNDAY_EVENING) == all_of_them[second]
