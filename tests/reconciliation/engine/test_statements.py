"""Statements of the bank that are missing, or repeat what another said, and what waits for them."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.reconciliation.engine.stand import DAY, NOON, Stand, entry
from tests.reconciliation.engine.test_bank import NEXT, a_girocard_day


@pytest.mark.parametrize(
    ("open_claims", "overdue"), [(7, 7), (8, 0)], ids=["as usual", "more than ever stay unpaid"]
)
def test_a_missing_statement_excuses_open_claims_only_if_they_are_many(
    stand: Stand, open_claims: int, overdue: int
) -> None:
    for n in range(open_claims):
        stand.invoice(1000 + n, f"50000275596{n:02d}")
    stand.statement(DAY)
    stand.sequence, stand.balance = 77, stand.balance + 6000
    stand.statement(DAY + timedelta(days=2))
    stand.as_of = NOON + timedelta(days=16)
    assert stand.kinds().count("TRANSFER_MISSING") == overdue


def test_a_missing_statement_is_one_case_and_what_it_holds_waits(stand: Stand) -> None:
    code = a_girocard_day(stand)
    bag = stand.bag()
    stand.statement(DAY)
    stand.sequence, stand.balance = 77, stand.balance + 6000
    stand.statement(DAY + timedelta(days=2))
    stand.as_of = NOON + timedelta(days=3)
    assert stand.kinds() == ["STATEMENT_MISSING"]
    found = stand.found()["STATEMENT_MISSING"]
    assert (found.since, found.amount_cents) == (NEXT, 6000)
    assert (found.provider_codes, found.expected_codes) == ([code], [bag])


def test_january_begins_its_numbers_anew(stand: Stand) -> None:
    stand.as_of = datetime(2027, 1, 5, 6, 0, tzinfo=NOON.tzinfo)
    stand.sequence = 365
    stand.statement(date(2026, 12, 31), entry(-100, "RE 1"))
    stand.sequence = 1
    stand.statement(date(2027, 1, 4))
    assert stand.kinds() == []


def test_statements_missing_on_both_sides_of_the_year_are_a_case_each(stand: Stand) -> None:
    stand.as_of = datetime(2027, 1, 6, 6, 0, tzinfo=NOON.tzinfo)
    stand.sequence = 364
    stand.statement(date(2026, 12, 30))
    stand.sequence, stand.balance = 2, stand.balance + 6000
    stand.statement(date(2027, 1, 5))
    assert stand.kinds() == ["STATEMENT_MISSING", "STATEMENT_MISSING"]
    days = stand.session.scalars(text("SELECT since FROM finding ORDER BY 1"))
    assert [*days] == [date(2026, 12, 31), date(2027, 1, 4)]


def test_a_statement_that_repeats_entries_is_folded(stand: Stand) -> None:
    stand.invoice()
    paid = entry(5000, "5000027559678", ref="B1")
    stand.statement(DAY, paid)
    stand.statement(NEXT, paid, entry(-100, "RE 1", ref="B2"), opening=stand.balance - 5000)
    assert stand.kinds() == ["STATEMENT_OVERLAP"]
    assert stand.found()["STATEMENT_OVERLAP"].bank_codes == ["B1"]
