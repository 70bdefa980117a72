"""A day at the daycare centre: ordered, cancelled, cooked, charged once, and nobody goes hungry."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from config.database import Database
from ledger.balances import balance
from ledger.calendar import CITY_TIME
from ledger.catalogue.loading import load_city
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.entries import Posted, Refused
from ledger.errors import DayAlreadyClosed
from ledger.households import Child, UnknownChild, grant_subsidy, register_child
from ledger.meals import (
    CutOffPassed,
    MealsCharged,
    NoMealThen,
    cancel_meal,
    charge_meals,
    order_meals,
)
from ledger.money import Money
from ledger.periods import close_day
from ledger.queries import JournalEntry, find_entry
from ledger.wallets import find_wallet, open_wallet, top_up
from tests.ledger.conftest import AACHEN
from tests.ledger.counter import booked

DAY = date(2026, 11, 17)
EVENING = datetime(2026, 11, 16, 19, tzinfo=CITY_TIME)
EIGHT = datetime(2026, 11, 17, 8, tzinfo=CITY_TIME)
LUNCH, SNACK = "KITA-L", "KITA-S"


def a_family(session: Session, cents: int = 5000) -> str:
    """A family's wallet with money on it."""
    code = open_wallet(session, kind="kita", key=uuid4()).code
    if cents:
        top_up(
            session, code, Money(cents), key=uuid4(), way="online", booked_on=DAY, reference=None
        )
    return code


def a_child(
    session: Session, wallet: str, *, facility: str = "K01", subsidised: bool = False
) -> Child:
    one = register_child(session, facility=facility, wallet_code=wallet, on=DAY)
    if subsidised:
        grant_subsidy(
            session, one.code, authority="jobcenter",
            valid_from=date(2026, 8, 1), valid_until=DAY,
        )  # fmt: skip
    return one


def order(session: Session, one: Child, *products: str, day: date = DAY) -> int:
    meals = [(one.code, product) for product in products]
    return order_meals(session, day, meals, at=EVENING)


def charged(session: Session, day: date = DAY, facility: str | None = None) -> list[Any]:
    return charge_meals(session, posted_catalogue(session), day, facility)


def the_entry(session: Session, outcome: Any) -> JournalEntry:
    assert isinstance(outcome, Posted), outcome
    found = find_entry(session, outcome.entry_id)
    assert found is not None
    return found


def on_wallet(session: Session, code: str) -> int:
    found = find_wallet(session, code)
    assert found is not None
    return found.balance_cents


# ---- Ordering and cancelling -------------------------------------------------------------


def test_a_meal_is_ordered_once_and_moves_no_money(city: Session) -> None:
    wallet = a_family(city)
    one = a_child(city, wallet)
    assert order(city, one, LUNCH, SNACK, LUNCH) == 2
    assert order(city, one, LUNCH) == 0
    assert on_wallet(city, wallet) == 5000


def test_a_cancelled_meal_costs_nothing_and_can_be_ordered_again(city: Session) -> None:
    wallet = a_family(city)
    one = a_child(city, wallet)
    order(city, one, LUNCH)
    last_moment = EIGHT - timedelta(milliseconds=1)
    assert cancel_meal(city, one.code, LUNCH, DAY, at=last_moment)
    assert not cancel_meal(city, one.code, LUNCH, DAY, at=last_moment)
    assert charged(city) == []
    assert order_meals(city, DAY, [(one.code, LUNCH)], at=last_moment) == 1
    assert [type(outcome) for outcome in charged(city)] == [Posted]
    assert on_wallet(city, wallet) == 5000 - 370


def test_from_eight_on_nothing_is_ordered_or_cancelled(city: Session) -> None:
    one = a_child(city, a_family(city))
    order(city, one, LUNCH)
    with pytest.raises(CutOffPassed) as late:
        cancel_meal(city, one.code, LUNCH, DAY, at=EIGHT)
    assert late.value.cut_off == EIGHT
    with pytest.raises(CutOffPassed):
        order_meals(city, DAY, [(one.code, SNACK)], at=EIGHT)


def test_a_day_that_was_charged_early_takes_no_more_orders(city: Session) -> None:
    one = a_child(city, a_family(city))
    order(city, one, LUNCH)
    charged(city)
    with pytest.raises(MealsCharged):
        order(city, one, SNACK)
    with pytest.raises(MealsCharged):
        cancel_meal(city, one.code, LUNCH, DAY, at=EVENING)


@pytest.mark.parametrize(
    ("product", "day"),
    [
        (LUNCH, date(2026, 11, 21)),  # a Saturday
        (LUNCH, date(2027, 7, 20)),  # summer closing of K01
        ("KITA-G", DAY),
        ("MUS-AD", DAY),
        ("KITA-X", DAY),
    ],
)
def test_what_is_not_cooked_cannot_be_ordered(city: Session, product: str, day: date) -> None:
    one = a_child(city, a_family(city))
    with pytest.raises(NoMealThen):
        order(city, one, product, day=day)
    with pytest.raises(UnknownChild):
        order_meals(city, DAY, [("C-999999", LUNCH)], at=EVENING)


# ---- Charging ----------------------------------------------------------------------------


def test_lunch_and_snack_of_a_full_payer(city: Session) -> None:
    wallet = a_family(city)
    order(city, a_child(city, wallet), LUNCH, SNACK)
    (outcome,) = charged(city)
    assert booked(city, outcome) == {(f"371000/{wallet}", "441300"): 450}
    assert on_wallet(city, wallet) == 4550


