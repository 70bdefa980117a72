"""Standing orders: a child eats every day without anybody ordering, and cancelled is cancelled."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.database import Database
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import Closing
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.family_meals import cancel_days, meal_days
from ledger.households import Child, UnknownChild
from ledger.standing_orders import (
    StandingOrderInvalid,
    end_standing_order,
    plan_meals,
    plan_until,
    set_standing_order,
    standing_order_of,
)
from ledger.tables.services import meal_order
from tests.ledger.conftest import AACHEN
from tests.ledger.families import (
    FRIDAY,
    LUNCH,
    MONDAY,
    SNACK,
    SUNDAY,
    SUNDAY_EVENING,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WHOLE_WEEK,
    a_child,
    a_wallet,
    until_waiting,
)


def always(
    session: Session, one: Child, *products: str, weekdays: tuple[int, ...] = WHOLE_WEEK,
    first: date = MONDAY,
) -> None:  # fmt: skip
    set_standing_order(
        session, one.code, products=products or (LUNCH,), weekdays=weekdays, valid_from=first,
        at=SUNDAY_EVENING,
    )  # fmt: skip


def plan(session: Session, until: date = FRIDAY) -> int:
    return plan_meals(session, until, at=SUNDAY_EVENING)


def booked(session: Session, one: Child) -> Counter[date]:
    rows = session.scalars(
        select(meal_order.c.day).where(
            meal_order.c.child == one.code, meal_order.c.cancelled_at.is_(None)
        )
    )
    return Counter(rows)


def test_the_plan_books_weekdays_once(city: Session) -> None:
    one = a_child(city, a_wallet(city))
    always(city, one, LUNCH, SNACK, weekdays=(1, 3))
    assert plan(city) == 4
    assert plan(city) == 0
    assert booked(city, one) == {MONDAY: 2, WEDNESDAY: 2}


def test_what_a_family_cancelled_is_never_ordered_again(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    always(city, one)
    plan(city)
    cancel_days(city, wallet, one.code, [TUESDAY], at=SUNDAY_EVENING)
    cancel_days(city, wallet, one.code, [WEDNESDAY], at=SUNDAY_EVENING, is_sick=True)
    assert plan(city) == 0
    assert set(booked(city, one)) == {MONDAY, THURSDAY, FRIDAY}


def test_what_was_cancelled_before_it_was_planned_stays_cancelled(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    always(city, one)
    cancel_days(city, wallet, one.code, [TUESDAY], at=SUNDAY_EVENING)
    assert plan(city) == 4
    assert TUESDAY not in booked(city, one)


def test_what_the_plan_took_back_and_a_family_cancelled_then_stays_cancelled(
    city: Session,
) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    always(city, one)
    plan(city)
    always(city, one, weekdays=(1, 2, 3))
    always(city, one, LUNCH, SNACK)  # another mind: Thursday and Friday are wanted after all
    done = cancel_days(city, wallet, one.code, [MONDAY, FRIDAY], at=SUNDAY_EVENING)
    assert done.days == (MONDAY, FRIDAY)
    plan(city)
    assert booked(city, one) == {TUESDAY: 2, WEDNESDAY: 2, THURSDAY: 2}


def test_closed_days_of_the_centre_are_left_out(city: Session) -> None:
    closed, open_one = a_child(city, a_wallet(city)), a_child(city, a_wallet(city), facility="K02")
    last_day = date(2027, 7, 16)  # K01 closes on the Monday after, K02 three weeks later
    for one in (closed, open_one):
        always(city, one, first=last_day)
    at = SUNDAY_EVENING.replace(year=2027, month=7, day=15)
    plan_meals(city, last_day + timedelta(days=7), at=at)
    assert len(booked(city, closed)) == 1
    assert len(booked(city, open_one)) == 6


def test_what_is_cancelled_while_the_plan_runs_is_cancelled(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        wallet = a_wallet(session)
        one = a_child(session, wallet)
        always(session, one)

    def cancel() -> None:
        with database.transaction() as session:
            cancel_days(session, wallet, one.code, [FRIDAY], at=SUNDAY_EVENING)

    with ThreadPoolExecutor(1) as other:
        with database.transaction() as session:
            plan(session)
            done = other.submit(cancel)
            until_waiting(database, done)
        done.result()
    with database.read_only() as session:
        assert set(booked(session, one)) == {MONDAY, TUESDAY, WEDNESDAY, THURSDAY}


def test_orders_of_a_day_closed_afterwards_are_taken_back_and_come_again(
    city: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_child(city, a_wallet(city))
    always(city, one)
    plan(city)
    known = posted_catalogue(city)
    closed = replace(known.facilities["K01"], closings=(Closing(TUESDAY, TUESDAY),))
    changed = replace(known, facilities={**known.facilities, "K01": closed})
    with monkeypatch.context() as strike:
        strike.setattr("ledger.standing_orders.posted_catalogue", lambda _: changed)
        plan(city)
        assert set(booked(city, one)) == {MONDAY, WEDNESDAY, THURSDAY, FRIDAY}
    assert plan(city) == 1
    assert set(booked(city, one)) == {MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY}


def test_a_new_standing_order_replaces_what_was_planned(city: Session) -> None:
    one = a_child(city, a_wallet(city))
    always(city, one, LUNCH, SNACK)
    plan(city)
    always(city, one, LUNCH, weekdays=(1, 2), first=TUESDAY)
    plan(city)
    assert booked(city, one) == {MONDAY: 2, TUESDAY: 1}
    assert standing_order_of(city, one.code, on=MONDAY).products == (LUNCH, SNACK)  # type: ignore[union-attr]
    always(city, one, LUNCH, SNACK, first=TUESDAY)
    plan(city)
    assert sum(booked(city, one).values()) == 10


def test_a_child_that_leaves_is_planned_no_more(city: Session) -> None:
    one = a_child(city, a_wallet(city))
    always(city, one)
    plan(city)
    end_standing_order(city, one.code, ends_before=WEDNESDAY, at=SUNDAY_EVENING)
    plan(city)
    assert set(booked(city, one)) == {MONDAY, TUESDAY}
    seen = meal_days(city, one.wallet, MONDAY, FRIDAY, SUNDAY_EVENING)
    assert [day.state for day in seen] == ["ordered"] * 2 + ["no_order"] * 3


def test_the_plan_reaches_25_open_days_ahead_even_over_the_holidays(city: Session) -> None:
    catalogue = posted_catalogue(city)
    assert plan_until(catalogue, SUNDAY) == date(2026, 12, 18)
    before_summer = date(2027, 7, 16)
    assert plan_until(catalogue, before_summer) == before_summer + timedelta(weeks=8)


@pytest.mark.parametrize(
    ("products", "weekdays", "why"),
    [
        ([], WHOLE_WEEK, "products"),
        (["MUS-AD"], WHOLE_WEEK, "products"),
        ([LUNCH], [], "weekdays"),
        ([LUNCH], [6], "weekdays"),
    ],
)
def test_a_standing_order_makes_sense(
    city: Session, products: list[str], weekdays: list[int], why: str
) -> None:
    one = a_child(city, a_wallet(city))
    with pytest.raises(StandingOrderInvalid) as refused:
        set_standing_order(
            city, one.code, products=products, weekdays=weekdays, valid_from=MONDAY,
            at=SUNDAY_EVENING,
        )  # fmt: skip
    assert refused.value.why == why


def test_nobody_plans_for_a_child_that_is_not_there(city: Session) -> None:
    before = city.scalar(select(func.count()).select_from(meal_order))
    with pytest.raises(UnknownChild):
        end_standing_order(city, "C-999999", ends_before=MONDAY, at=SUNDAY_EVENING)
    assert plan(city) == 0
    assert city.scalar(select(func.count()).select_from(meal_order)) == before
