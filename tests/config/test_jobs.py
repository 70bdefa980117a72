"""Jobs on the real queue: what the worker does each minute and each night."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from config.database import Database
from config.jobs import jobs_app, night_due
from ledger.calendar import CITY_TIME
from ledger.journal import post
from tests.builders import a_chart, a_top_up, a_wallet


def run(database: Database, *tasks: str) -> None:
    """Put these tasks on the queue and work until it is empty."""
    app = jobs_app(database)
    with app.open():
        for task in tasks:
            app.configure_task(task).defer(timestamp=0)
    app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


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
