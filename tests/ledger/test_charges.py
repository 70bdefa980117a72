"""Charges at the four kinds of facility: booked, counted, found again, raced."""

import threading
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config.database import Database
from ledger.balances import balance
from ledger.booking import Booked
from ledger.calendar import CITY_TIME
from ledger.catalogue.loading import load_city
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.charge_rows import store
from ledger.charges import (
    BasketLine,
    Charge,
    ChargeRequest,
    Recorded,
    charge,
    find_charge,
    reverse_charge,
)
from ledger.entries import Conflict, Posted, Refused
from ledger.queries import find_entry
from ledger.tables.books import account
from ledger.tables.books import case_reference as case_table
from ledger.tables.services import counted
from tests.ledger.conftest import AACHEN
from tests.ledger.counter import (
    DAY,
    answer,
    asked,
    at_museum,
    at_office,
    booked,
    entry_count,
    handed_out,
)

NO_KEY = uuid4()


def test_pool_and_sauna_are_taxed_each_at_its_own_rate(city: Session) -> None:
    request = asked(BasketLine("POOL-AD"), BasketLine("POOL-SAUNA"), receipt_number="B01-1-7")
    outcome = answer(city, request)
    clearing = "184100/B01-1/2026-11-17"
    assert booked(city, outcome) == {
        (clearing, "441100"): 467, (clearing, "372007"): 33,
        (clearing, "441110"): 504, (clearing, "372019"): 96,
    }  # fmt: skip
    found = find_entry(city, outcome.entry_id)
    assert found is not None
    assert (found.event, found.reference, found.booked_on) == ("sale", "B01-1-7", DAY)
    assert found.transfers[0].dimensions == {
        "facility": "B01", "product": "POOL-AD", "cost_centre": "420101", "till": "B01-1",
        "tax_code": "VAT7-POOL", "sphere": "commercial", "channel": "girocard",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "moved"),
    [
        (at_museum(BasketLine("MUS-BOOK"), way="cash", terminal=None, till="M01-1"),
         {("183000/M01-1", "441210"): 2327, ("183000/M01-1", "372007"): 163}),
        (at_office(BasketLine("FZ", case_reference="AZ-1")),
         {("184100/A01-1/2026-11-17", "431110"): 520,
          ("184100/A01-1/2026-11-17", "371200"): 780}),
        (at_office(BasketLine("PA24", case_reference="AZ-1"), way="invoice", terminal=None),
         {("161100", "431100"): 4600}),
        (asked(BasketLine("KITA-G"), facility="K01", way="online", terminal=None),
         {("184200", "441310"): 514, ("184200", "372007"): 36}),
    ],
)  # fmt: skip
def test_every_kind_of_facility_is_charged_at_its_counter(
    city: Session, request_: ChargeRequest, moved: dict[tuple[str, str], int]
) -> None:
    assert booked(city, answer(city, replace(request_, key=uuid4()))) == moved


def test_a_fee_is_charged_at_the_price_of_its_day(city: Session) -> None:
    line = BasketLine("PA24", case_reference="AZ-1")
    before = at_office(line, charged_at=datetime(2026, 2, 6, 23, 59, tzinfo=CITY_TIME))
    after = at_office(line, charged_at=datetime(2026, 2, 7, 0, 0, tzinfo=CITY_TIME))
    assert sum(booked(city, answer(city, before)).values()) == 3700
    assert sum(booked(city, answer(city, after)).values()) == 4600


def test_a_refund_after_the_change_gives_back_what_was_paid(city: Session) -> None:
    line = BasketLine("PA24", case_reference="AZ-1")
    sold = at_office(line, charged_at=datetime(2026, 2, 6, 10, tzinfo=CITY_TIME))
    answer(city, sold)
    back = reverse_charge(
        city, sold.key, key=uuid4(), booked_on=date(2026, 2, 10), reason="doppelt erhoben"
    )
    assert sum(booked(city, back).values()) == 3700
    assert balance(city, "431100").debit_balance_cents == 0


def test_surcharges_go_with_their_fee_and_share_its_case(city: Session) -> None:
    passport = BasketLine("RP24", case_reference="AZ-9")
    outcome = answer(city, at_office(
        passport, BasketLine("RPX", applies_to="RP24"), BasketLine("RPx2", applies_to="RP24")
    ))  # fmt: skip
    assert sum(booked(city, outcome).values()) == 7000 + 3200 + 7000
    found = find_entry(city, outcome.entry_id)
    assert found is not None
    lines = {line.dimensions["product"]: line for line in found.transfers}
    assert lines.keys() == {"RP24", "RPX", "RPx2"}
    assert {line.dimensions["case_reference"] for line in lines.values()} == {"AZ-9"}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((BasketLine("RPX", case_reference="A"),), "surcharge_without_fee"),
        ((BasketLine("RPX", case_reference="A", applies_to="RPX"),), "surcharge_without_fee"),
        ((BasketLine("PA24", case_reference="A"), BasketLine("RPX", applies_to="PA24")),
         "surcharge_not_due"),
        ((BasketLine("RP24", case_reference="A"), BasketLine("RPX", 2, applies_to="RP24")),
         "surcharge_not_due"),
    ],
)  # fmt: skip
def test_a_surcharge_without_a_fee_it_belongs_to_is_refused(
    city: Session, lines: tuple[BasketLine, ...], code: str
) -> None:
    refused = answer(city, at_office(*lines))
    assert isinstance(refused, Refused)
    assert refused.code == code


