"""The audit office at a till: frozen first, counted blind, written down once."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from ledger.drawer import Drawer, give_float
from reconciliation.audits.protocol import DENOMINATIONS, find_audit
from reconciliation.desk.page import now
from tests.staff_client import a_browser, a_person, a_session

TILL = "B01-1"
PATH = "/desk/pruefungen"
FULL = {2000: 4, 5000: 1, 200: 10}  # 150.00


@dataclass(frozen=True, slots=True)
class Door:
    """A till with a float of 150.00 in its drawer, an auditor and a colleague of finance."""

    database: Database
    auditor: FlaskClient
    finance: FlaskClient
    other: FlaskClient

    def begin(self, key: UUID | None = None) -> int:
        answer = self.auditor.post(PATH, data={"till": TILL, "key": str(key or uuid4())})
        assert answer.status_code == 303
        return int(answer.location.rpartition("/")[2])

    def count(self, number: int, **changes: str) -> tuple[int, str]:
        form = {f"c{cents}": str(FULL.get(cents, 0)) for cents in DENOMINATIONS}
        form |= {"remarks": "Schlüssel und Tresor geprüft.", **changes}
        answer = self.auditor.post(f"{PATH}/{number}", data=form, follow_redirects=True)
        return answer.status_code, answer.text

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with self.database.read_only() as session:
            return [tuple(row) for row in session.execute(text(statement))]


@pytest.fixture
def door(city: Database) -> Door:
    app = create_app(database=city)
    with city.transaction() as session:
        drawer = Drawer("B01", TILL, "0318", business_day(now()))
        give_float(session, drawer, 15_000, key=uuid4())
    people = [a_person(city, role) for role in ("auditor", "finance", "auditor")]
    return Door(city, *(a_browser(app, a_session(city, person)) for person in people))


def test_nobody_sees_what_is_expected_before_the_count_is_done(door: Door) -> None:
    number = door.begin()
    while_counting = door.auditor.get(f"{PATH}/{number}").text
    assert "150,00" not in while_counting
    assert "150,00" not in door.auditor.get(PATH).text
    status, protocol = door.count(number)
    assert status == 200
    assert "Niederschrift" in protocol
    assert "Gezählt wie erwartet." in protocol
    assert "Schlüssel und Tresor geprüft." in protocol
    assert door.rows("SELECT 1 FROM difference") == []


def test_what_is_missing_becomes_a_case_that_no_night_closes(door: Door) -> None:
    number = door.begin()
    _, protocol = door.count(number, c2000="3")
    assert "−20,00" in protocol
    assert "Fehlbetrag" in protocol
    found = door.rows("SELECT class, place, amount_cents, opened_run FROM difference")
    assert found == [("CASH_SHORT", TILL, -2000, None)]


def test_a_protocol_stays_as_it_was_counted(door: Door) -> None:
    number = door.begin()
    door.count(number)
    status, _ = door.count(number, c2000="3")
    assert status == 422
    with (
        pytest.raises(DBAPIError, match="till_audit_stays"),
        door.database.transaction() as session,
    ):
        session.execute(text("UPDATE till_audit SET remarks = 'x'"))
    with door.database.read_only() as session:
        assert find_audit(session, number).difference_cents == 0


def test_a_row_left_empty_is_asked_for_and_what_was_typed_stays(door: Door) -> None:
    number = door.begin()
    status, page = door.count(number, c1="")
    assert status == 422
    assert "auch die Null" in page
    assert re.search(r'id="c2000"[^>]*value="4"', page)


def test_the_same_key_freezes_once(door: Door) -> None:
    key = uuid4()
    assert door.begin(key) == door.begin(key)


def test_only_who_began_counts_and_finance_only_looks(door: Door) -> None:
    number = door.begin()
    form = {f"c{cents}": "0" for cents in DENOMINATIONS} | {"remarks": ""}
    assert door.finance.post(f"{PATH}/{number}", data=form).status_code == 403
    assert door.other.post(f"{PATH}/{number}", data=form).status_code == 422
    assert door.finance.get(f"{PATH}/{number}").status_code == 200
    assert door.rows("SELECT finished_at FROM till_audit") == [(None,)]


def test_a_till_there_is_not_is_not_audited(door: Door) -> None:
    answer = door.auditor.post(PATH, data={"till": "X99-1", "key": str(uuid4())})
    assert answer.status_code == 404
    assert door.auditor.post(PATH, data={"till": TILL, "key": "x"}).status_code == 400
    assert door.auditor.get(f"{PATH}/999").status_code == 404
