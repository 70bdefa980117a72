"""Taking a charge back: its money, its free tickets, once."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.charges import (
    BasketLine,
    Recorded,
    UnknownCharge,
    find_charge,
)
from ledger.entries import Conflict, Posted
from ledger.periods import close_day
from tests.ledger.counter import (
    DAY,
    answer,
    asked,
    at_museum,
    booked,
    entry_count,
    handed_out,
    take_back,
)


def test_a_reversal_takes_back_money_and_free_tickets_once(city: Session) -> None:
    request, key = at_museum(BasketLine("MUS-AD"), BasketLine("MUS-U21", 2)), uuid4()
    answer(city, request)
    first = take_back(city, request.key, key=key)
    assert booked(city, first) == {("441200", "184100/M01-1/2026-11-17"): 600}
    assert take_back(city, request.key, key=key) == replace(first, replayed=True)
    assert take_back(city, request.key, key=key, reason="anderer Grund") == Conflict(key)
    assert take_back(city, request.key).code == "already_reversed"
    assert handed_out(city) == {}
    found = find_charge(city, request.key)
    assert found is not None
    assert found.reversed_by == key


def test_free_tickets_are_taken_back_without_an_entry(city: Session) -> None:
    request, key = at_museum(BasketLine("MUS-U21", 2)), uuid4()
    answer(city, request)
    assert take_back(city, request.key, key=key) == Recorded(key)
    assert take_back(city, request.key, key=key) == Recorded(key, replayed=True)
    assert take_back(city, request.key).code == "already_reversed"
    assert (handed_out(city), entry_count(city)) == ({}, 0)


def test_what_was_never_charged_cannot_be_taken_back(city: Session) -> None:
    refused = asked(BasketLine("POOL-NO"))
    answer(city, refused)
    for key in (refused.key, uuid4()):
        with pytest.raises(UnknownCharge):
            take_back(city, key)


def test_a_reversal_into_a_closed_day_leaves_the_counts(city: Session) -> None:
    request = at_museum(BasketLine("MUS-AD"), BasketLine("MUS-U21", 2))
    answer(city, request)
    close_day(city, DAY, closed_by="Nacht")
    assert take_back(city, request.key).code == "day_closed"
    assert handed_out(city) == {"MUS-U21": 2}
    assert isinstance(take_back(city, request.key, booked_on=date(2026, 11, 18)), Posted)
