"""Children, subsidies and orders: what the database keeps itself."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ledger.households import UnknownChild, grant_subsidy
from ledger.meals import (
    cancel_meal,
)
from ledger.tables.services import child, meal_order
from ledger.wallets import open_wallet
from tests.ledger.test_meals import DAY, EIGHT, EVENING, LUNCH, a_child, a_family, order


def test_subsidies_of_a_child_do_not_overlap(city: Session) -> None:
    one = a_child(city, a_family(city), subsidised=True)
    with pytest.raises(IntegrityError, match="subsidy_one_at_a_time"), city.begin_nested():
        grant_subsidy(city, one.code, authority="sozialamt", valid_from=DAY, valid_until=DAY)
    with pytest.raises(IntegrityError, match="subsidy_authority"), city.begin_nested():
        grant_subsidy(
            city, one.code, authority="lotto", valid_from=date(2027, 1, 1),
            valid_until=date(2027, 1, 2),
        )  # fmt: skip
    with pytest.raises(UnknownChild):
        grant_subsidy(city, "C-9", authority="jobcenter", valid_from=DAY, valid_until=DAY)


def test_a_childs_meals_are_not_paid_from_a_citizens_wallet(city: Session) -> None:
    citizen = open_wallet(city, kind="citizen", key=uuid4()).code
    with pytest.raises(IntegrityError, match="child_wallet"):
        a_child(city, citizen)


def test_an_order_is_cancelled_once_and_never_deleted(city: Session) -> None:
    one = a_child(city, a_family(city))
    order(city, one, LUNCH)
    cancel_meal(city, one.code, LUNCH, DAY, at=EVENING)
    with pytest.raises(DBAPIError, match="cancelled, once"), city.begin_nested():
        city.execute(update(meal_order).values(cancelled_at=EIGHT))
    with pytest.raises(DBAPIError, match="permission denied"), city.begin_nested():
        city.execute(text("DELETE FROM meal_order"))
    with pytest.raises(IntegrityError, match="child_code"), city.begin_nested():
        city.execute(insert(child).values(
            code="Mia", number=1, facility="K01", wallet=one.wallet, registered_on=DAY
        ))  # fmt: skip
