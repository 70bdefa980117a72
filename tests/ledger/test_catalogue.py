"""The shipped city: complete, faultless, and right on the days that matter."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import config
from ledger.catalogue.model import City, Facility, Product
from ledger.catalogue.positions import line_numbers
from ledger.catalogue.queries import (
    Offer,
    catalogue_document,
    catalogue_for,
    facility_by_code,
    price_on,
    tax_code_on,
)
from ledger.catalogue.reading import read_city
from ledger.facilities import load
from ledger.money import Money
from ledger.tenders import CONTROL_ACCOUNTS

AACHEN = Path(config.__file__).parent / "cities" / "aachen"
AUTUMN = date(2026, 11, 17)


@pytest.fixture(scope="module")
def aachen() -> City:
    city = read_city(AACHEN)
    assert isinstance(city, City), "\n".join(map(str, city))
    return city


def product(city: City, code: str) -> Product:
    return next(found for found in city.catalogue.products if found.code == code)


def house(city: City, code: str) -> Facility:
    found = facility_by_code(city.catalogue, code)
    assert found is not None
    return found


def offers(city: City, code: str, day: date = AUTUMN) -> dict[str, Offer]:
    found = catalogue_for(city.catalogue, house(city, code), day)
    return {offer.product.code: offer for offer in found}


def test_the_city_has_its_facilities_tills_terminals_and_children(aachen: City) -> None:
    houses = aachen.catalogue.facilities
    kinds = [found.kind for found in houses]
    assert len(houses) == 41
    counts = {kind: kinds.count(kind) for kind in ("daycare", "pool", "museum", "citizens_office")}
    assert counts == {"daycare": 20, "pool": 6, "museum": 7, "citizens_office": 8}
    tills = dict.fromkeys(counts, 0)
    for found in houses:
        tills[found.kind] += len(found.tills)
    assert tills == {"daycare": 0, "pool": 9, "museum": 9, "citizens_office": 14}
    assert sum(len(found.terminals) for found in houses) == 38
    assert sum(found.children for found in houses) == 1435


def test_every_till_has_a_terminal_of_its_own_name(aachen: City) -> None:
    for found in aachen.catalogue.facilities:
        at_till = {terminal.till: terminal.code for terminal in found.terminals if terminal.till}
        assert at_till == {till.code: till.code for till in found.tills}


@pytest.mark.parametrize(
    ("code", "day", "cents"),
    [
        ("PA24", date(2026, 2, 6), 3700),
        ("PA24", date(2026, 2, 7), 4600),
        ("PAU24", date(2026, 2, 6), 2280),
        ("PAU24", date(2026, 2, 7), 2760),
        ("POOL-AD", AUTUMN, 500),
        ("MUS-U21", AUTUMN, 0),
        ("KITA-L", AUTUMN, 370),
        ("MBR", AUTUMN, 0),
    ],
)
def test_a_price_is_the_one_of_its_day(aachen: City, code: str, day: date, cents: int) -> None:
    price = price_on(product(aachen, code), day)
    assert price is not None
    assert price.amount == Money(cents)
    assert price.legal_basis


def test_there_is_no_price_before_the_first(aachen: City) -> None:
    assert price_on(product(aachen, "POOL-AD"), date(2025, 12, 31)) is None


def test_the_sauna_is_taxed_at_its_own_rate(aachen: City) -> None:
    found = offers(aachen, "B01")
    assert found["POOL-AD"].tax.rate_percent == 7
    assert found["POOL-SAUNA"].tax.rate_percent == 19
    assert "POOL-SAUNA" not in offers(aachen, "B06")


def test_the_rate_of_a_guest_meal_changed_with_the_year(aachen: City) -> None:
    old = tax_code_on(aachen.catalogue, "VAT-MEAL", date(2025, 12, 31))
    new = tax_code_on(aachen.catalogue, "VAT-MEAL", date(2026, 1, 1))
    assert old is not None
    assert new is not None
    assert (old.rate_percent, new.rate_percent) == (19, 7)


def test_what_the_tax_office_has_not_decided_is_shown_but_blocked(aachen: City) -> None:
    assert offers(aachen, "B01")["POOL-COURSE"].blocked == "tax_to_decide"
    assert offers(aachen, "A01")["FOTO"].blocked is None
    assert offers(aachen, "A01", date(2027, 1, 1))["FOTO"].blocked == "tax_to_decide"
    others = offers(aachen, "A01", date(2027, 1, 1))
    assert [code for code, offer in others.items() if offer.blocked] == ["FOTO"]


def test_passes_cards_and_fees_say_what_their_kind_needs(aachen: City) -> None:
    assert product(aachen, "POOL-10A").visits == 10
    shares = product(aachen, "MUS-SIX").shares
    assert [share.facility for share in shares] == ["M01", "M02", "M03", "M04", "M05", "M06"]
    federal = product(aachen, "FZ").federal_share
    assert federal is not None
    assert (federal.parts, federal.of, federal.account) == (3, 5, "371200")
    assert product(aachen, "RPx2").doubles
    assert "RP24" in product(aachen, "RPx2").applies_to


def test_a_fee_that_doubles_is_on_offer_without_a_price(aachen: City) -> None:
    offer = offers(aachen, "A02")["RPx2"]
    assert offer.price is None
    assert offer.blocked is None


def test_the_open_air_pool_has_a_season(aachen: City) -> None:
    pool = house(aachen, "B06")
    opening, closing = date(2026, 5, 1), date(2026, 9, 15)
    day = timedelta(days=1)
    assert [pool.is_open(opening - day), pool.is_open(opening)] == [False, True]
    assert [pool.is_open(closing), pool.is_open(closing + day)] == [True, False]


def test_every_daycare_centre_closes_three_weeks_in_summer(aachen: City) -> None:
    summer = [date(2026, 7, 1) + timedelta(days=number) for number in range(62)]
    for found in aachen.catalogue.facilities:
        if found.kind == "daycare":
            closed = [day for day in summer if day.weekday() < 5 and not found.is_open(day)]
            assert len(closed) == 15, found.code


def test_every_kind_of_product_has_a_facility_type_that_sells_it(aachen: City) -> None:
    types = load()
    for found in aachen.catalogue.products:
        assert found.kind in types[found.facility_kind].kinds, found.code


def test_the_chart_has_every_account_a_tender_is_booked_to(aachen: City) -> None:
    chart = {account.number: account for account in aachen.accounts}
    assert set(CONTROL_ACCOUNTS.values()) <= chart.keys()
    for way in ("girocard", "credit_card", "cash", "meal_wallet", "citizen_wallet"):
        assert chart[CONTROL_ACCOUNTS[way]].is_control, way
    assert (chart["371000"].floor_cents, chart["371010"].floor_cents) == (-1500, 0)


def test_the_document_of_a_facility_is_plain_and_stable(aachen: City) -> None:
    pool = house(aachen, "B01")
    document = catalogue_document(aachen.catalogue, pool, AUTUMN)
    assert json.loads(json.dumps(document)) == document
    first = document["products"][0]
    assert first["code"] == "POOL-AD"
    assert first["price"]["amount_cents"] == 500
    assert first["tax"]["rate_percent"] == 7
    reduced = next(row for row in document["products"] if row["code"] == "POOL-RED")
    assert reduced["concession"]["name"] == "Ermäßigt"
    assert {row["group"] for row in document["products"]} == {
        group["code"] for group in document["groups"]
    }
    assert catalogue_document(aachen.catalogue, pool, AUTUMN) == document


def test_lines_are_found_through_every_shape_of_toml() -> None:
    lines = line_numbers(
        '# a comment = 1\nname = """\nlooks = "like a key"\n[nor.a.table]\n"""\n'
        "[table]\n'quoted.key' = \"# no comment\"\ndotted.key = [ # one ]\n  1,\n"
        "  { inner = [2, '}'] },\n]\n[[row]]\ncode = 1\n[[row]]\ncode = 2\n"
        "at = 2026-02-07 10:00:00\n[row.below]\ndeep = true\n[[row.each]]\nlast = 1"
    )
    assert lines["name",] == 2
    assert lines["table",] == 6
    assert lines["table", "quoted.key"] == 7
    assert lines["table", "dotted", "key"] == 8
    assert lines["table", "dotted", "key", 1, "inner"] == 10
    assert (lines["row", 0], lines["row", 0, "code"]) == (12, 13)
    assert (lines["row", 1], lines["row", 1, "at"]) == (14, 16)
    assert lines["row", 1, "below", "deep"] == 18
    assert lines["row", 1, "each", 0, "last"] == 20
