"""Baskets that cannot be charged, and keys that come again."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.charges import (
    BasketLine,
    ChargeInvalid,
    ChargeRequest,
    charge,
    find_charge,
)
from ledger.entries import Conflict, Entry, Posted, Refused, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.periods import close_day
from tests.ledger.counter import (
    DAY,
    answer,
    asked,
    at_museum,
    at_office,
    entry_count,
    handed_out,
    with_pass,
)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asked(BasketLine("POOL-NO")), "product_unknown"),
        (asked(BasketLine("MUS-AD")), "product_not_sold_here"),
        (asked(BasketLine("POOL-SAUNA"), facility="B06", terminal="B06-1"),
         "product_not_sold_here"),
        (asked(charged_at=datetime(2020, 5, 1, tzinfo=CITY_TIME)), "product_not_sold_here"),
        (asked(BasketLine("POOL-AD", unit_cents=450)), "price_changed"),
        (asked(BasketLine("POOL-COURSE")), "tax_undecided"),
        (asked(facility="B99"), "facility_unknown"),
        (asked(terminal="M01-1"), "terminal_unknown"),
        (asked(way="cash", till="M01-1", terminal=None), "till_unknown"),
        (asked(way="wallet", wallet="W-999999"), "wallet_unknown"),
        (asked(way="invoice"), "way_not_accepted"),
        (at_office(BasketLine("PA24")), "case_reference_missing"),
        (asked(with_pass("POOL-10A", "P-999999")), "pass_unknown"),
        (asked(*[BasketLine("POOL-10A", 70)] * 3), "basket_too_large"),
    ],
)  # fmt: skip
def test_what_cannot_be_sold_so_is_refused_for_good(
    city: Session, request_: ChargeRequest, code: str
) -> None:
    request_ = replace(request_, key=uuid4())
    refused = answer(city, request_)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.replayed) == (code, False)
    assert answer(city, request_) == replace(refused, replayed=True)
    assert entry_count(city) == 0
    found = find_charge(city, request_.key)
    assert found is not None
    assert (found.refused, found.entry_id, found.total_cents) == (code, None, 0)


def test_a_changed_price_says_what_was_shown_and_what_holds(city: Session) -> None:
    refused = answer(city, asked(BasketLine("POOL-AD", unit_cents=450)))
    assert refused.data == {"product": "POOL-AD", "shown_cents": 450, "price_cents": 500}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(asked(), lines=()), "line_count"),
        (asked(*[BasketLine("POOL-AD")] * 101), "line_count"),
        (asked(BasketLine("POOL-AD", 0)), "quantity_out_of_range"),
        (asked(BasketLine("POOL-AD", 1001)), "quantity_out_of_range"),
        (asked(way="barter"), "unknown_way"),
        (asked(terminal=None), "terminal_missing"),
        (asked(way="cash"), "till_missing"),
        (asked(way="wallet"), "wallet_missing"),
        (asked(charged_at=datetime(2026, 11, 17)), "time_zone_missing"),  # noqa: DTZ001
        (asked(charged_at=datetime(1, 1, 1, tzinfo=CITY_TIME)), "time_out_of_range"),
        (asked(receipt_number="x" * 65), "text_malformed"),
        (asked(facility="B\x0001"), "text_malformed"),
        (at_office(BasketLine("PA24", case_reference="")), "text_malformed"),
        (asked(BasketLine("\ud800")), "text_malformed"),
    ],
)
def test_a_request_wrong_in_itself_is_not_stored(
    city: Session, request_: ChargeRequest, code: str
) -> None:
    invalid = answer(city, request_)
    assert isinstance(invalid, ChargeInvalid)
    assert invalid.code == code
    assert find_charge(city, request_.key) is None
    assert isinstance(answer(city, asked(key=request_.key)), Posted)


def test_the_same_key_gets_its_first_answer_whatever_the_catalogue_says_now(
    city: Session, catalogue: PostedCatalogue
) -> None:
    request = asked()
    first = answer(city, request)
    nothing_sold = replace(catalogue, products={})
    again = charge(city, nothing_sold, [request])[0]
    assert again == replace(first, replayed=True)
    assert entry_count(city) == 1


def test_one_bad_basket_does_not_stop_the_others(city: Session) -> None:
    good, bad, twin = asked(), asked(BasketLine("POOL-NO")), asked()
    requests = [good, bad, replace(good, shift="2"), asked(terminal=None), twin, good]
    kinds = [type(one) for one in charge(city, posted_catalogue(city), requests)]
    assert kinds == [Posted, Refused, Conflict, ChargeInvalid, Posted, Posted]
    assert entry_count(city) == 2


def test_a_key_the_journal_knows_from_something_else_is_a_conflict(city: Session) -> None:
    key = uuid4()
    post(city, [Entry(key, "float_out", DAY, (Transfer("183000/B01-1", "183900", Money(1)),))])
    assert answer(city, asked(key=key)) == Conflict(key)
    assert answer(city, at_museum(BasketLine("MUS-U21"), key=key)) == Conflict(key)
    assert handed_out(city) == {}


def test_a_charge_for_a_closed_day_is_refused(city: Session) -> None:
    close_day(city, DAY, closed_by="Nacht")
    refused = answer(city, asked(BasketLine("POOL-AD"), BasketLine("POOL-U6")))
    assert isinstance(refused, Refused)
    assert refused.code == "day_closed"
    assert handed_out(city) == {}


def test_a_charge_is_found_with_what_its_receipt_needs(city: Session) -> None:
    request = asked(BasketLine("POOL-AD", 2, unit_cents=500), shift="S1", receipt_number="R-1")
    outcome = answer(city, request)
    found = find_charge(city, request.key)
    assert found is not None
    assert (found.entry_id, found.total_cents, found.shift) == (outcome.entry_id, 1000, "S1")
    assert (found.lines[0].amount_cents, found.lines[0].vat_rate) == (1000, 7)
    assert found.reversed_by is None
    assert find_charge(city, uuid4()) is None
