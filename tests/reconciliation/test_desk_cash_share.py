"""The share of cash on the morning page, from what the nights summed."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from tests.reconciliation.casework_stand import a_desk
from tests.reconciliation.desk_books import TODAY
from tests.staff_client import signed_in

MORNING = "/desk/"
MONDAY = TODAY - timedelta(days=TODAY.weekday())


def client_of(database: Database) -> FlaskClient:
    return signed_in(create_app(database=database), database, "finance")


def summed(database: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """As a night writes it down, at one pool."""
    with database.transaction() as session:
        session.execute(
            text("INSERT INTO takings_day (day, facility, channel, cents, is_final)"
                 " VALUES (:day, 'B01', :channel, :cents, false)"), rows,
        )  # fmt: skip


def test_cash_has_its_share_of_thirteen_weeks(city: Database) -> None:
    a_desk(city)
    client = client_of(city)
    assert "Noch keine volle Woche." in client.get(MORNING).text
    rows = [
        {"day": MONDAY - timedelta(weeks=back, days=1), "channel": channel, "cents": cents}
        for back, cash in ((12, 134), (6, 118), (0, 97))
        for channel, cents in (("cash", cash), ("girocard", 1000 - cash))
    ]  # fmt: skip
    summed(city, rows)
    page = client.get(MORNING).text
    whole = re.search(r'class="strong">Gesamt</th>(.*?)</tr>', page)
    assert whole is not None
    assert re.findall(r">([^<]+)</td>", whole[1]) == ["13,4", "11,8", "9,7", "−3,7"]
    assert re.search(r">9,7\s%</text>", page)


def test_a_week_in_which_more_was_given_back_than_taken_has_no_share(city: Database) -> None:
    a_desk(city)
    summed(city, [{"day": MONDAY - timedelta(days=1), "channel": "cash", "cents": -500}])
    assert "Noch keine volle Woche." in client_of(city).get(MORNING).text
