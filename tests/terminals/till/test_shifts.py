"""Shifts: floats, blind counts, safebags, hand-overs, and business days across midnight."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from ledger.balances import balance
from terminals.till.errors import TillRefusal
from terminals.till.sales import count_sales, guests_today, set_state
from terminals.till.shifts import close_shift, current_shift, drop, expected_cash, open_shift
from tests.terminals.till.conftest import FLOAT

BERLIN = ZoneInfo("Europe/Berlin")


def test_the_drawer_of_two_shifts_stands_in_the_books_to_the_cent(counter, centre):
    counter.fill("POOL-FAM")
    counter.pay_in_cash(2000)
    with _writing(counter) as connection:
        first = current_shift(connection, "B01-1")
        assert expected_cash(connection, first) == 15000 + 1200
        drop(
            connection, first, bag="44710093", counts={"1000": 1}, person="S-0002", witness=None,
            now=datetime.now(UTC),
        )  # fmt: skip
        closing = _close(connection, first, {"5000": 2, "1000": 5, "20": 5})
        assert closing["difference_cents"] == 15100 - 15200
        second = open_shift(
            connection, "B01-1", person="S-0003", counts={"5000": 2, "1000": 5, "20": 5},
            now=datetime.now(UTC),
        )  # fmt: skip
        # One euro was left by the first shift: the safe gives 150.00 once more, not 151.00.
        assert (second.float_cents, second.carried_cents) == (15100, 100)
        assert expected_cash(connection, second) == 15100
    counter.all_sent()
    assert _in_drawer(centre) == 15100


def test_a_difference_needs_a_reason_and_nothing_more(counter):
    with _writing(counter) as connection:
        shift = current_shift(connection, "B01-1")
        with pytest.raises(TillRefusal, match="reason_missing"):
            _close(connection, shift, {"5000": 1}, reason=None)


def test_guests_of_a_shift_are_counted_without_what_was_voided(counter):
    counter.fill("POOL-AD", "POOL-AD", "POOL-U6")
    counter.pay_in_cash(1000)
    counter.fill("POOL-10A")  # a pass is no guest yet
    counter.pay_in_cash(10000)
    counter.fill("POOL-RED", "POOL-U6")
    voided = counter.pay_in_cash(300)
    with _writing(counter) as connection:
        shift = current_shift(connection, "B01-1").code
        assert guests_today(connection, "B01-1", shift) == (5, 2)
        set_state(connection, voided.key, "voided")
        assert guests_today(connection, "B01-1", shift) == (3, 1)
        assert count_sales(connection, "B01-1", shift) == 3
        assert guests_today(connection, "B01-1", "another") == (0, 0)


def test_a_safebag_number_is_used_once(counter):
    given = {"bag": "1", "counts": {"500": 1}, "person": "S-0002", "witness": None}
    with _writing(counter) as connection:
        shift = current_shift(connection, "B01-1")
        drop(connection, shift, now=datetime.now(UTC), **given)
    with (
        pytest.raises(TillRefusal, match="bag_used"),
        _writing(counter) as connection,
    ):
        drop(connection, shift, now=datetime.now(UTC), **given)


@pytest.mark.parametrize(
    ("opened", "closed", "day"),
    [
        (datetime(2026, 11, 17, 18, tzinfo=BERLIN), datetime(2026, 11, 18, 1, tzinfo=BERLIN),
         date(2026, 11, 17)),
        (datetime(2027, 3, 27, 20, tzinfo=BERLIN), datetime(2027, 3, 28, 5, tzinfo=BERLIN),
         date(2027, 3, 27)),
        (datetime(2026, 10, 24, 20, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
         date(2026, 10, 24)),
    ],
    ids=["midnight", "spring forward", "fall back"],
)  # fmt: skip
def test_a_shift_across_midnight_keeps_the_day_it_was_opened_on(
    counter, centre, opened, closed, day
):
    with _writing(counter) as connection:
        _close(connection, current_shift(connection, "B01-1"), FLOAT)
        late = open_shift(connection, "B01-1", person="S-0002", counts=FLOAT, now=opened)
        assert (late.business_day, late.code) == (day, f"{day}-2")
        closing = close_shift(
            connection, late, counts=[FLOAT], reason=None, person="S-0002", next_person=None,
            now=closed,
        )  # fmt: skip
        assert closing["business_day"] == day.isoformat()
    counter.all_sent()
    with centre.database.read_only() as session:
        told = session.execute(
            text("SELECT business_day FROM till_shift WHERE shift = :shift"), {"shift": late.code}
        )
        assert told.scalar() == day


def _writing(counter):
    return counter.site.journal.write(counter.till.code)


def _close(connection, shift, counts, reason="change"):
    return close_shift(
        connection, shift, counts=[counts], reason=reason, person="S-0002", next_person=None,
        now=datetime.now(UTC),
    )  # fmt: skip


def _in_drawer(centre):
    with centre.database.read_only() as session:
        return balance(session, "183000/B01-1").debit_balance_cents
