"""Two people lock a day: enforced where nobody can go around it, and said in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.calendar import CITY_TIME
from ledger.entries import Refused
from ledger.journal import post
from ledger.periods import close_day, first_open_day
from ledger.permissions import Caller
from reconciliation.closing.days import sign_day
from reconciliation.closing.errors import (
    AlreadySigned,
    ClosingBlocked,
    ClosingChanged,
    FirstSignatureLapsed,
    OwnSignature,
    PeriodLocked,
)
from reconciliation.closing.months import open_days, sign_month, signed_month
from reconciliation.closing.signatures import Signing, hash_of, signed_totals
from tests.reconciliation.closing_stand import (
    BATCH,
    DAY,
    NOW,
    a_case,
    a_move,
    a_night,
    a_sale,
    an_open_shift,
    do_post,
    do_sign,
    furnish,
    look,
    two_people,
)


@pytest.fixture
def books(city: Database) -> Database:
    furnish(city)
    return city


def codes(checks: Any) -> list[str]:
    return [check.code for check in checks]


def test_two_different_people_lock_a_day_for_good(books: Database) -> None:
    first, second = two_people(books)
    state = look(books)
    assert (state.first, state.lock, codes(state.blockers)) == (None, None, [])
    do_sign(books, first, 1, remark="Differenzen geprüft.")
    state = look(books)
    assert state.first is not None
    assert (state.first.person, state.first.remark) == (first.name, "Differenzen geprüft.")
    assert state.lock is None
    done = do_sign(books, second, 2)
    assert done.second is not None
    assert done.second.sha256 == state.sha256
    assert look(books).lock is not None
    with books.read_only() as session:
        assert first_open_day(session, DAY) == DAY + timedelta(days=1)
        kept = signed_totals(session, "day", DAY)
    assert kept is not None
    assert kept["entries"]["count"] == 22
    with books.transaction() as session:
        [outcome] = post(session, [a_sale(BATCH, 100)])
    assert isinstance(outcome, Refused)
    assert outcome.code == "day_closed"


def test_nobody_signs_twice(books: Database) -> None:
    first, _ = two_people(books)
    do_sign(books, first, 1)
    for place in (1, 2):
        with pytest.raises(OwnSignature):
            do_sign(books, first, place)


def test_a_locked_day_is_not_signed_again(books: Database) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    do_sign(books, second, 2)
    for place in (1, 2):
        with pytest.raises(PeriodLocked):
            do_sign(books, second, place)


def test_the_first_signature_lapses_with_the_totals(books: Database) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    seen = look(books).sha256
    do_post(books, a_sale(BATCH, 700))
    state = look(books)
    assert (state.first, state.lapsed.person if state.lapsed else None) == (None, first.name)
    with pytest.raises(FirstSignatureLapsed):
        do_sign(books, second, 2, seen=seen)
    with pytest.raises(ClosingChanged):
        do_sign(books, second, 1, seen=seen)
    do_sign(books, second, 1)
    done = do_sign(books, first, 2)
    assert [each.person for each in done.lapsed] == [first.name]
    assert done.second is not None
    assert done.second.person == first.name


def test_who_comes_second_to_the_first_place_is_told_who_was_first(books: Database) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    with pytest.raises(AlreadySigned) as told:
        do_sign(books, second, 1)
    assert told.value.name == first.person


def test_a_second_signature_needs_a_first(books: Database) -> None:
    with pytest.raises(ClosingChanged):
        do_sign(books, two_people(books)[1], 2)


def test_a_day_with_differences_is_locked_and_carries_them_by_name(books: Database) -> None:
    first, second = two_people(books)
    a_case(books)
    a_case(books, "AMOUNT_DIFF:later", since=DAY + timedelta(days=1))
    a_case(books, "PAYOUT_LATE:info", severity="info")
    do_sign(books, first, 1)
    do_sign(books, second, 2)
    with books.read_only() as session:
        kept = signed_totals(session, "day", DAY)
    assert kept is not None
    assert [(case["kind"], case["amount_cents"]) for case in kept["cases"]] == [
        ("CHARGEBACK", -4600)
    ]


def refused(books: Database, by: Caller) -> tuple[str, ...]:
    with pytest.raises(ClosingBlocked) as told:
        do_sign(books, by, 1)
    return told.value.blockers


def test_an_uncounted_shift_stands_in_the_way_with_its_place(books: Database) -> None:
    first, _ = two_people(books)
    an_open_shift(books)
    assert refused(books, first) == ("shift_open",)
    [check] = look(books).blockers
    assert (check.facts["shift"], check.facts["till"]) == ("0299", "M04-1")


def test_a_missing_night_a_day_not_over_and_a_broken_seal_stand_in_the_way(
    books: Database,
) -> None:
    first, _ = two_people(books)
    today = NOW.date()
    assert codes(look(books, today).blockers) == ["day_not_over"]
    assert codes(look(books, DAY, NOW - timedelta(days=1)).blockers) == ["day_not_over"]
    tomorrow = datetime(2026, 11, 19, 9, 0, tzinfo=CITY_TIME)
    assert codes(look(books, today, tomorrow).blockers) == ["night_missing"]
    with books.transaction() as session:
        session.execute(
            text("INSERT INTO books_check (checked_at, tree_size, broken_block)"
                 " VALUES (:at, 1, 1)"), {"at": NOW},
        )  # fmt: skip
    assert refused(books, first) == ("seal_broken",)


def test_the_totals_of_a_day_by_channel(books: Database) -> None:
    channels = {each.channel: each for each in look(books).totals.channels}
    girocard = channels["girocard"]
    assert (girocard.count, girocard.expected_cents) == (20, sum(500 + n for n in range(20)))
    assert girocard.arrived_cents == 9000
    assert (channels["card"].count, channels["card"].expected_cents) == (1, 4600)
    do_post(books, a_move("441100", BATCH, 500, event="refund"))
    changed = {each.channel: each for each in look(books).totals.channels}["girocard"]
    assert (changed.count, changed.expected_cents) == (21, sum(500 + n for n in range(1, 20)))


def test_the_hash_is_of_the_totals_and_of_nothing_else(books: Database) -> None:
    before = look(books).sha256
    assert look(books).sha256 == before
    a_night(books)  # once more, over unchanged facts
    assert look(books).sha256 == before
    a_case(books)
    assert look(books).sha256 != before


def test_a_month_is_signed_by_two_once_its_days_are_locked(books: Database) -> None:
    first, second = two_people(books)
    month, totals = DAY.replace(day=1), {"vat": [1, 2]}
    with books.read_only() as session:
        assert open_days(session, month) == (DAY - timedelta(days=1), DAY)
        seen = hash_of(session, totals)
    with pytest.raises(ClosingBlocked), books.transaction() as session:
        sign_month(session, first, month, totals=totals, signing=Signing(1, seen))
    with books.transaction() as session:
        for day in open_days(session, month):
            close_day(session, day, closed_by="before the city signed")
        sign_month(session, first, DAY, totals=totals, signing=Signing(1, seen))
    with pytest.raises(OwnSignature), books.transaction() as session:
        sign_month(session, first, month, totals=totals, signing=Signing(2, seen))
    with books.transaction() as session:
        sign_month(session, second, month, totals=totals, signing=Signing(2, seen))
    with books.read_only() as session:
        found = signed_month(session, month)
    assert found.second is not None
    assert found.second.person == second.name
    with pytest.raises(PeriodLocked), books.transaction() as session:
        sign_month(session, first, month, totals=totals, signing=Signing(1, seen))


def test_every_signature_stands_in_the_audit_log(books: Database) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    do_sign(books, second, 2)
    with books.read_only() as session:
        rows = session.execute(
            text("SELECT who, what FROM audit_log WHERE what LIKE 'day.%' ORDER BY id")
        ).all()
    assert rows == [(first.name, "day.signed"), (second.name, "day.closed")]


def test_signing_needs_somebody_who_works_here(books: Database) -> None:
    seen = look(books).sha256
    with pytest.raises(DBAPIError), books.transaction() as session:
        sign_day(session, Caller("S-0000", "finance"), DAY, Signing(1, seen), at=NOW)