def test_a_wallet_pays_what_it_has_and_no_cent_more(city: Session, wallet: str) -> None:
    paid = at_museum(BasketLine("MUS-AD", 3), way="wallet", terminal=None, wallet=wallet)
    assert booked(city, answer(city, paid)) == {(f"371010/{wallet}", "441200"): 1800}
    refused = answer(city, replace(paid, key=uuid4()))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.data["available_cents"]) == ("balance_too_low", 200)


def test_free_tickets_are_counted_and_leave_no_entry(city: Session) -> None:
    request = at_museum(BasketLine("MUS-U21", 4))
    assert answer(city, request) == Recorded(request.key)
    assert answer(city, request) == Recorded(request.key, replayed=True)
    assert answer(city, replace(request, lines=(BasketLine("MUS-U21", 5),))) == Conflict(
        request.key
    )
    assert handed_out(city) == {"MUS-U21": 4}
    assert entry_count(city) == 0


def test_a_mixed_basket_is_booked_and_counted_or_neither(city: Session, wallet: str) -> None:
    mixed = at_museum(
        BasketLine("MUS-AD", 2), BasketLine("MUS-U21", 3), way="wallet", terminal=None,
        wallet=wallet,
    )  # fmt: skip
    too_much = replace(mixed, key=uuid4(), lines=(BasketLine("MUS-AD", 9), BasketLine("MUS-U21")))
    outcomes = charge(city, posted_catalogue(city), [too_much, mixed])
    assert [type(one) for one in outcomes] == [Refused, Posted]
    assert handed_out(city) == {"MUS-U21": 3}


def test_many_at_once_are_kept_as_each_alone_would_be(city: Session) -> None:
    baskets = (
        asked(BasketLine("POOL-AD", 2), BasketLine("POOL-SAUNA"), shift="2026-11-17-1"),
        asked(receipt_number="B01-1-7", way="cash", till="B01-1", terminal=None),
        at_museum(BasketLine("MUS-U21", 4)),
        asked(BasketLine("POOL-AD", unit_cents=1)),  # another price: refused
        asked(BasketLine(r"POOL\N", 1)),  # unknown, and odd to write
        asked(BasketLine("POOL-AD", 2), BasketLine("POOL-SAUNA")),
    )
    many = [replace(one, key=uuid4()) for one in baskets for _ in range(5)]
    together = charge(city, posted_catalogue(city), many)
    assert [one.key for one in together] == [one.key for one in many]
    kept = [find_charge(city, one.key) for one in many]
    answer_one_by_one = [replace(one, key=uuid4()) for one in many]
    alone = [find_charge(city, answer(city, one).key) for one in answer_one_by_one]
    assert [_without_keys(one) for one in kept] == [_without_keys(one) for one in alone]


def test_free_charges_another_transaction_kept_first_get_its_answers(city: Session) -> None:
    free = [at_museum(BasketLine("MUS-U21"), key=uuid4()) for _ in range(25)]
    done = {one.key: Recorded(one.key) for one in free}
    free_of = {one.key: Booked(one, None, (), ()) for one in free}
    store(city, free[:1], done, free_of)
    settled = store(city, free, done, free_of)
    assert {one.replayed for _, one in settled.values() if isinstance(one, Recorded)} == {
        True, False,
    }  # fmt: skip
    assert settled[free[0].key][1] == Recorded(free[0].key, replayed=True)
    assert city.scalar(text("SELECT count(*) FROM charge")) == 25


def _without_keys(kept: Charge | None) -> Charge:
    assert kept is not None
    return replace(kept, key=NO_KEY, entry_id=kept.entry_id and 1)


def test_a_waived_fee_is_counted_with_its_reason_and_its_case_can_be_erased(city: Session) -> None:
    waived = at_office(
        BasketLine("MB", case_reference="AZ-77", waiver_reason="Bedürftigkeit"),
        BasketLine("MBR", case_reference="AZ-78"),
    )
    assert isinstance(answer(city, waived), Recorded)
    rows = city.execute(
        select(counted.c.reason, case_table.c.value)
        .join(case_table, case_table.c.id == counted.c.case_id)
        .order_by(counted.c.line)
    ).all()
    assert [tuple(row) for row in rows] == [("Bedürftigkeit", "AZ-77"), ("free", "AZ-78")]
    found = find_charge(city, waived.key)
    assert found is not None
    assert "AZ-77" not in repr(found)
    assert "Bedürftigkeit" not in repr(found)


def test_only_fees_can_be_waived(city: Session) -> None:
    refused = answer(city, asked(BasketLine("POOL-AD", waiver_reason="Stammgast")))
    assert isinstance(refused, Refused)
    assert refused.code == "not_waivable"


def test_devices_that_race_open_accounts_and_keys_once(database: Database) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
    shared = at_museum(BasketLine("MUS-SIX"), BasketLine("MUS-U21", 2))
    free = at_museum(BasketLine("MUS-U21"))
    outcomes: list[Any] = []

    def device() -> None:
        for request in (shared, free, at_museum(BasketLine("MUS-AD"))):
            with database.transaction() as session:
                outcomes.append(answer(session, request))

    devices = [threading.Thread(target=device) for _ in range(8)]
    for one in devices:
        one.start()
    for one in devices:
        one.join()
    assert len(outcomes) == 24
    assert sum(not one.replayed for one in outcomes) == 8 + 2
    with database.transaction() as session:
        assert handed_out(session) == {"MUS-U21": 3}
        assert entry_count(session) == 9
        clearing = select(func.count()).where(account.c.code.like("184100/M01-1/%"))
        assert session.scalars(clearing).one() == 1
        assert session.scalars(text("SELECT count(*) FROM sold_pass")).one() == 1
