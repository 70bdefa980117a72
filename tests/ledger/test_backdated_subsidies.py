"""A subsidy for days gone by: the lunches come back, once, to whoever paid them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from config.database import Database
from ledger.backdated_subsidies import Backdated, backdate_subsidy, move_paid_lunches
from ledger.balances import balance
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.goodwill import GoodwillRefused, give_back_meal
from ledger.households import Child
from ledger.movements import movement, movements
from ledger.shared_children import share_child
from tests.ledger.conftest import AACHEN
from tests.ledger.families import (
    LUNCH,
    MONDAY,
    SNACK,
    SUNDAY_EVENING,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    a_child,
    a_wallet,
    charge,
    clock,
    eats,
    on_wallet,
    until_waiting,
)

NOW = clock(THURSDAY, 10)
DAYS = (MONDAY, TUESDAY, WEDNESDAY)


def grant(session: Session, one: Child) -> Backdated:
    return backdate_subsidy(
        session, one.code, authority="jobcenter", valid_from=TUESDAY,
        valid_until=TUESDAY + timedelta(days=200), at=NOW,
    )  # fmt: skip


def test_paid_lunches_of_the_period_come_back_once(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, *DAYS, products=(LUNCH, SNACK))
    charge(city, *DAYS)
    assert grant(city, one) == Backdated(2, 740)
    assert move_paid_lunches(city, one.code, at=NOW) == Backdated(0, 0)
    assert on_wallet(city, wallet) == 5000 - 3 * 450 + 740
    credit = movements(city, wallet).movements[0]
    assert (credit.kind, credit.child, credit.amount_cents) == ("credit", one.code, 370)
    assert credit.about is not None
    told = movement(city, wallet, credit.about)
    assert told is not None
    assert told.how[-1].kind == "credited"


def test_what_goodwill_gave_back_is_not_paid_twice(city: Session) -> None:
    wallet = a_wallet(city)
    one = a_child(city, wallet)
    eats(city, one, *DAYS)
    _, tuesday, wednesday = charge(city, *DAYS)
    give_back_meal(city, tuesday.key, cents=None, key=uuid4(), at=NOW)
    assert grant(city, one) == Backdated(1, 370)
    assert on_wallet(city, wallet) == 5000 - 370
    give_back_meal(city, wednesday.key, cents=None, key=uuid4(), at=NOW)
    assert on_wallet(city, wallet) == 5000 - 370


def test_goodwill_and_a_subsidy_at_once_give_a_lunch_back_once(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        wallet = a_wallet(session)
        one = a_child(session, wallet)
        eats(session, one, TUESDAY)
        (lunch,) = charge(session, TUESDAY)

    def goodwill() -> None:
        with database.transaction() as session:
            give_back_meal(session, lunch.key, cents=None, key=uuid4(), at=NOW)

    with ThreadPoolExecutor(1) as other:
        with database.transaction() as session:
            grant(session, one)
            done = other.submit(goodwill)
            until_waiting(database, done)
        done.result()
    with database.read_only() as session:
        assert on_wallet(session, wallet) == 5000
        assert balance(session, "161900/jobcenter").debit_balance_cents == 0


def test_the_other_payer_gets_what_the_other_payer_paid(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[2], valid_from=MONDAY, at=SUNDAY_EVENING)
    eats(city, one, *DAYS)
    charge(city, *DAYS)
    grant(city, one)
    assert (on_wallet(city, main), on_wallet(city, second)) == (5000 - 370, 5000)


def test_no_charge_is_given_back_twice(city: Session) -> None:
    wallet = a_wallet(city)
    eats(city, a_child(city, wallet), MONDAY)
    (charged,) = charge(city, MONDAY)
    give_back_meal(city, charged.key, cents=None, key=uuid4(), at=NOW)
    with pytest.raises(GoodwillRefused, match="already_reversed"):
        give_back_meal(city, charged.key, cents=None, key=uuid4(), at=NOW)
    assert on_wallet(city, wallet) == 5000
