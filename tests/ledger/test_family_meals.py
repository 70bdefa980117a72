"""The calendar of a family: what stands for each day, and cancelling to the very last moment."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from config.database import Database
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import Closing
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.entries import Posted
from ledger.family_meals import (
    Cancelled,
    MealDay,
    OtherPayersDay,
    cancel_days,
    meal_days,
    order_again,
)
from ledger.households import UnknownChild
from ledger.meals import CutOffPassed, MealsCharged, charge_meals, order_meals
from ledger.menus import Dish, publish_menu
from ledger.shared_children import share_child
from ledger.standing_orders import set_standing_order
from tests.ledger.conftest import AACHEN
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
    on_wallet,
)

NINE = clock(MONDAY, 9)


def week(session: Session, wallet: str, at: object = SUNDAY_EVENING) -> list[MealDay]:
    return meal_days(session, wallet, MONDAY, FRIDAY, at)  # type: ignore[arg-type]


def states(session: Session, wallet: str, at: object = SUNDAY_EVENING) -> list[str]:
    return [one.state for one in week(session, wallet, at)]


# ---- The calendar ------------------------------------------------------------------------


def test_a_week_has_its_five_days_with_dish_price_and_state(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, MONDAY, TUESDAY, products=(LUNCH, SNACK))
    soup = Dish("Linsensuppe", "Lentil soup", ("gluten", "celery"))
    publish_menu(city, [("K01", MONDAY, soup), ("K02", TUESDAY, soup)])
    first, second, *rest = week(city, wallet)
    assert (first.state, first.dish, first.own_cents) == ("ordered", soup, 450)
    assert first.products == (LUNCH, SNACK)
    assert first.cut_off == clock(MONDAY, 8)
    assert first.can_change
    assert (second.state, second.dish) == ("ordered", None)
    assert [day.state for day in rest] == ["no_order"] * 3


def test_the_past_says_what_was_charged_and_what_was_not(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet, subsidised=True)
    eats(city, one, MONDAY, TUESDAY, products=(LUNCH, SNACK))
    charge(city, MONDAY)
    seen = week(city, wallet, clock(WEDNESDAY))
    assert [day.state for day in seen[:3]] == ["charged", "not_charged", "no_order"]
    assert seen[0].own_cents == 80
    assert not any(day.can_change for day in seen[:3])


def test_a_subsidised_lunch_is_free_and_nothing_says_why(city: Session) -> None:
    wallet = a_wallet(city)
    eats(city, a_child(city, wallet, subsidised=True), MONDAY)
    assert week(city, wallet)[0].own_cents == 0


def test_closed_days_are_closed(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    day = date(2027, 7, 20)  # the summer closing of K01
    (seen,) = meal_days(city, wallet, day, day, SUNDAY_EVENING)
    assert (seen.state, seen.can_change) == ("closed", False)
    assert cancel_days(city, wallet, one.code, [day], at=SUNDAY_EVENING) == Cancelled((), 0)


def test_a_centre_closed_after_the_orders_charges_nothing(city: Session) -> None:
    wallet = a_wallet(city)
    eats(city, a_child(city, wallet), MONDAY)
    eats(city, a_child(city, wallet, facility="K02"), MONDAY)
    known = posted_catalogue(city)
    closed = replace(known.facilities["K01"], closings=(Closing(MONDAY, MONDAY),))
    changed = replace(known, facilities={**known.facilities, "K01": closed})
    assert len(charge_meals(city, changed, MONDAY)) == 1
    assert on_wallet(city, wallet) == 5000 - 370


def test_what_is_not_planned_yet_is_seen_and_can_be_cancelled(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    set_standing_order(
        city, one.code, products=[LUNCH], weekdays=WHOLE_WEEK, valid_from=MONDAY, at=SUNDAY_EVENING
    )
    assert states(city, wallet) == ["ordered"] * 5
    done = cancel_days(city, wallet, one.code, [FRIDAY], at=SUNDAY_EVENING)
    assert done == Cancelled((FRIDAY,), 370)
    assert states(city, wallet) == ["ordered"] * 4 + ["cancelled"]


# ---- Cancelling and ordering again -------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        MONDAY,
        date(2026, 3, 30),  # the first school day of summer time
        date(2026, 10, 26),  # and of winter time
    ],
)
def test_a_hair_before_eight_counts_and_eight_does_not(city: Session, day: date) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    order_meals(city, day, [(one.code, LUNCH)], at=clock(day - timedelta(days=3)))
    last = clock(day, 7, 59, 59, 999_999)
    assert cancel_days(city, wallet, one.code, [day], at=last).cents == 370
    assert order_again(city, wallet, one.code, [day], at=last).cents == 370
    with pytest.raises(CutOffPassed) as late:
        cancel_days(city, wallet, one.code, [day], at=clock(day, 8))
    assert late.value.cut_off == clock(day, 8)
    assert [type(outcome) for outcome in charge(city, day)] == [Posted]


def test_a_second_tap_gets_the_same_answer(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, MONDAY, products=(LUNCH, SNACK))
    answers = [
        cancel_days(city, wallet, one.code, [MONDAY], at=SUNDAY_EVENING, is_sick=True)
        for _ in range(2)
    ]
    assert answers == [Cancelled((MONDAY,), 450)] * 2
    assert states(city, wallet)[0] == "sick"
    back = [order_again(city, wallet, one.code, [MONDAY], at=SUNDAY_EVENING) for _ in range(2)]
    assert back[0] == back[1]
    assert week(city, wallet)[0].products == (LUNCH, SNACK)
    charge(city, MONDAY)
    assert on_wallet(city, wallet) == 5000 - 450


def test_several_days_are_cancelled_all_or_none(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, MONDAY, TUESDAY, WEDNESDAY)
    with pytest.raises(CutOffPassed):
        cancel_days(city, wallet, one.code, [MONDAY, TUESDAY], at=NINE)
    assert states(city, wallet)[:3] == ["ordered"] * 3
    saved = cancel_days(city, wallet, one.code, [TUESDAY, WEDNESDAY, THURSDAY], at=NINE)
    assert saved == Cancelled((TUESDAY, WEDNESDAY), 740)


def test_another_familys_child_is_as_unknown_as_none(city: Session) -> None:
    wallet, theirs = a_wallet(city), a_child(city, a_wallet(city))
    a_child(city, wallet)
    for code in (theirs.code, "C-999999"):
        with pytest.raises(UnknownChild):
            cancel_days(city, wallet, code, [MONDAY], at=SUNDAY_EVENING)
    assert {day.child for day in week(city, wallet)}.isdisjoint({theirs.code})


def test_the_other_payers_days_have_neither_price_nor_button(city: Session) -> None:
    wallet, other = a_wallet(city), a_wallet(city)
    one = a_child(city, wallet)
    share_child(city, one.code, wallet=other, weekdays=[2], valid_from=MONDAY, at=SUNDAY_EVENING)
    eats(city, one, MONDAY, TUESDAY)
    assert states(city, wallet)[:2] == ["ordered", "other_payer"]
    assert states(city, other)[:2] == ["other_payer", "ordered"]
    hidden = week(city, other)[0]
    assert (hidden.own_cents, hidden.products, hidden.can_change) == (0, (), False)
    with pytest.raises(OtherPayersDay):
        cancel_days(city, other, one.code, [MONDAY], at=SUNDAY_EVENING)


def test_a_day_charged_early_is_not_cancelled_any_more(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, MONDAY)
    charge(city, MONDAY)
    with pytest.raises(MealsCharged):
        cancel_days(city, wallet, one.code, [MONDAY], at=SUNDAY_EVENING)


def test_cancelling_and_charging_at_once_agree(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        wallet = a_wallet(session, 10_000)
        children = [a_child(session, wallet) for _ in range(12)]
        for one in children:
            eats(session, one, MONDAY)
    saved: list[int] = []

    def parents() -> None:
        for one in children:
            try:
                with database.transaction() as session:
                    done = cancel_days(session, wallet, one.code, [MONDAY], at=SUNDAY_EVENING)
                    saved.append(done.cents)
            except MealsCharged:
                saved.append(0)

    def kitchen() -> None:
        with database.transaction() as session:
            charge(session, MONDAY)

    people = [threading.Thread(target=work) for work in (parents, kitchen, kitchen)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    with database.transaction() as session:
        assert len(saved) == 12
        assert on_wallet(session, wallet) == 10_000 - 12 * 370 + sum(saved)
