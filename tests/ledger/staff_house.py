"""Two pools and the people in them, for the tests of the staff services."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.people import SITE_ROLES, Person, Post, add_person, give_password, set_password
from ledger.staff.sessions import SessionRule, SignedIn, find_session
from ledger.staff.sign_in import Answer, Proven, with_code, with_password
from ledger.staff.throttle import Visit
from ledger.staff.totp import STEP_SECONDS, code_of
from ledger.tables.catalogue import facility
from ledger.tables.staff import staff

NOW = datetime(2026, 11, 17, 7, 0, tzinfo=UTC)
RULE = SessionRule()
ADMIN = Caller("S-9999", "administrator", person="Anna Admin")
PASSWORD = "ein Seepferdchen im Becken"


def a_house(session: Session) -> None:
    """The pools B01 and B02."""
    for code in ("B01", "B02"):
        row = {
            "code": code, "kind": "pool", "name": f"Bad {code}", "cost_centre": "1",
            "budget_product": "1", "children": 0, "season": None, "closings": [],
        }  # fmt: skip
        session.execute(insert(facility), [row])


def a_person(
    session: Session, login: str = "c.kasse", role: str = "cashier", site: str | None = "B01"
) -> Person:
    """Somebody with a password of their own, and no second factor yet."""
    post = Post(role, site if role in SITE_ROLES else None)
    person = add_person(session, ADMIN, login=login, name="Clara Kassel", post=post)
    give_password(session, ADMIN, person.code, at=NOW)
    set_password(session, itself(person), person.code, PASSWORD, at=NOW)
    return person


def itself(person: Person) -> Caller:
    """The person as a caller."""
    return Caller(person.code, person.role, person.facility, person=person.name)


def visit(seconds: int = 0, address: str = "192.0.2.7") -> Visit:
    """A request some seconds after seven o'clock."""
    return Visit(NOW + timedelta(seconds=seconds), address, "a browser")


def enter(
    session: Session, login: str = "c.kasse", password: str = PASSWORD, *, at: Visit | None = None
) -> Answer:
    """Name and password."""
    return with_password(session, login, password, visit=at or visit(), rule=RULE)


def the_session(session: Session, answer: Answer, seconds: int = 0) -> SignedIn:
    """The session an answer opened, as it is then."""
    assert isinstance(answer, Proven)
    at = NOW + timedelta(seconds=seconds)
    found = find_session(session, answer.token, at=at, rule=RULE)
    assert found is not None
    return found


def right_code(session: Session, person: Person, seconds: int = 0) -> str:
    """The digits the person's telephone shows then."""
    secret = session.scalar(staff.select().with_only_columns(staff.c.totp_secret).where(
        staff.c.code == person.code))  # fmt: skip
    step = int((NOW + timedelta(seconds=seconds)).timestamp()) // STEP_SECONDS
    return code_of(secret, step)


def type_code(session: Session, half: SignedIn, code: str, seconds: int = 0) -> Answer:
    """The second step."""
    return with_code(session, half, code, visit=visit(seconds), rule=RULE)
