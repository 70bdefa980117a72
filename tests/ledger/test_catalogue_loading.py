"""Loading a city into real books: once, twice, and with what must be refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import City, Price, Product
from ledger.catalogue.queries import catalogue_document, facility_by_code, price_on
from ledger.catalogue.reading import city_from
from ledger.catalogue.stored import (
    stored_bank_accounts,
    stored_catalogue,
    stored_rulebook,
    stored_tax_codes,
)
from ledger.entries import Dimensions, Entry, Posted, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.tables import catalogue as tables
from ledger.tables.books import account

AACHEN = Path(config.__file__).parent / "cities" / "aachen"
AUTUMN = date(2026, 11, 17)


@pytest.fixture(scope="module")
def aachen() -> City:
    return city_from(AACHEN)


def with_product(city: City, code: str, change: Callable[[Product], Product]) -> City:
    products = tuple(
        change(product) if product.code == code else product for product in city.catalogue.products
    )
    return replace(city, catalogue=replace(city.catalogue, products=products))


def with_price(city: City, code: str, valid_from: date, cents: int) -> City:
    new = Price(valid_from, Money(cents), "Ratsbeschluss")
    return with_product(city, code, lambda old: replace(old, prices=(*old.prices, new)))


def test_a_second_load_of_the_same_files_changes_nothing(session: Session, aachen: City) -> None:
    first = load_city(session, aachen)
    again = load_city(session, city_from(AACHEN))
    assert (first.changed, first.unchanged, first.refused) == (0, 0, ())
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)


def test_the_chart_is_open_after_loading(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    rows = {row.code: row for row in session.execute(select(account))}
    assert (rows["371000"].is_control, rows["371000"].floor_cents) == (True, -1500)
    assert rows["183000/B01-1"].control_id == rows["183000"].id
    assert rows["183000/B01-1"].name == "Elisabethhalle, Kasse 1"
    assert rows["161900/jobcenter"].kind == "asset"
    assert sum(code.startswith("183000/") for code in rows) == 32


def test_what_was_stored_offers_what_was_written(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    stored = stored_catalogue(session)
    for day in (date(2026, 2, 6), AUTUMN, date(2027, 1, 2)):
        for house in aachen.catalogue.facilities:
            found = facility_by_code(stored, house.code)
            assert found == house
            written = catalogue_document(aachen.catalogue, house, day)
            assert catalogue_document(stored, found, day) == written
    by_code = {product.code: product for product in stored.products}
    assert by_code == {product.code: product for product in aachen.catalogue.products}


def test_rules_taxes_and_banks_come_back_as_written(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    assert stored_rulebook(session) == aachen.rulebook
    assert set(stored_tax_codes(session)) == set(aachen.catalogue.tax_codes)
    assert stored_bank_accounts(session) == aachen.bank_accounts


def test_another_amount_for_a_recorded_price_is_refused(session: Session, aachen: City) -> None:
    load_city(session, aachen)

    def cheaper(old: Product) -> Product:
        first, *later = old.prices
        return replace(old, prices=(replace(first, amount=Money(3600)), *later))

    result = load_city(session, with_product(aachen, "PA24", cheaper))
    assert (result.added, result.changed) == (0, 0)
    (fault,) = result.refused
    assert Path(fault.file).name == "citizens_office.toml"
    assert line_of(fault.file, fault.line).strip().startswith("{ valid_from = 2021-01-01")
    assert "37.00 EUR" in fault.message
    assert "new valid_from" in fault.message


def test_a_refused_load_writes_nothing_at_all(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    renamed = with_product(aachen, "MB", lambda old: replace(old, name="Anders"))
    raised = with_product(
        renamed,
        "POOL-AD",
        lambda old: replace(old, prices=(replace(old.prices[0], amount=Money(1)),)),
    )
    assert load_city(session, raised).refused
    names = select(tables.product.c.name).where(tables.product.c.code == "MB")
    assert session.scalar(names) == "Meldebescheinigung"


def test_a_new_price_with_a_later_day_is_added(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    dearer = with_price(aachen, "POOL-AD", date(2027, 1, 1), 550)
    result = load_city(session, dearer)
    assert (result.added, result.changed, result.refused) == (1, 0, ())
    stored = {product.code: product for product in stored_catalogue(session).products}
    before = price_on(stored["POOL-AD"], date(2026, 12, 31))
    after = price_on(stored["POOL-AD"], date(2027, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.amount, after.amount) == (Money(500), Money(550))


def test_a_price_for_days_already_sold_is_refused(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    sold = Transfer("181000", "441100", Money(500), Dimensions(facility="B01", product="POOL-AD"))
    (outcome,) = post(session, [Entry(uuid4(), "sale", AUTUMN, (sold,))])
    assert isinstance(outcome, Posted)
    (fault,) = load_city(session, with_price(aachen, "POOL-AD", AUTUMN, 550)).refused
    assert "sold until 2026-11-17" in fault.message
    assert load_city(session, with_price(aachen, "POOL-AD", date(2026, 11, 18), 550)).added == 1


def test_a_price_set_back_in_time_is_fine_where_nothing_was_sold(
    session: Session, aachen: City
) -> None:
    load_city(session, aachen)
    assert load_city(session, with_price(aachen, "POOL-AD", date(2026, 2, 1), 550)).added == 1


def test_recorded_products_and_prices_may_not_vanish(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    last_only = with_product(aachen, "PA24", lambda old: replace(old, prices=old.prices[1:]))
    (fault,) = load_city(session, last_only).refused
    assert "from 2021-01-01 is recorded but gone" in fault.message
    products = tuple(row for row in aachen.catalogue.products if row.code != "MUS-MUG")
    without = replace(aachen, catalogue=replace(aachen.catalogue, products=products))
    (fault,) = load_city(session, without).refused
    assert "MUS-MUG" in fault.message


def test_names_may_be_told_better(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    renamed = with_product(aachen, "MB", lambda old: replace(old, name="Meldebestätigung"))
    accounts = (replace(aachen.accounts[0], name="Gebührenforderungen"), *aachen.accounts[1:])
    result = load_city(session, replace(renamed, accounts=accounts))
    assert (result.added, result.changed, result.refused) == (0, 2, ())


def test_what_an_account_or_a_rate_is_may_not_change(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    accounts = (replace(aachen.accounts[0], kind="expense"), *aachen.accounts[1:])
    (fault,) = load_city(session, replace(aachen, accounts=accounts)).refused
    assert "account 161100 is recorded with kind asset, not expense" in fault.message
    pool, *others = aachen.catalogue.tax_codes
    taxes = (replace(pool, rate_percent=5), *others)
    changed = replace(aachen, catalogue=replace(aachen.catalogue, tax_codes=taxes))
    (fault,) = load_city(session, changed).refused
    assert line_of(fault.file, fault.line) == "rate_percent = 7"


def test_an_ended_sale_is_stored_and_may_be_prolonged(session: Session, aachen: City) -> None:
    def ending(day: date | None) -> City:
        return with_product(
            aachen,
            "POOL-HOL-L",
            lambda old: replace(old, prices=(replace(old.prices[0], valid_until=day),)),
        )

    load_city(session, ending(date(2026, 9, 15)))
    stored = {product.code: product for product in stored_catalogue(session).products}
    assert price_on(stored["POOL-HOL-L"], date(2026, 9, 15)) is not None
    assert price_on(stored["POOL-HOL-L"], date(2026, 9, 16)) is None
    assert load_city(session, ending(None)).changed == 1


def test_counts_in_the_database_are_those_of_the_city(session: Session, aachen: City) -> None:
    load_city(session, aachen)
    counts = {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in (tables.facility, tables.till, tables.terminal, tables.posting_rule)
    }
    assert counts == {"facility": 41, "till": 32, "terminal": 38, "posting_rule": 83}
    assert session.scalar(select(func.sum(tables.facility.c.children))) == 1435


def line_of(file: str, number: int) -> str:
    return Path(file).read_text(encoding="utf-8").splitlines()[number - 1]
