"""The cut-off of a whole city: 1,435 children in one call, cancelling to the last moment."""

from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from config.database import Database
from config.demo.households import families, open_families
from ledger.catalogue.loading import load_city
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.entries import Posted
from ledger.family_meals import cancel_days
from ledger.meals import CutOffPassed, charge_meals
from ledger.shared_children import share_child
from ledger.standing_orders import plan_meals
from ledger.wallets import open_wallet
from tests.ledger.conftest import AACHEN
from tests.ledger.families import MONDAY, SUNDAY, SUNDAY_EVENING, TUESDAY, clock, on_wallet

CHILDREN, SHARED = 1435, 40
LAST_MOMENT = clock(MONDAY, 7, 59, 59, 900_000)
EIGHT = clock(MONDAY, 8)


def _standing_orders(database: Database) -> list[tuple[str, str]]:
    """Lunch every day for 1,435 children; each with its wallet."""
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        houses = posted_catalogue(session).facilities.values()
        planned = families([house for house in houses if house.kind == "daycare"])
        open_families(session, planned, on=SUNDAY)
        session.execute(
            text("""INSERT INTO standing_order (child, products, weekdays, valid_from, made_at)
                    SELECT number, ARRAY['KITA-L'], ARRAY[1, 2, 3, 4, 5]::smallint[], :day, :at
                      FROM child"""),
            {"day": MONDAY, "at": SUNDAY_EVENING},
        )
        rows = session.execute(text("SELECT code, wallet FROM child ORDER BY number")).all()
        return [(row.code, row.wallet) for row in rows]


def test_1435_children_are_charged_in_one_call(database: Database) -> None:
    children = _standing_orders(database)
    assert len(children) == CHILDREN
    shared = children[::30][:SHARED]
    with database.transaction() as session:
        second = open_wallet(session, kind="kita", key=uuid4()).code
        for number, (code, _) in enumerate(shared):
            weekdays = None if number % 2 else [1]
            share_child(session, code, wallet=second, weekdays=weekdays, valid_from=MONDAY,
                        at=SUNDAY_EVENING)  # fmt: skip
        assert plan_meals(session, TUESDAY, at=SUNDAY_EVENING) == 2 * CHILDREN
    sick, late = children[5], children[6]
    with database.transaction() as session:
        cancel_days(session, sick[1], sick[0], [MONDAY], at=LAST_MOMENT, is_sick=True)
    with database.transaction() as session, pytest.raises(CutOffPassed):
        cancel_days(session, late[1], late[0], [MONDAY], at=EIGHT)
    questions: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: questions.append(a[2]))
    with database.transaction() as session:
        outcomes = charge_meals(session, posted_catalogue(session), MONDAY)
    assert Counter(type(one) for one in outcomes) == {Posted: CHILDREN - 1}
    assert len(questions) < 60  # not one for each child
    with database.transaction() as session:
        rows = session.execute(
            text("SELECT child, wallet FROM meal_charge WHERE day = :day"), {"day": MONDAY}
        )
        paid = {row.child: row.wallet for row in rows}
        assert sick[0] not in paid
        assert all(paid[code] == second for code, _ in shared)
        assert all(paid[code] == wallet for code, wallet in children[1:5])
        again = charge_meals(session, posted_catalogue(session), MONDAY)
        assert sorted(one.key for one in again) == sorted(one.key for one in outcomes)
        assert on_wallet(session, second) >= -1500
        charge_meals(session, posted_catalogue(session), TUESDAY)
        by_week = session.execute(text(
            "SELECT count(*) FROM meal_charge WHERE day = :day AND wallet = :wallet"
        ), {"day": TUESDAY, "wallet": second}).scalar()  # fmt: skip
        assert by_week == SHARED // 2
