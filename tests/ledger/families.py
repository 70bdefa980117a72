"""Families for tests: a week in November, a wallet with money, children, meals in one line."""

from concurrent.futures import Future
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.database import Database
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry
from ledger.households import Child, grant_subsidy, register_child
from ledger.journal import post
from ledger.meals import charge_meals, order_meals
from ledger.money import Money
from ledger.wallets import find_wallet, open_wallet, top_up

MONDAY = date(2026, 11, 16)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
SUNDAY = MONDAY - timedelta(days=1)
LUNCH, SNACK = "KITA-L", "KITA-S"
WHOLE_WEEK = (1, 2, 3, 4, 5)


def clock(day: date, hour: int = 19, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    """A time of day in the city."""
    return datetime.combine(day, time(hour, minute, second, micro), CITY_TIME)


SUNDAY_EVENING = clock(SUNDAY)


def a_wallet(session: Session, cents: int = 5000, *, on: date = SUNDAY) -> str:
    """A family's wallet with this much on it."""
    code = open_wallet(session, kind="kita", key=uuid4()).code
    if cents:
        put_in(session, code, cents, on=on)
    return code


def put_in(session: Session, wallet: str, cents: int, *, on: date = SUNDAY) -> Any:
    """Top up by card."""
    return top_up(
        session, wallet, Money(cents), key=uuid4(), way="online", booked_on=on, reference=None
    )


def a_child(
    session: Session, wallet: str, *, facility: str = "K01", subsidised: bool = False
) -> Child:
    """A child of the wallet; its lunches paid by the Jobcenter until the end of July."""
    one = register_child(session, facility=facility, wallet_code=wallet, on=SUNDAY)
    if subsidised:
        grant_subsidy(
            session, one.code, authority="jobcenter",
            valid_from=date(2026, 8, 1), valid_until=date(2027, 7, 31),
        )  # fmt: skip
    return one


def eats(session: Session, one: Child, *days: date, products: tuple[str, ...] = (LUNCH,)) -> None:
    """Order these meals, long before."""
    for day in days:
        order_meals(session, day, [(one.code, each) for each in products], at=SUNDAY_EVENING)


def charge(session: Session, *days: date) -> list[Any]:
    """Charge these days for everybody."""
    catalogue = posted_catalogue(session)
    return [outcome for day in days for outcome in charge_meals(session, catalogue, day)]


def on_wallet(session: Session, code: str) -> int:
    """What is on the wallet, in cents."""
    found = find_wallet(session, code)
    assert found is not None
    return found.balance_cents


def an_unclear_receipt(session: Session, cents: int = 4000) -> int:
    """Money on the bank account that nobody knows; its entry."""
    transfers = posted_catalogue(session).rulebook.transfers(
        "unclear_receipt", amounts={"amount": cents}, roles={"bank": "181010"},
        dimensions=Dimensions(),
    )  # fmt: skip
    entry = Entry(uuid4(), "unclear_receipt", MONDAY, transfers, reference=f"camt/{uuid4()}")
    (outcome,) = post(session, [entry])
    return outcome.entry_id  # type: ignore[union-attr]


def until_waiting(database: Database, done: Future[None]) -> None:
    """Until the other transaction waits for a lock, or has got through without one."""
    waits = text("SELECT count(*) FROM pg_stat_activity"
                 " WHERE datname = current_database() AND wait_event_type = 'Lock'")  # fmt: skip
    while not done.done():
        with database.read_only() as session:
            if session.scalar(waits):
                return
