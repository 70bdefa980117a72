"""How a pass ends, and what the database keeps of it itself."""

import threading
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.database import Database
from ledger.balances import balance
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.charges import BasketLine, find_charge
from ledger.entries import Posted
from ledger.money import Money
from ledger.passes import expire_passes, take_back
from ledger.tables.services import pass_end, pass_release, pass_visit
from tests.ledger.conftest import AACHEN
from tests.ledger.counter import answer, asked, booked
from tests.ledger.counter import take_back as reverse_the_sale
from tests.ledger.test_passes import DAY, NOON, a_pass, enter, left


def test_a_returned_pass_pays_the_unused_visits_back_with_their_tax(city: Session) -> None:
    code, key = a_pass(city), uuid4()
    for _ in range(4):
        enter(city, code)
    outcome = take_back(city, code, key=key, booked_on=DAY)
    assert booked(city, outcome) == {
        (f"391000/{code}", "371300"): 2522, ("372007", "371300"): 177, ("549200", "371300"): 1,
    }  # fmt: skip
    again = take_back(city, code, key=key, booked_on=DAY)
    assert (again.entry_id, again.replayed) == (outcome.entry_id, True)
    assert take_back(city, code, key=uuid4(), booked_on=DAY).code == "pass_ended"
    assert enter(city, code).code == "pass_ended"
    assert left(city, code) == 0


@pytest.mark.parametrize("product", ["POOL-HOL-L", "MUS-SIX"])
def test_season_and_museum_cards_are_not_taken_back(city: Session, product: str) -> None:
    code = a_pass(city, product)
    assert take_back(city, code, key=uuid4(), booked_on=DAY).code == "not_returnable"
    assert take_back(city, "P-999999", key=uuid4(), booked_on=DAY).code == "pass_unknown"


def test_what_was_never_used_becomes_other_income_when_the_pass_lapses(city: Session) -> None:
    pool, museum = a_pass(city), a_pass(city, "MUS-SIX")
    for _ in range(7):
        enter(city, pool)
    enter(city, museum, facility="M03")
    assert expire_passes(city, date(2027, 5, 17)) == []
    (lapsed,) = expire_passes(city, date(2027, 5, 18))
    assert booked(city, lapsed) == {(f"391020/{museum}", "459300"): 1400 - 233}
    (lapsed,) = expire_passes(city, date(2029, 11, 18))
    assert booked(city, lapsed) == {(f"391000/{pool}", "459300"): 1260}
    assert expire_passes(city, date(2029, 11, 19)) == []


def test_a_sale_is_taken_back_only_while_its_pass_is_unused(city: Session) -> None:
    unused, used = asked(BasketLine("POOL-10A", 2)), asked(BasketLine("POOL-HOL-S"))
    answer(city, unused)
    answer(city, used)
    found = find_charge(city, used.key)
    assert found is not None
    enter(city, found.lines[0].passes[0])
    assert reverse_the_sale(city, used.key).code == "pass_used"
    assert isinstance(reverse_the_sale(city, unused.key), Posted)
    found = find_charge(city, unused.key)
    assert found is not None
    for code in found.lines[0].passes:
        assert enter(city, code).code == "pass_ended"
        assert left(city, code) == 0


def test_a_basket_that_opened_a_gate_is_not_taken_back(city: Session) -> None:
    code = a_pass(city)
    request = asked(BasketLine("POOL-10A", pass_code=code), BasketLine("POOL-SAUNA"))
    answer(city, request)
    assert reverse_the_sale(city, request.key).code == "pass_visited"


@pytest.mark.parametrize(
    ("table", "row", "constraint"),
    [
        (pass_release, {"number": 11, "units": 10}, "pass_release_number"),
        (pass_release, {"number": 11, "units": 11}, "pass_release_pass"),
        (pass_release, {"number": 1, "units": 10}, "pass_release_pkey"),
        (pass_visit, {"number": 1, "number_of_day": 9}, "pass_visit_pkey"),
        (pass_visit, {"number": 2, "number_of_day": 1}, "pass_visit_of_day"),
        (pass_end, {"kind": "lost"}, "pass_end_kind"),
    ],
)
def test_the_database_refuses_a_visit_too_many(
    city: Session, table: Any, row: dict[str, Any], constraint: str
) -> None:
    code, key = a_pass(city), uuid4()
    enter(city, code, key=key)
    rest: dict[str, Any] = {"pass": code, "key": key}
    if table is pass_visit:
        rest |= {"facility": "B01", "visited_at": NOON, "day": DAY}
    if table is pass_end:
        rest |= {"day": DAY}
    with pytest.raises(DBAPIError) as refused:
        city.execute(insert(table).values({**rest, **row}))
    assert constraint in str(refused.value)


@pytest.mark.parametrize("table", ["sold_pass", "pass_visit", "pass_release", "charge"])
def test_history_is_neither_changed_nor_deleted(city: Session, table: str) -> None:
    enter(city, a_pass(city))
    with pytest.raises(DBAPIError, match="permission denied"), city.begin_nested():
        city.execute(text(f"DELETE FROM {table}"))


def test_one_visit_left_lets_one_of_many_in(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
        code = a_pass(session)
    with database.transaction() as session:
        for _ in range(9):
            with session.begin_nested():
                assert isinstance(enter(session, code), Posted)
    outcomes: list[Any] = []

    def gate() -> None:
        with database.transaction() as session:
            outcomes.append(enter(session, code))

    gates = [threading.Thread(target=gate) for _ in range(6)]
    for one in gates:
        one.start()
    for one in gates:
        one.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["Posted"] + ["Refused"] * 5
    with database.transaction() as session:
        assert left(session, code) == 0
        assert Money(4206) == Money(-balance(session, "441100").debit_balance_cents)
