"""A city with two days of business, ready to be signed by people of finance."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import text

from config.database import Database
from ledger.accounts import open_sub_accounts
from ledger.calendar import CITY_TIME
from ledger.entries import Dimensions, Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.permissions import Caller
from ledger.seal import seal
from ledger.staff.people import Person
from reconciliation.closing.days import DayClosing, day_closing, sign_day
from reconciliation.closing.signatures import Signed, Signing
from tests.staff_client import a_person

DAY = date(2026, 11, 17)
BEFORE = DAY - timedelta(days=1)
NOW = datetime(2026, 11, 18, 9, 14, tzinfo=CITY_TIME)
BATCH, CREDIT = f"184100/B01-1/{DAY}", f"184110/B01-1/{DAY}"


def a_sale(debit: str, cents: int, on: date = DAY, **dimensions: str) -> Entry:
    """A sale of the pool, paid to this clearing account."""
    place = Dimensions(facility="B01", product="POOL-AD", till="B01-1", **dimensions)
    return Entry(uuid4(), "sale", on, (Transfer(debit, "441100", Money(cents), place),))


def a_move(debit: str, credit: str, cents: int, on: date = DAY, event: str = "batch") -> Entry:
    """Money between two accounts."""
    return Entry(uuid4(), event, on, (Transfer(debit, credit, Money(cents)),))


def do_post(city: Database, *entries: Entry) -> list[int]:
    """Post them; their numbers."""
    with city.transaction() as session:
        outcomes = post(session, list(entries))
    return [outcome.entry_id for outcome in outcomes]


def furnish(city: Database) -> None:
    """Card sales of two days, the credit of the first, sealed; and the night over both."""
    with city.transaction() as session:
        for control in ("184100", "184110"):
            names = [f"{till}/{day}" for till in ("B01-1", "B02-1") for day in (BEFORE, DAY)]
            open_sub_accounts(session, control, names, title="Terminal")
    yesterday = f"184100/B01-1/{BEFORE}"
    do_post(city, a_sale(yesterday, 9000, BEFORE), a_sale(f"184100/B02-1/{BEFORE}", 21400, BEFORE))
    do_post(
        city, *(a_sale(BATCH, 500 + n) for n in range(20)), a_sale(CREDIT, 4600),
        a_move("181000", yesterday, 9000),
    )  # fmt: skip
    seal(city.engine)
    a_night(city)


def a_night(city: Database, day: date = DAY) -> None:
    """The night over `day` is done."""
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO night_run (day, started_at, result) VALUES (:day, :at, '{}')"),
            {"day": day, "at": datetime(2026, 11, 18, 1, 0, tzinfo=UTC)},
        )


def a_case(city: Database, number: str = "CHARGEBACK:x", **changes: object) -> None:
    """An open difference."""
    row = {"id": number, "class": number.partition(":")[0], "subject": "184200",
           "amount_cents": -4600, "since": DAY, "data": "{}", "channel": "card",
           "severity": "break", **changes}  # fmt: skip
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    with city.transaction() as session:
        session.execute(text(f"INSERT INTO difference ({names}) VALUES ({values})"), row)


def an_open_shift(city: Database, shift: str = "0299", till: str = "M04-1") -> None:
    """A shift of the day that nobody has counted."""
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO till_shift (till, shift, opened_at, opened_by, float_cents)"
                 " VALUES (:till, :shift, '2026-11-17 09:00+01', 'x', 0)"),
            {"till": till, "shift": shift},
        )  # fmt: skip


def themselves(person: Person) -> Caller:
    """The person as a caller."""
    return Caller(person.code, person.role, person=person.name)


def two_people(city: Database) -> tuple[Caller, Caller]:
    """One of the bookkeeping, one who releases."""
    return tuple(themselves(a_person(city, role)) for role in ("finance", "finance_approver"))  # type: ignore[return-value]


def look(city: Database, day: date = DAY, at: datetime = NOW) -> DayClosing:
    """The day as its page shows it."""
    with city.read_only() as session:
        return day_closing(session, day, at=at)


def do_sign(
    city: Database, by: Caller, place: int, *, seen: bytes | None = None, day: date = DAY,
    remark: str | None = None,
) -> Signed:  # fmt: skip
    """Sign what one sees."""
    signing = Signing(place, seen or look(city, day).sha256, remark)
    with city.transaction() as session:
        return sign_day(session, by, day, signing, at=NOW)


def plain(page: str) -> str:
    """The words of a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).replace("\xa0", " ")


def see(client: FlaskClient, path: str, status: int = 200) -> str:
    """The words of the page at this address."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return plain(answer.text)
