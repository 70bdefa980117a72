"""The audit log: rows are added and read, by the database's clock, and nothing else ever."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from config.database import Database
from ledger.calendar import CITY_TIME
from ledger.permissions import Caller
from ledger.staff.audit import Filter, deeds, record

CLERK = Caller("S-0001", "finance_approver", person="Fritz Freigabe")
CHANGES = ("UPDATE audit_log SET who = 'somebody else'", "DELETE FROM audit_log",
           "TRUNCATE audit_log")  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_neither_the_application_nor_the_owner_changes_the_log(
    database: Database, change: str
) -> None:
    with database.transaction() as session:
        record(session, CLERK, "approval.decided", about="R-1")
    with database.transaction() as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(change))
    engine = create_engine(database.admin_url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="only ever added to"):
        connection.execute(text(change))
    engine.dispose()


def test_the_time_of_a_deed_is_the_databases(database: Database) -> None:
    forged = "INSERT INTO audit_log (at, who, role, what) VALUES ('2020-01-01', 'x', 'x', 'a.b')"
    with database.transaction() as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(forged))


def test_a_deed_that_is_rolled_back_was_not_done(database: Database) -> None:
    with database.transaction() as session:
        record(session, CLERK, "approval.decided")
        session.rollback()
    with database.read_only() as session:
        assert deeds(session, only=Filter(), with_money=True) == []


def test_deeds_are_found_by_person_by_what_they_are_about_and_by_day(session: Session) -> None:
    record(session, CLERK, "approval.decided", about="R-1", detail={"amount_cents": 4500})
    record(session, Caller("B01-1", "till"), "till.signed_in", about="S-0001")
    record(session, Caller("S-0002", "administrator"), "staff.added", about="S-0003")

    def found(only: Filter) -> list[str]:
        return [deed.what for deed in deeds(session, only=only, with_money=True)]

    assert found(Filter()) == ["staff.added", "till.signed_in", "approval.decided"]
    assert found(Filter(who="S-0001")) == ["till.signed_in", "approval.decided"]
    assert found(Filter(subject="approval")) == ["approval.decided"]
    assert found(Filter(subject="appro")) == []
    assert found(Filter(subject="%")) == []
    today = datetime.now(UTC).astimezone(CITY_TIME).date()
    assert len(found(Filter(day=today))) == 3
    assert found(Filter(day=today - timedelta(days=1))) == []


def test_pages_go_on_where_the_last_one_ended(session: Session) -> None:
    for number in range(7):
        record(session, CLERK, "approval.decided", about=str(number))
    seen, before = [], None
    while page := deeds(session, only=Filter(), before=before, with_money=True, limit=3):
        seen += [deed.about for deed in page]
        before = page[-1].id
    assert seen == list("6543210")


def test_without_an_eye_on_money_deeds_with_money_are_not_there(session: Session) -> None:
    record(session, CLERK, "approval.decided", detail={"amount_cents": 4500})
    record(session, CLERK, "till.shift_closed", detail={"difference_cents": -5})
    record(session, CLERK, "pin.set", about="S-0001")
    record(session, CLERK, "device.revoked", about="B01-1")
    assert [deed.what for deed in deeds(session, only=Filter())] == ["device.revoked", "pin.set"]
    assert deeds(session, only=Filter(subject="approval")) == []


@pytest.mark.parametrize("what", ["decided", "Approval.decided", "approval.", "a.b.c", ""])
def test_a_deed_has_a_subject_and_a_verb(session: Session, what: str) -> None:
    with pytest.raises(IntegrityError, match="audit_log_what"), session.begin_nested():
        record(session, CLERK, what)
