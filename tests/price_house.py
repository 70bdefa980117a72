"""A city in which two people change a price, and its files with prices of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import config
from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import City, Price, Product
from ledger.catalogue.price_changes import (
    PriceChange,
    ask_for_price,
    find_change,
    release_price,
)
from ledger.catalogue.price_effect import Draft, PriceChangeRefused
from ledger.money import Money
from ledger.permissions import Caller
from ledger.staff.people import Person
from ledger.tables import catalogue as tables
from tests.staff_client import a_browser, a_person, a_session

NOW = datetime.now(UTC)
TODAY = business_day(NOW)
SOON = TODAY + timedelta(days=40)
AACHEN = Path(config.__file__).parent / "cities" / "aachen"
DRAFT = Draft("POOL-AD", SOON, 550, "Ratsbeschluss vom 01.12.", "Energiekosten")


@dataclass(frozen=True, slots=True)
class House:
    """A city and three people: Anna asks, Carla releases, and Ben may only ask."""

    database: Database
    anna: Person
    ben: Person
    carla: Person

    def browser(self, person: Person) -> FlaskClient:
        return a_browser(create_app(database=self.database), a_session(self.database, person))

    def ask(self, draft: Draft = DRAFT, *, by: Person | None = None) -> UUID:
        request = uuid4()
        with self.database.transaction() as session:
            ask_for_price(session, caller(by or self.anna), draft, request=request, at=NOW)
        return request

    def release(self, request: UUID, *, by: Person | None = None, at: datetime = NOW) -> str:
        with self.database.transaction() as session:
            return release_price(session, caller(by or self.carla), request, at=at).state

    def change(self, request: UUID) -> PriceChange:
        with self.database.read_only() as session:
            return find_change(session, request)

    def prices(self, product: str = "POOL-AD") -> dict[date, int]:
        table = tables.price.c
        with self.database.read_only() as session:
            rows = session.execute(
                select(table.valid_from, table.amount_cents).where(table.product == product)
            )
            return {row.valid_from: row.amount_cents for row in rows}

    def load(self, city: City) -> list[str]:
        with self.database.transaction() as session:
            return [fault.message for fault in load_city(session, city).refused]


def caller(person: Person) -> Caller:
    return Caller(person.code, person.role, person=person.name)


def a_house(city: Database) -> House:
    """Anna and Ben may ask, Carla may also release."""
    return House(
        city, a_person(city, "finance"), a_person(city, "finance"),
        a_person(city, "finance_approver"),
    )  # fmt: skip


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(PriceChangeRefused) as no:
        act()
    assert no.value.code == code


def with_price(city: City, first: date, cents: int, basis: str = "Ratsbeschluss") -> City:
    new = Price(first, Money(cents), basis)
    return with_product(city, lambda old: replace(old, prices=(*old.prices, new)))


def changed(city: City, change: Callable[[Price], Price]) -> City:
    return with_product(
        city, lambda old: replace(old, prices=tuple(change(price) for price in old.prices))
    )


def with_product(city: City, change: Callable[[Product], Product]) -> City:
    products = tuple(
        change(one) if one.code == "POOL-AD" else one for one in city.catalogue.products
    )
    return replace(city, catalogue=replace(city.catalogue, products=products))
