"""A price that one person asks for and another one releases: what is recorded, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from config.postgres import EmbeddedServer
from ledger.catalogue.model import Price
from ledger.catalogue.posted import item_on, posted_catalogue
from ledger.catalogue.price_changes import refuse_price, withdraw_price
from ledger.catalogue.price_effect import Draft
from ledger.catalogue.queries import price_on
from ledger.catalogue.reading import city_from
from ledger.errors import constraint_of
from ledger.money import Money
from ledger.staff.people import Person
from tests.conftest import cloned_database
from tests.price_house import (
    AACHEN,
    DRAFT,
    NOW,
    SOON,
    TODAY,
    House,
    a_house,
    caller,
    changed,
    refused,
    with_price,
)


@pytest.fixture
def house(server: EmbeddedServer, city_template: str) -> Iterator[House]:
    with cloned_database(server, city_template) as database:
        yield a_house(database)


def test_the_new_price_is_charged_from_its_day_on(house: House) -> None:
    house.release(house.ask())
    with house.database.read_only() as session:
        catalogue = posted_catalogue(session)
        product, pool = catalogue.products["POOL-AD"], catalogue.facilities["B01"]
        days = (SOON - timedelta(days=1), SOON, SOON + timedelta(days=400))
        items = [item_on(catalogue, product, pool, day) for day in days]
    assert [item.price.cents for item in items if item] == [500, 550, 550]


def test_whoever_asks_does_not_release_and_not_everybody_may(house: House) -> None:
    mine, theirs = house.ask(by=house.carla), house.ask(replace(DRAFT, product="POOL-RED"))
    refused("release_own", lambda: house.release(mine))
    refused("release_role", lambda: house.release(theirs, by=house.ben))
    with house.database.transaction() as session:
        refused("release_role", lambda: withdraw_price(session, caller(house.ben), theirs))
    assert house.release(theirs) == "released"
    refused("release_decided", lambda: house.release(theirs))


def test_the_database_wants_a_second_person_and_the_price_by_itself(house: House) -> None:
    request = house.ask()
    forged = text(
        "INSERT INTO price_change_decision (request, asked_by, decision, decided_by)"
        " VALUES (:request, :asker, 'released', :by)"
    )
    price = text("INSERT INTO price VALUES ('POOL-AD', :day, 550, :basis)")

    def forge(by: Person, constraint: str) -> None:
        values = {"request": request, "asker": house.anna.code, "by": by.code}
        with pytest.raises(IntegrityError) as no, house.database.transaction() as session:
            session.execute(forged, values)
        assert constraint_of(no.value) == constraint

    forge(house.carla, "price_change_recorded")
    with house.database.transaction() as session:
        session.execute(price, {"day": SOON, "basis": DRAFT.legal_basis})
    forge(house.anna, "price_change_by_second_person")
    for statement in ("UPDATE price_change SET amount_cents = 1", "DELETE FROM price_change"):
        with pytest.raises(ProgrammingError), house.database.transaction() as session:
            session.execute(text(statement))
    assert house.change(request).state == "pending"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(DRAFT, valid_from=TODAY), "price_change_past"),
        (replace(DRAFT, valid_from=date(2027 + 100, 1, 1)), "price_change_far"),
        (replace(DRAFT, cents=500), "price_change_same"),
        (replace(DRAFT, cents=0), "price_change_amount"),
        (replace(DRAFT, product="POOL-XX"), "price_change_product"),
        (replace(DRAFT, reason="  "), "price_change_words"),
        (replace(DRAFT, legal_basis=""), "price_change_words"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(house: House, draft: Draft, code: str) -> None:
    refused(code, lambda: house.ask(draft))
    assert house.prices() == {date(2026, 1, 1): 500}


def test_a_product_waits_for_one_change_and_takes_one_price_a_day(house: House) -> None:
    request = house.ask()
    refused("price_change_waits", lambda: house.ask(replace(DRAFT, cents=600), by=house.ben))
    house.release(request)
    refused("price_change_same_day", lambda: house.ask(replace(DRAFT, cents=600)))
    between = replace(DRAFT, valid_from=SOON - timedelta(days=10), cents=525)
    house.release(house.ask(between))
    assert sorted(house.prices().items())[1:] == [(between.valid_from, 525), (SOON, 550)]


def test_the_city_s_files_load_beside_a_price_from_the_desk(house: House) -> None:
    house.release(house.ask())
    files = city_from(AACHEN)
    assert house.load(files) == []
    assert house.load(with_price(files, SOON, 550, DRAFT.legal_basis)) == []
    assert house.prices() == {date(2026, 1, 1): 500, SOON: 550}
    with house.database.read_only() as session:
        product = posted_catalogue(session).products["POOL-AD"]
    assert price_on(product, SOON) == Price(SOON, Money(550), DRAFT.legal_basis)
    (other,) = house.load(with_price(files, SOON, 560, DRAFT.legal_basis))
    assert "already recorded at 5.50 EUR" in other
    (ended,) = house.load(changed(files, lambda price: replace(price, valid_until=TODAY)))
    assert "was released at the desk" in ended


def test_a_release_after_its_day_or_after_another_change_is_refused(house: House) -> None:
    request = house.ask()
    late = NOW + timedelta(days=40)
    refused("price_change_late", lambda: house.release(request, at=late))
    assert house.load(with_price(city_from(AACHEN), SOON - timedelta(days=5), 520)) == []
    refused("price_change_stale", lambda: house.release(request))
    assert SOON not in house.prices()


def test_given_back_with_a_reason_or_withdrawn_nothing_changes(house: House) -> None:
    request = house.ask()
    with house.database.transaction() as session:
        refused(
            "price_change_words",
            lambda: refuse_price(session, caller(house.carla), request, words=" "),
        )
        refuse_price(session, caller(house.carla), request, words="Erst nach dem Rat")
    assert house.change(request).decision_reason == "Erst nach dem Rat"
    again = house.ask()
    with house.database.transaction() as session:
        withdraw_price(session, caller(house.anna), again)
    assert house.change(again).state == "withdrawn"
    assert house.prices() == {date(2026, 1, 1): 500}
