"""Jobs on the real queue: what the worker does each minute and each night."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from config.database import Database
from config.jobs import jobs_app
from config.jobs.families import STILL_IN_FLIGHT, days_to_charge
from config.jobs.night import night_due
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.households import register_child
from ledger.journal import post
from ledger.meals import charge_meals, order_meals
from ledger.periods import close_day
from ledger.standing_orders import set_standing_order
from ledger.wallets import open_wallet
from tests.builders import a_chart, a_top_up, a_wallet
from tests.jobs import work_off

TODAY = datetime.now(CITY_TIME).date()


def run(database: Database, *tasks: str) -> None:
    """Put these tasks on the queue and work until it is empty."""
    app = jobs_app(database)
    with app.open():
        for task in tasks:
            app.configure_task(task).defer(timestamp=0)
    work_off(app)


def rows(database: Database, statement: str) -> list[Any]:
    with database.read_only() as session:
        return list(session.scalars(text(statement)))


def test_the_seal_job_seals_what_was_booked(database: Database) -> None:
    with database.transaction() as session:
        a_chart(session)
        post(session, [a_top_up(a_wallet(session, 1), 500)])
    run(database, "seal")
    assert rows(database, "SELECT entry_count FROM block") == [1]
    run(database, "seal")
    assert rows(database, "SELECT entry_count FROM block") == [1]


def test_the_night_job_reconciles_yesterday_once(database: Database) -> None:
    due = night_due(datetime.now(CITY_TIME))
    run(database, "night")
    run(database, "night")
    assert rows(database, "SELECT day FROM night_run") == ([due] if due else [])


def test_a_job_that_waits_already_is_not_queued_twice(database: Database) -> None:
    app = jobs_app(database)
    with app.open():
        app.configure_task("seal", queueing_lock="seal").defer(timestamp=0)
        with pytest.raises(Exception, match="queueing lock"):
            app.configure_task("seal", queueing_lock="seal").defer(timestamp=1)


def test_a_job_of_a_worker_that_was_killed_is_taken_over_with_its_lock(database: Database) -> None:
    with database.transaction() as session:
        a_chart(session)
        post(session, [a_top_up(a_wallet(session, 1), 500)])
    app = jobs_app(database)
    with app.open():
        app.configure_task("seal").defer(timestamp=0)
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    run(database, "seal")
    assert rows(database, "SELECT 1 FROM block") == []  # behind the lock of the dead
    run(database, "take_over")
    run(database)
    assert rows(database, "SELECT entry_count FROM block") == [1]
    assert rows(database, "SELECT id FROM procrastinate_jobs WHERE status = 'doing'") == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 20, 1, 59, tzinfo=CITY_TIME), None),
        (datetime(2026, 11, 20, 2, 0, tzinfo=CITY_TIME), date(2026, 11, 19)),
        (
            datetime(2026, 3, 29, 3, 0, tzinfo=CITY_TIME),
            date(2026, 3, 28),
        ),  # two o'clock is left out
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=CITY_TIME), date(2026, 10, 24)),
        (datetime(2026, 11, 20, 23, 0, tzinfo=CITY_TIME), date(2026, 11, 19)),
    ],
)
def test_the_night_is_due_from_two_in_the_city(now: datetime, due: date | None) -> None:
    assert night_due(now) == due


def test_meals_are_charged_once_no_cancellation_in_time_is_under_way(city: Database) -> None:
    days = (date(2026, 11, 19), date(2026, 11, 20))
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4()).code
        child = register_child(session, facility="K01", wallet_code=wallet, on=days[0]).code
        for day in days:
            order_meals(session, day, [(child, "KITA-L")],
                        at=datetime(2026, 11, 18, 12, tzinfo=CITY_TIME))  # fmt: skip
    first = datetime(2026, 11, 20, 8, tzinfo=CITY_TIME) + STILL_IN_FLIGHT
    assert days_to_charge(city, first - timedelta(seconds=1)) == [days[0]]
    assert days_to_charge(city, first) == list(days)
    with city.transaction() as session:
        charge_meals(session, posted_catalogue(session), days[0])
        close_day(session, days[1], closed_by="test")
    assert days_to_charge(city, first) == []


def test_meals_of_standing_orders_are_ordered_ahead(city: Database) -> None:
    with city.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4()).code
        child = register_child(session, facility="K01", wallet_code=wallet, on=TODAY).code
        set_standing_order(session, child, products=("KITA-L",), weekdays=(1, 2, 3, 4, 5),
                           valid_from=TODAY, at=datetime.now(UTC))  # fmt: skip
    run(city, "plan")
    planned = rows(city, "SELECT day FROM meal_order ORDER BY day")
    assert planned
    assert all(day > TODAY and day.weekday() < 5 for day in planned)
    run(city, "plan")
    assert rows(city, "SELECT day FROM meal_order ORDER BY day") == planned
