"""A desk with a morning's cases and three people: two who work on them, one who releases."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import func, select

from config.app import create_app
from config.database import Database
from ledger.balances import balance
from ledger.permissions import Caller
from ledger.staff.people import Person
from ledger.staff.sessions import OPEN, SessionRule, open_session
from ledger.staff.throttle import Visit
from ledger.tables.books import entry
from reconciliation.casework.cases import Case
from reconciliation.casework.deciding import Done, accept, write_off
from reconciliation.casework.tables import match_decision
from tests.reconciliation.desk_books import UNMATCHED, a_morning, the_case
from tests.staff_client import a_browser, a_person

WORDS = "Nachforschung blieb ohne Ergebnis"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The books of a morning, two who work there and one who releases."""

    database: Database
    numbers: dict[str, int]
    anna: Caller
    ben: Caller
    carla: Caller

    def case(self, reference: str) -> Case:
        return the_case(self.database, self.numbers[reference])

    def accept(self, by: Caller, reference: str) -> Done:
        case = self.case(reference)
        with self.database.transaction() as session:
            return accept(session, by, case.number, version=case.version, at=now())

    def ask_write_off(self, reference: str = UNMATCHED.reference) -> Done:
        case = self.case(reference)
        with self.database.transaction() as session:
            return write_off(
                session, self.anna, case.number, version=case.version, account="547300",
                words=WORDS, at=now(),
            )  # fmt: skip

    def balance(self, account: str) -> int:
        with self.database.read_only() as session:
            return balance(session, account).debit_balance_cents

    def entries(self) -> int:
        with self.database.read_only() as session:
            return session.execute(select(func.count()).select_from(entry)).scalar_one()

    def live_pairs(self) -> list[tuple[list[str], list[str], list[str]]]:
        with self.database.read_only() as session:
            rows = session.execute(
                select(
                    match_decision.c.expected_codes, match_decision.c.provider_codes,
                    match_decision.c.bank_codes,
                ).where(match_decision.c.kind == "pair", match_decision.c.ended_at.is_(None))
            )  # fmt: skip
            return [tuple(row) for row in rows]


def as_caller(person: Person) -> Caller:
    return Caller(person.code, person.role, person=person.name)


def a_desk(city: Database) -> Desk:
    """Anna and Ben work on cases, Carla may release."""
    roles = ("finance", "finance", "finance_approver")
    people = [as_caller(a_person(city, role)) for role in roles]
    return Desk(city, a_morning(city), *people)


def browser_of(desk: Desk, who: Caller) -> FlaskClient:
    """A browser in which this person is signed in."""
    with desk.database.transaction() as session:
        visit = Visit(now(), "127.0.0.1", "a test")
        token = open_session(session, who.name, stage=OPEN, visit=visit, rule=SessionRule())
    return a_browser(create_app(database=desk.database), token)
