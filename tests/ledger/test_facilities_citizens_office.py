"""Fees: case references, surcharges, waivers and the federation's part."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entries import Dimensions
from ledger.facilities import CaseReferenceMissing, Item, ReasonMissing, SurchargeNotDue
from ledger.facilities.citizens_office import FACILITY
from ledger.facilities.citizens_office.fees import federal_split, price, surcharge
from ledger.money import Money
from ledger.tenders import Tender, cash, e_payment, invoice

CASE = Dimensions(facility="A01", case_reference="02-1234567")
PASSPORT = Item("RP24", "citizens_office", "fee", Money(7000), "431100", CASE)
CERTIFICATE = Item("FZ", "citizens_office", "fee_with_federal_share", Money(1300), "431110", CASE,
                   federal_share=(3, 5))  # fmt: skip
WAIVED = frozenset({"waived"})


def test_a_fee_without_its_case_is_not_charged() -> None:
    nameless = replace(PASSPORT, dimensions=replace(CASE, case_reference=None))
    with pytest.raises(CaseReferenceMissing):
        FACILITY.book(nameless, cash("A01-1"))


def test_a_refund_keeps_the_price_of_its_day_because_the_price_is_passed_in() -> None:
    before = replace(PASSPORT, product="PA24", price=Money(3700))
    after = replace(before, price=Money(4600))
    amounts = [FACILITY.book(fee, cash("A01-1")).postings[0].amounts for fee in (before, after)]
    assert amounts == [{"amount": Money(3700)}, {"amount": Money(4600)}]


@pytest.mark.parametrize(
    ("tender", "fee_event", "shared_event"),
    [
        (cash("A01-1"), "fee", "fee_shared"),
        (invoice(), "fee_notice", "fee_notice"),
        (e_payment(), "pay_link_paid", "pay_link_paid"),
    ],
)
def test_desk_notice_and_pay_link_are_events_of_their_own(
    tender: Tender, fee_event: str, shared_event: str
) -> None:
    assert FACILITY.book(PASSPORT, tender).postings[0].event == fee_event
    assert FACILITY.book(CERTIFICATE, tender).postings[0].event == shared_event


def test_a_doubled_fee_adds_its_price_once_more_as_a_line() -> None:
    doubling = surcharge(PASSPORT, product="RPX2", applies_to={"RP24", "RPU24"})
    assert price(doubling) == Money(7000)
    assert (doubling.kind, doubling.dimensions) == ("surcharge", CASE)


def test_a_fixed_surcharge_has_its_own_price_and_is_never_doubled() -> None:
    express = surcharge(PASSPORT, product="RPX", applies_to={"RP24"}, amount=Money(3200))
    assert price(express) == Money(3200)
    with pytest.raises(SurchargeNotDue):
        surcharge(express, product="RPX2", applies_to={"RP24", "RPX"})


def test_a_surcharge_goes_only_with_the_fees_the_law_names() -> None:
    with pytest.raises(SurchargeNotDue) as refusal:
        surcharge(PASSPORT, product="RPX2-OFF-HOURS", applies_to={"RPV", "RPC"})
    assert (refusal.value.product, refusal.value.fee) == ("RPX2-OFF-HOURS", "RP24")


def test_waiving_a_fee_waives_its_doubling() -> None:
    waived = replace(PASSPORT, options=WAIVED, reason="Bedürftigkeit")
    assert not price(surcharge(waived, product="RPX2", applies_to={"RP24"}))


def test_a_waiver_needs_a_reason_and_is_counted_not_booked() -> None:
    with pytest.raises(ReasonMissing):
        FACILITY.book(replace(PASSPORT, options=WAIVED), cash("A01-1"))
    booking = FACILITY.book(
        replace(PASSPORT, options=WAIVED, reason="Bedürftigkeit"), cash("A01-1")
    )
    assert booking.postings == ()
    assert booking.counted[0].reason == "Bedürftigkeit"


def test_the_office_keeps_5_20_of_13_00() -> None:
    assert federal_split(CERTIFICATE) == (Money(520), Money(780))


@given(st.integers(0, 10**6), st.integers(1, 20))
def test_the_two_parts_are_the_price_and_two_fifths_to_the_cent(cents: int, pieces: int) -> None:
    own, federal = federal_split(replace(CERTIFICATE, price=Money(cents), quantity=pieces))
    assert own + federal == Money(cents * pieces)
    assert abs(5 * own.cents - 2 * cents * pieces) < 5 * pieces


def test_a_certificate_without_its_share_is_a_fault_not_all_the_citys() -> None:
    for fee in (replace(CERTIFICATE, federal_share=None), replace(PASSPORT, federal_share=(3, 5))):
        with pytest.raises(ValueError, match="do not agree"):
            FACILITY.book(fee, cash("A01-1"))


def test_a_line_cannot_name_the_account_that_pays_or_earns() -> None:
    for role in ("tender", "wallet", "revenue", "vat"):
        with pytest.raises(ValueError, match="not its to name"):
            replace(PASSPORT, accounts={role: "183000/A01-1"})


def test_a_waived_certificate_owes_the_federation_nothing() -> None:
    waived = replace(CERTIFICATE, options=WAIVED, reason="Ehrenamt")
    assert federal_split(waived) == (Money(0), Money(0))
