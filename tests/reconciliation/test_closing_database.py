"""What the database holds of closing, whoever asks it: two people, the same totals, once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.balances import balance
from ledger.entries import Posted
from ledger.errors import constraint_of
from ledger.journal import post
from ledger.periods import close_day
from ledger.permissions import Caller
from reconciliation.closing.errors import (
    AlreadySigned,
    ClosingChanged,
    FirstSignatureLapsed,
    OwnSignature,
    PeriodLocked,
)
from tests.reconciliation.closing_stand import (
    BATCH,
    DAY,
    a_sale,
    do_sign,
    furnish,
    look,
    two_people,
)


@pytest.fixture
def books(city: Database) -> Database:
    furnish(city)
    return city


# Straight into the database, as the application's own role.
INSERT = """INSERT INTO closing_signature (scope, period, round, place, person, totals)
            VALUES (:scope, :period, :round, :place, :person, CAST(:totals AS jsonb))"""


def by_hand(books: Database, person: Caller, place: int, **changes: Any) -> str | None:
    """Sign by SQL alone; the constraint that refused it, None when it was taken."""
    row = {"scope": "day", "period": DAY, "round": 1, "place": place, "person": person.name,
           "totals": '{"day": "2026-11-17"}', **changes}  # fmt: skip
    try:
        with books.transaction() as session:
            session.execute(text(INSERT), row)
            if place == 2 and row["scope"] == "day":
                close_day(session, row["period"], closed_by=person.name)
    except DBAPIError as error:
        return constraint_of(error)
    return None


def test_the_database_takes_no_second_signature_of_one_person(books: Database) -> None:
    first, second = two_people(books)
    assert by_hand(books, first, 2) == "closing_signature_in_order"
    assert by_hand(books, first, 1) is None
    assert by_hand(books, first, 2) == "closing_signature_two_people"
    assert by_hand(books, second, 1) == "closing_signature_in_order"
    assert by_hand(books, second, 1, round=2) == "closing_signature_same_totals"
    assert by_hand(books, second, 2, totals='{"day": "x"}') == "closing_signature_same_totals"
    assert by_hand(books, second, 2, round=2) == "closing_signature_in_order"
    assert by_hand(books, Caller("S-000000", "finance"), 2) == "closing_signature_person"
    assert by_hand(books, second, 2) is None
    assert by_hand(books, first, 1, round=2) == "closing_signature_once"
    third, _ = two_people(books)
    assert by_hand(books, third, 2) == "closing_signature_once"


def test_the_database_closes_no_day_without_both(books: Database) -> None:
    first, _ = two_people(books)

    def close(day: date, closed_by: str) -> str | None:
        try:
            with books.transaction() as session:
                close_day(session, day, closed_by=closed_by)
        except DBAPIError as error:
            return constraint_of(error)
        return None

    early = DAY - timedelta(days=9)
    assert close(early, "before the city signed") is None
    assert close(DAY, first.name) == "closed_day_is_signed"
    do_sign(books, first, 1)
    assert close(DAY, "anything") == "closed_day_is_signed"
    assert close(DAY + timedelta(days=3), "anything") == "closed_day_is_signed"
    assert close(early + timedelta(days=1), "before the city signed") is None


def test_a_second_signature_without_the_lock_is_not_kept(books: Database) -> None:
    first, second = two_people(books)
    assert by_hand(books, first, 1) is None
    row = {"scope": "day", "period": DAY, "round": 1, "place": 2, "person": second.name,
           "totals": '{"day": "2026-11-17"}'}  # fmt: skip
    with pytest.raises(DBAPIError) as refused, books.transaction() as session:
        session.execute(text(INSERT), row)
    assert constraint_of(refused.value) == "closing_signature_closes"


@pytest.mark.parametrize("change", ["UPDATE closing_signature SET remark = 'x'",
                                    "DELETE FROM closing_signature",
                                    "TRUNCATE closing_signature"])  # fmt: skip
def test_a_signature_stays_even_under_the_owner(books: Database, change: str) -> None:
    do_sign(books, two_people(books)[0], 1)
    owner = create_engine(books.admin_url)
    with owner.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(change))
    owner.dispose()


def race(*runs: Callable[[], object]) -> list[object]:
    """Run them at once; what each returned or raised."""
    gate, found = threading.Barrier(len(runs)), [object() for _ in runs]

    def go(place: int, run: Callable[[], object]) -> None:
        gate.wait()
        try:
            found[place] = run()
        except (AlreadySigned, PeriodLocked, ClosingChanged, OwnSignature) as error:
            found[place] = type(error)

    threads = [threading.Thread(target=go, args=each) for each in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_who_sign_first_at_once_one_does(books: Database) -> None:
    people = two_people(books)
    seen = look(books).sha256
    found = race(*(lambda by=by: do_sign(books, by, 1, seen=seen) for by in people))
    assert found.count(AlreadySigned) == 1
    assert len(look(books).signed.lapsed) == 0


def test_of_two_who_lock_at_once_one_does(books: Database) -> None:
    first, second = two_people(books)
    _, third = two_people(books)
    do_sign(books, first, 1)
    seen = look(books).sha256
    found = race(*(lambda by=by: do_sign(books, by, 2, seen=seen) for by in (second, third)))
    assert found.count(PeriodLocked) == 1
    assert look(books).lock is not None


def test_what_is_posted_while_the_day_is_locked_is_in_the_totals_or_refused(
    books: Database,
) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    seen = look(books).sha256

    def sell() -> object:
        with books.transaction() as session:
            return post(session, [a_sale(BATCH, 100)])[0]

    def lock() -> object:
        try:
            return do_sign(books, second, 2, seen=seen)
        except FirstSignatureLapsed as lapsed:
            return lapsed

    sold, locked = race(sell, lock)
    assert isinstance(sold, Posted) == isinstance(locked, FirstSignatureLapsed)
    with books.read_only() as session:
        expected = sum(500 + n for n in range(20)) + 100 * isinstance(sold, Posted)
        assert balance(session, BATCH).debit_cents == expected
