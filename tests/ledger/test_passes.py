"""Passes from sale to end: every visit releases its share, once, and the last cent comes out."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.balances import balance
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import BasketLine, charge, find_charge
from ledger.entries import Conflict, Posted, Refused
from ledger.outcomes import Recorded
from ledger.passes import expire_passes, find_pass, release_season_days, visit
from ledger.periods import close_day
from ledger.queries import find_entry
from tests.ledger.counter import answer, asked, at_museum, booked, with_pass

DAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 12, tzinfo=CITY_TIME)
A_DAY = timedelta(days=1)
HOUSES = ("M01", "M02", "M03", "M04", "M05", "M06")


def a_pass(session: Session, product: str = "POOL-10A", **how: Any) -> str:
    """Sell one pass; returns its code."""
    make = at_museum if product.startswith("MUS") else asked
    request = make(BasketLine(product), **how)
    assert isinstance(answer(session, request), Posted)
    found = find_charge(session, request.key)
    assert found is not None
    return found.lines[0].passes[0]


def enter(session: Session, code: str, at: datetime = NOON, **how: Any) -> Any:
    return visit(session, code, **({"key": uuid4(), "facility": "B01", "at": at} | how))


def left(session: Session, code: str) -> int:
    """Cents still deferred for a pass."""
    found = find_pass(session, code)
    assert found is not None
    return -balance(session, found.card.account).debit_balance_cents


def test_a_pass_is_deferred_without_its_tax_and_released_to_the_last_cent(city: Session) -> None:
    code = a_pass(city)
    assert left(city, code) == 4206
    shares = [sum(booked(city, enter(city, code)).values()) for _ in range(10)]
    assert shares == [421] * 6 + [420] * 4
    assert left(city, code) == 0
    used_up = enter(city, code)
    assert isinstance(used_up, Refused)
    assert used_up.code == "card_used_up"


def test_a_visit_is_revenue_of_the_pool_it_was_made_to(city: Session) -> None:
    code = a_pass(city)
    outcome = enter(city, code, facility="B03")
    found = find_entry(city, outcome.entry_id)
    assert found is not None
    assert (found.event, found.transfers[0].dimensions["facility"]) == ("pass_visit", "B03")
    assert found.transfers[0].dimensions["channel"] == "pass"


def test_the_same_visit_comes_twice_and_counts_once(city: Session) -> None:
    code, key = a_pass(city), uuid4()
    first = enter(city, code, key=key)
    again = enter(city, code, key=key)
    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert enter(city, code, key=key, facility="B02") == Conflict(key)
    assert left(city, code) == 4206 - 421


def test_a_visit_refused_for_a_closed_day_stays_refused_and_costs_nothing(city: Session) -> None:
    code, key = a_pass(city), uuid4()
    close_day(city, DAY, closed_by="Nacht")
    assert enter(city, code, key=key).code == "day_closed"
    enter(city, code, NOON + A_DAY)
    late = enter(city, code, key=key)
    assert (late.code, late.replayed) == ("day_closed", True)
    found = find_pass(city, code)
    assert found is not None
    assert found.card.used == 1


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"at": NOON - A_DAY}, "pass_not_yet_valid"),
        ({"at": datetime(2029, 11, 18, tzinfo=CITY_TIME)}, "pass_expired"),
        ({"facility": "M01"}, "pass_not_valid_here"),
        ({"facility": "B99"}, "facility_unknown"),
    ],
)
def test_a_pass_opens_its_own_gates_while_it_is_valid(
    city: Session, how: dict[str, Any], code: str
) -> None:
    refused = enter(city, a_pass(city), **how)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert enter(city, "P-999999").code == "pass_unknown"


def test_a_pass_is_good_on_its_last_day(city: Session) -> None:
    last = datetime(2029, 11, 17, 23, 59, tzinfo=CITY_TIME)
    assert isinstance(enter(city, a_pass(city), last), Posted)


def test_a_basket_takes_visits_of_a_pass_beside_what_is_paid(city: Session) -> None:
    code = a_pass(city)
    lines = (BasketLine("POOL-10A", 2, pass_code=code), BasketLine("POOL-SAUNA"))
    outcome = answer(city, asked(*lines))
    assert booked(city, outcome)[f"391000/{code}", "441100"] == 842
    found = find_pass(city, code)
    assert found is not None
    assert (found.card.used, found.visits) == (2, 2)


def test_baskets_of_one_batch_share_a_pass_in_their_order(city: Session) -> None:
    code = a_pass(city)
    visits = [asked(BasketLine("POOL-10A", 4, pass_code=code)) for _ in range(3)]
    outcomes = charge(city, posted_catalogue(city), [*visits, asked()])
    assert [type(one) for one in outcomes] == [Posted, Posted, Refused, Posted]
    assert [sum(booked(city, one).values()) for one in outcomes[:2]] == [1684, 4 * 420 + 2]
    assert left(city, code) == 840


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([with_pass("POOL-10R", "P")], "pass_of_other_product"),
        ([with_pass("POOL-10A", "P", unit_cents=4500)], "price_changed"),
        ([with_pass("POOL-10A", "P")] * 2, "pass_named_twice"),
        ([with_pass("POOL-10A", "P", quantity=11)], "card_used_up"),
    ],
)
def test_a_visit_in_a_basket_that_cannot_be_is_refused(
    city: Session, lines: list[BasketLine], code: str
) -> None:
    sold = a_pass(city)
    refused = answer(city, asked(*[replace(line, pass_code=sold) for line in lines]))
    assert isinstance(refused, Refused)
    assert refused.code == code


# ---- Museum and season cards --------------------------------------------------------------


def test_a_museum_card_opens_each_house_once_and_the_last_takes_the_rest(city: Session) -> None:
    code = a_pass(city, "MUS-SIX")
    shares = [sum(booked(city, enter(city, code, facility=one)).values()) for one in HOUSES]
    assert shares == [233] * 5 + [235]
    assert enter(city, code, facility="M01").code == "already_visited"
    other = a_pass(city, "MUS-SIX-R")
    assert enter(city, other, facility="M07").code == "house_not_covered"
    refused = answer(city, at_museum(BasketLine("MUS-SIX-R", 2, pass_code=other)))
    assert refused.code == "one_visit_at_a_time"


def test_a_season_card_opens_once_a_day_and_earns_by_the_day(city: Session) -> None:
    code, key = a_pass(city, "POOL-HOL-S"), uuid4()
    assert enter(city, code, key=key) == Recorded(key)
    assert enter(city, code, key=key) == Recorded(key, replayed=True)
    assert enter(city, code).code == "visited_today"
    assert isinstance(enter(city, code, NOON + A_DAY), Recorded)
    assert left(city, code) == 841
    assert len(release_season_days(city, DAY)) == 1
    assert release_season_days(city, DAY) == []
    assert left(city, code) == 841 - 53


def test_a_missed_night_is_made_up_and_the_season_ends_at_nothing(city: Session) -> None:
    code = a_pass(city, "POOL-HOL-S")
    release_season_days(city, DAY)
    assert expire_passes(city, DAY + 16 * A_DAY) == []
    found = find_pass(city, code)
    assert found is not None
    assert found.ended is None
    release_season_days(city, DAY + 20 * A_DAY)
    assert left(city, code) == 0
    assert expire_passes(city, DAY + 21 * A_DAY) == []
    found = find_pass(city, code)
    assert found is not None
    assert found.ended == "expired"