def test_the_authority_pays_the_lunch_and_the_family_the_snack(city: Session) -> None:
    wallet = a_family(city)
    order(city, a_child(city, wallet, subsidised=True), LUNCH, SNACK)
    (outcome,) = charged(city)
    assert booked(city, outcome) == {
        ("161900/jobcenter", "441300"): 370, (f"371000/{wallet}", "441300"): 80,
    }  # fmt: skip


def test_a_subsidy_ends_with_its_last_day(city: Session) -> None:
    one = a_child(city, a_family(city), subsidised=True)
    order(city, one, LUNCH)
    order(city, one, LUNCH, day=DAY + timedelta(days=1))
    for day, payer in (
        (DAY, "161900/jobcenter"),
        (DAY + timedelta(days=1), f"371000/{one.wallet}"),
    ):
        (outcome,) = charged(city, day)
        assert booked(city, outcome) == {(payer, "441300"): 370}


def test_only_the_accounts_tell_who_is_subsidised(city: Session) -> None:
    wallet = a_family(city)
    for subsidised in (True, False):
        order(city, a_child(city, wallet, subsidised=subsidised), LUNCH, SNACK)
    subsidised_meal, paid_meal = (the_entry(city, outcome) for outcome in charged(city))
    assert subsidised_meal.event == paid_meal.event == "meal"
    assert subsidised_meal.reference is paid_meal.reference is None
    seen = [[line.dimensions for line in one.transfers] for one in (subsidised_meal, paid_meal)]
    assert seen[0] == seen[1]


def test_the_job_may_run_again_and_books_nothing_twice(city: Session) -> None:
    wallet = a_family(city)
    for _ in range(3):
        order(city, a_child(city, wallet), LUNCH)
    first, again = charged(city), charged(city)
    assert again == [replace(outcome, replayed=True) for outcome in first]
    assert on_wallet(city, wallet) == 5000 - 3 * 370


def test_one_centre_can_be_charged_before_the_others(city: Session) -> None:
    wallet = a_family(city)
    for facility in ("K01", "K02"):
        order(city, a_child(city, wallet, facility=facility), LUNCH)
    (outcome,) = charged(city, facility="K02")
    assert the_entry(city, outcome).transfers[0].dimensions["facility"] == "K02"
    assert [one.replayed for one in charged(city)] == [True, False]


def test_a_child_eats_on_credit_and_beyond_it_as_a_claim(city: Session) -> None:
    wallet = a_family(city, 0)
    for _ in range(6):
        order(city, a_child(city, wallet), LUNCH)
    outcomes = charged(city)
    assert [type(one) for one in outcomes] == [Posted] * 6
    assert on_wallet(city, wallet) == -4 * 370
    assert balance(city, "171100").debit_balance_cents == 2 * 370
    claim = the_entry(city, outcomes[-1])
    assert [(line.debit, line.credit) for line in claim.transfers] == [
        (f"371000/{wallet}", "441300"), ("171100", f"371000/{wallet}"),
    ]  # fmt: skip
    assert claim.transfers[1].dimensions["case_reference"] == wallet


def test_a_subsidised_lunch_is_no_matter_of_credit(city: Session) -> None:
    wallet = a_family(city, 0)
    for _ in range(6):
        order(city, a_child(city, wallet, subsidised=True), LUNCH)
    charged(city)
    assert (on_wallet(city, wallet), balance(city, "171100").debit_balance_cents) == (0, 0)


def test_a_meal_without_a_price_waits_and_holds_up_nobody(
    city: Session, catalogue: PostedCatalogue
) -> None:
    wallet = a_family(city)
    order(city, a_child(city, wallet), LUNCH)
    order(city, a_child(city, wallet), SNACK)
    unpriced = replace(catalogue.products[LUNCH], prices=())
    broken = replace(catalogue, products={**catalogue.products, LUNCH: unpriced})
    outcomes = charge_meals(city, broken, DAY)
    assert sorted(type(one).__name__ for one in outcomes) == ["Posted", "Refused"]
    assert next(one for one in outcomes if isinstance(one, Refused)).code == "not_on_sale"
    assert sorted(one.replayed for one in charged(city)) == [False, True]


def test_a_closed_day_is_not_charged_and_stays_open_for_a_decision(city: Session) -> None:
    order(city, a_child(city, a_family(city)), LUNCH)
    close_day(city, DAY, closed_by="Nacht")
    with pytest.raises(DayAlreadyClosed):
        charged(city)
    assert charged(city, DAY + timedelta(days=1)) == []


def test_charging_and_cancelling_at_the_same_time_agree(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        wallet = a_family(session, 10_000)
        children = [a_child(session, wallet) for _ in range(20)]
        for one in children:
            order(session, one, LUNCH)
    cancelled: list[bool] = []

    def parents() -> None:
        for one in children:
            try:
                with database.transaction() as session:
                    cancelled.append(cancel_meal(session, one.code, LUNCH, DAY, at=EVENING))
            except MealsCharged:
                cancelled.append(False)

    def kitchen() -> None:
        for _ in range(2):
            with database.transaction() as session:
                charged(session)

    people = [threading.Thread(target=work) for work in (parents, kitchen, kitchen)]
    for one_thread in people:
        one_thread.start()
    for one_thread in people:
        one_thread.join()
    with database.transaction() as session:
        assert on_wallet(session, wallet) == 10000 - 370 * (20 - sum(cancelled))
