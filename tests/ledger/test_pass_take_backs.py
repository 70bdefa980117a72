"""A visit taken back: exactly its share returns, once, and only the newest one's."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ledger.charges import BasketLine
from ledger.entries import Posted, Refused
from ledger.outcomes import Recorded
from ledger.pass_take_backs import take_back_visit
from ledger.passes import find_pass
from ledger.passes import take_back as return_pass
from ledger.periods import close_day
from ledger.tables.services import pass_release, pass_visit
from tests.ledger.counter import DAY, NOON, answer, asked, booked
from tests.ledger.test_passes import a_pass, enter, left

A_MINUTE = timedelta(minutes=1)


def undo(session: Session, visit: UUID, at: datetime = NOON, key: UUID | None = None) -> Any:
    return take_back_visit(session, visit, key=key or uuid4(), at=at)


def test_exactly_the_share_goes_back_and_comes_again(city: Session) -> None:
    code, first, second = a_pass(city), uuid4(), uuid4()
    enter(city, code, key=first)
    enter(city, code, key=second)
    back = undo(city, second)
    assert booked(city, back) == {("441100", f"391000/{code}"): 421}
    found = find_pass(city, code)
    assert found is not None
    assert (found.card.used, found.visits, found.turn, left(city, code)) == (1, 1, 1, 4206 - 421)
    shares = [sum(booked(city, enter(city, code)).values()) for _ in range(9)]
    assert (sum(shares), left(city, code)) == (4206 - 421, 0)
    assert enter(city, code).code == "card_used_up"


def test_the_same_take_back_comes_twice_and_counts_once(city: Session) -> None:
    code, visit, key = a_pass(city), uuid4(), uuid4()
    enter(city, code, key=visit)
    first, again = (undo(city, visit, key=key) for _ in range(2))
    assert (first.entry_id, again.replayed) == (again.entry_id, True)
    assert undo(city, visit).code == "visit_taken_back"
    assert left(city, code) == 4206


@pytest.mark.parametrize("minutes", [-1, 16, 24 * 60])
def test_it_is_taken_back_within_minutes_and_on_its_day(city: Session, minutes: int) -> None:
    code, visit = a_pass(city), uuid4()
    enter(city, code, key=visit)
    assert undo(city, visit, NOON + minutes * A_MINUTE).code == "visit_too_late"


def test_only_the_newest_visit_is_taken_back(city: Session) -> None:
    code, first = a_pass(city), uuid4()
    enter(city, code, key=first)
    enter(city, code)
    assert undo(city, first).code == "visit_not_newest"


def test_what_is_no_lone_visit_is_not_taken_back(city: Session) -> None:
    code = a_pass(city)
    request = asked(BasketLine("POOL-10A", pass_code=code), BasketLine("POOL-SAUNA"))
    answer(city, request)
    assert undo(city, request.key).code == "visit_not_alone"
    assert undo(city, uuid4()).code == "visit_unknown"


def test_a_museum_card_may_open_the_house_again(city: Session) -> None:
    code, visit = a_pass(city, "MUS-SIX"), uuid4()
    enter(city, code, key=visit, facility="M01")
    assert isinstance(undo(city, visit), Posted)
    assert isinstance(enter(city, code, facility="M01"), Posted)
    assert enter(city, code, facility="M01").code == "already_visited"


def test_a_holiday_card_opens_again_on_the_same_day(city: Session) -> None:
    code, visit = a_pass(city, "POOL-HOL-S"), uuid4()
    enter(city, code, key=visit)
    assert enter(city, code).code == "visited_today"
    assert isinstance(undo(city, visit), Recorded)
    assert isinstance(enter(city, code), Recorded)


def test_after_its_day_was_closed_nothing_is_taken_back(city: Session) -> None:
    code, visit = a_pass(city), uuid4()
    enter(city, code, key=visit)
    close_day(city, DAY, closed_by="Nacht")
    refused = undo(city, visit)
    assert isinstance(refused, Refused)
    assert refused.code == "day_closed"
    assert left(city, code) == 4206 - 421


def test_a_pass_that_was_returned_keeps_its_visits(city: Session) -> None:
    code, visit = a_pass(city), uuid4()
    enter(city, code, key=visit)
    return_pass(city, code, key=uuid4(), booked_on=DAY)
    assert undo(city, visit).code == "pass_ended"


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        (pass_visit, {"number": 1, "number_of_day": 1, "turn": 0}, "taken back meanwhile"),
        (pass_visit, {"number": 1, "number_of_day": 5, "turn": 1}, "this visit was counted"),
        (pass_release, {"number": 1, "units": 10, "turn": 1}, "this visit was counted"),
        (pass_release, {"number": 3, "units": 10, "turn": 2}, "taken back meanwhile"),
    ],
)
def test_the_database_counts_a_visit_in_force_once(
    city: Session, table: Any, row: dict[str, Any], rule: str
) -> None:
    code, key, undone = a_pass(city), uuid4(), uuid4()
    enter(city, code, key=key)
    enter(city, code, key=undone)
    undo(city, undone)
    rest: dict[str, Any] = {"pass": code, "key": key}
    if table is pass_visit:
        rest |= {"facility": "B01", "visited_at": NOON, "day": DAY}
    with pytest.raises(DBAPIError, match=rule):
        city.execute(insert(table).values({**rest, **row}))
