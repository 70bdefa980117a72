"""Wallets: opened once, found by code and reference, topped up every way, honest about holds."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from stdnum import iso11649

from ledger.accounts import open_sub_account
from ledger.entries import Conflict, Dimensions, Posted, Refused
from ledger.holds import Hold, place_hold
from ledger.money import Money
from ledger.periods import close_day
from ledger.queries import find_entry
from ledger.tables.services import wallet as wallet_table
from ledger.wallets import (
    UnknownWallet,
    Wallet,
    WalletKeyReused,
    creditor_reference,
    find_wallet,
    open_wallet,
    top_up,
)

DAY = date(2026, 11, 17)


def a_wallet(session: Session, kind: str = "kita") -> Wallet:
    return open_wallet(session, kind=kind, key=uuid4())


def now(session: Session, code: str) -> Wallet:
    found = find_wallet(session, code)
    assert found is not None
    return found


def load(session: Session, code: str, cents: int, **how: Any) -> Any:
    given = {"key": uuid4(), "way": "online", "booked_on": DAY, "reference": "ch-1"} | how
    return top_up(session, code, Money(cents), **given)


@given(st.integers(1, 10**10 - 1))
def test_every_reference_is_valid_by_an_independent_reader(number: int) -> None:
    reference = creditor_reference(number)
    assert iso11649.is_valid(reference)
    assert re.fullmatch(r"RF\d{12}", reference)
    assert int(reference[4:]) == number


def test_a_wallet_is_opened_once_for_its_key(city: Session) -> None:
    key = uuid4()
    first = open_wallet(city, kind="kita", key=key)
    assert open_wallet(city, kind="kita", key=key) == first
    assert (first.account, first.kind) == (f"371000/{first.code}", "kita")
    assert (first.balance_cents, first.available_cents, first.floor_cents) == (0, 0, -1500)
    with pytest.raises(WalletKeyReused):
        open_wallet(city, kind="citizen", key=key)
    with pytest.raises(ValueError, match="one of"):
        open_wallet(city, kind="staff", key=uuid4())


def test_a_wallet_is_found_however_its_reference_is_written(city: Session) -> None:
    one = a_wallet(city, "citizen")
    spaced = " ".join(re.findall(".{1,4}", one.reference)).lower()
    assert find_wallet(city, one.code) == find_wallet(city, spaced) == one
    assert find_wallet(city, "W-999999") is None
    assert find_wallet(city, "RF00") is None


def test_a_citizens_wallet_has_no_grace(city: Session) -> None:
    assert a_wallet(city, "citizen").floor_cents == 0


@pytest.mark.parametrize(
    ("kind", "how", "debit", "expected"),
    [
        ("kita", {"way": "online"}, "184200", ("top_up_online", "online")),
        ("kita", {"way": "transfer"}, "181010", ("top_up_transfer", "transfer")),
        ("citizen", {"way": "transfer"}, "181000", ("top_up_transfer", "transfer")),
        ("citizen", {"way": "cash", "debit": "183000/A01-1"}, "183000/A01-1",
         ("top_up_at_counter", "cash")),
        ("kita", {"way": "girocard", "debit": "184100/A01-1/2026-11-17"},
         "184100/A01-1/2026-11-17", ("top_up_at_counter", "girocard")),
    ],
)  # fmt: skip
def test_a_top_up_debits_the_way_the_money_came(
    city: Session, kind: str, how: dict[str, str], debit: str, expected: tuple[str, str]
) -> None:
    (event, channel), one = expected, a_wallet(city, kind)
    outcome = load(city, one.code, 5000, dimensions=Dimensions(facility="A01"), **how)
    assert isinstance(outcome, Posted)
    found = find_entry(city, outcome.entry_id)
    assert found is not None
    (moved,) = found.transfers
    assert (found.event, moved.debit, moved.credit) == (event, debit, one.account)
    assert moved.dimensions == {"facility": "A01", "channel": channel}
    assert now(city, one.code).balance_cents == 5000


def test_a_top_up_is_booked_once(city: Session) -> None:
    one, key = a_wallet(city), uuid4()
    first = load(city, one.code, 5000, key=key, request=b"webhook 1")
    again = load(city, one.code, 5000, key=key, request=b"webhook 1")
    assert (first.entry_id, again.replayed) == (again.entry_id, True)
    assert load(city, one.code, 6000, key=key, request=b"webhook 2") == Conflict(key)
    assert now(city, one.code).balance_cents == 5000


def test_a_top_up_needs_a_wallet_an_account_and_an_open_day(city: Session) -> None:
    one = a_wallet(city)
    with pytest.raises(UnknownWallet):
        load(city, "W-999999", 100)
    for way in ("cash", "barter"):
        with pytest.raises(ValueError, match="topped up"):
            load(city, one.code, 100, way=way)
    close_day(city, DAY, closed_by="Nacht")
    refused = load(city, one.code, 100)
    assert isinstance(refused, Refused)
    assert refused.code == "day_closed"


def test_what_is_held_is_not_available_until_the_hold_is_over(city: Session) -> None:
    one = a_wallet(city)
    load(city, one.code, 1000)
    clock = city.scalars(select(func.clock_timestamp())).one()
    short = Hold(uuid4(), one.account, Money(300), clock + timedelta(milliseconds=400), "Essen")
    long = Hold(uuid4(), one.account, Money(200), clock + timedelta(days=1), "Essen")
    place_hold(city, short)
    place_hold(city, long)
    assert now(city, one.code).available_cents == 500
    city.execute(text("SELECT pg_sleep(0.5)"))
    assert now(city, one.code).available_cents == 800
    assert now(city, one.code).balance_cents == 1000


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reference": "RF00" + "0" * 10}, "wallet_reference"),
        ({"reference": "RF18539007547034"}, "wallet_reference"),
        ({"kind": "staff"}, "wallet_kind"),
        ({"account": "371000/W-000002"}, "wallet_account_of_kind"),
        ({"code": "X-1", "account": "371000/X-1"}, "wallet_code"),
        ({"code": "W-777777", "account": "371000/W-777777"}, "wallet_account"),
        ({"key": UUID(int=1)}, "wallet_key_once"),
    ],
)
def test_the_database_refuses_a_wallet_that_is_none(
    city: Session, change: dict[str, Any], constraint: str
) -> None:
    open_wallet(city, kind="kita", key=UUID(int=1))
    opened = open_sub_account(city, "371000", "W-888888", title="Guthaben")
    row = {"code": "W-888888", "key": uuid4(), "kind": "kita", "account": opened,
           "reference": creditor_reference(888888)}  # fmt: skip
    with pytest.raises(IntegrityError) as refused:
        city.execute(insert(wallet_table).values({**row, **change}))
    assert constraint in str(refused.value)
