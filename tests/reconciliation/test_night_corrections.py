"""A corrected statement after its first version was booked: shown, taken back, booked anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from config.database import Database
from reconciliation.casework.cases import find_case
from reconciliation.casework.deciding import accept
from reconciliation.casework.releases import release
from reconciliation.differences import Difference, open_differences
from reconciliation.night import run_night
from reconciliation.tables import difference
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.casework_stand import as_caller
from tests.reconciliation.delivered_files import FIRST, bring, day, file_of, line, statement
from tests.reconciliation.night_stand import cents_on
from tests.staff_client import a_person

BANK = "181000"
SECOND = {
    "another amount": (line("5.00", "R2"), "6.00", 300),
    "left out": ("", "1.00", -200),
    "the same amount, other words": (line("2.00", "R2", "Miete"), "3.00", 0),
}


def deliver_twice(city: Database, folder: Path, corrected: str, closing: str) -> None:
    """The first version is booked before the corrected one comes."""
    bring(city, file_of(folder, xml.document(FIRST), "auszug.xml"))
    run_night(city.transaction, day(20))
    again = statement(line("1.00", "R1"), corrected, number=1, opening="0", closing=closing)
    bring(city, file_of(folder, xml.document(again), "auszug_v2.xml"))
    run_night(city.transaction, day(20))


def the_stale(city: Database) -> list[Difference]:
    with city.read_only() as session:
        return [each for each in open_differences(session) if each.kind == "SUPERSEDED_BOOKING"]


@pytest.mark.parametrize("name", SECOND)
def test_a_booking_from_a_replaced_statement_is_a_case_that_proposes_its_reversal(
    city: Database, tmp_path: Path, name: str
) -> None:
    corrected, closing, amount = SECOND[name]
    deliver_twice(city, tmp_path, corrected, closing)
    [case] = the_stale(city)
    assert (case.expected_cents, case.amount_cents, case.severity) == (200, amount, "suggestion")
    assert cents_on(city, BANK) == 300
    with city.read_only() as session:
        kinds = {each.kind for each in open_differences(session)}
    assert not kinds & {"CONTROL_TOTAL", "UNEXPLAINED_LINE"}
    assert run_night(city.transaction, day(20)).written == 0


@pytest.mark.parametrize("name", SECOND)
def test_once_two_people_took_it_back_the_correction_is_booked(
    city: Database, tmp_path: Path, name: str
) -> None:
    corrected, closing, _ = SECOND[name]
    deliver_twice(city, tmp_path, corrected, closing)
    [stale] = the_stale(city)
    roles = ("finance", "finance_approver")
    clerk, approver = (as_caller(a_person(city, role)) for role in roles)
    at = datetime.now(UTC)
    with city.transaction() as session:
        case = find_case(session, number_of(city, stale.id))
        done = accept(session, clerk, case.number, version=case.version, at=at)
        assert done.entry is None  # money goes off a bank account: somebody else releases it
    with city.transaction() as session:
        assert done.request is not None
        release(session, approver, done.request, at=at)
    assert cents_on(city, BANK) == 100
    run_night(city.transaction, day(20))
    assert the_stale(city) == []
    assert cents_on(city, BANK) == int(closing.replace(".", ""))
    assert run_night(city.transaction, day(20)).written == 0


def number_of(city: Database, case: str) -> int:
    with city.read_only() as session:
        query = select(difference.c.number).where(difference.c.id == case)
        return int(session.execute(query).scalar_one())
