"""A family in November with money, meals and a provider, for the pages around money."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from config.app import create_app
from config.database import Database
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.households import grant_subsidy
from ledger.meals import charge_meals
from ledger.money import Money
from ledger.standing_orders import plan_meals, set_standing_order
from ledger.wallets import find_wallet, top_up
from terminals.checkout.payments import payments_of
from terminals.checkout.provider import Provider, provider_to
from terminals.simulators.stripe import Simulator
from tests.payer_client import Household, a_household, signed_in

LUNCH, SNACK = "KITA-L", "KITA-S"
FIRST = date(2026, 11, 9)  # a Monday
TODAY = date(2026, 11, 24)  # a Tuesday
MOST_STATEMENTS = 12


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in the city, aware UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CITY_TIME).astimezone(UTC)


@dataclass
class Stand:
    """The application with a clock that stands still until a test moves it."""

    app: Flask
    database: Database
    stripe: Simulator
    provider: Provider
    clock: list[datetime]
    statements: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """What the clock says, here and at the provider."""
        return self.clock[0]

    def later(self, **time: float) -> None:
        """Let time go by."""
        self.clock[0] += timedelta(**time)

    def signed_in(self, home: Household) -> FlaskClient:
        """The payer's telephone."""
        return signed_in(self.app, self.database, home, at=self.now)

    def get(self, phone: FlaskClient, path: str, status: int = 200) -> str:
        """A page, in the statements it may take."""
        answer, count = self.counted(phone, path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:400])
        assert count <= MOST_STATEMENTS, (path, count, self.statements)
        return answer.text

    def settled(self, phone: FlaskClient, path: str) -> str:
        """A page that first asked the provider and booked; what is counted is the look after it."""
        assert phone.get(path).status_code == 200
        return self.get(phone, path)

    def counted(self, phone: FlaskClient, path: str) -> tuple[TestResponse, int]:
        """An answer and how many statements it took."""
        with self.counting():
            answer = phone.get(path)
        return answer, len(self.statements)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Write down every statement of the time."""
        self.statements.clear()

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(
                ("SET ", "BEGIN", "COMMIT", "ROLLBACK", "SELECT set_config")
            ):
                self.statements.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)

    def balance(self, home: Household) -> int:
        """What is on the wallet, in cents."""
        with self.database.read_only() as session:
            found = find_wallet(session, home.wallet)
        assert found is not None
        return found.balance_cents

    def payments(self, home: Household) -> list[Any]:
        """The top-ups of the wallet, the newest first."""
        with self.database.read_only() as session:
            return payments_of(session, "top_up", home.wallet)


def a_stand(database: Database, stripe: Simulator, *, clock: list[datetime]) -> Stand:
    """The application over these books, with the simulator as its provider."""
    app = create_app(database=database)
    provider = provider_to("sk_test_1", address=stripe.address)
    stand = Stand(app, database, stripe, provider, clock)
    app.extensions["clock"] = lambda: stand.now
    app.extensions["provider"] = provider
    return stand


def a_family(
    database: Database, *, children: int = 2, cents: int = 10000, subsidised: bool = False,
    eats: bool = True,
) -> Household:  # fmt: skip
    """Children who eat every day since the 9th of November; money from the 6th."""
    home = a_household(database, children=children)
    with database.transaction() as session:
        if cents:
            top_up(
                session, home.wallet, Money(cents), key=uuid4(), way="transfer",
                booked_on=date(2026, 11, 6), reference=None,
            )  # fmt: skip
        if subsidised:
            grant_subsidy(
                session, home.children[0].code, authority="jobcenter",
                valid_from=date(2026, 8, 1), valid_until=date(2027, 7, 31),
            )  # fmt: skip
    if eats:
        _eat(database, home)
    return home


def _eat(database: Database, home: Household) -> None:
    before = at(FIRST - timedelta(days=3), 12)
    with database.transaction() as session:
        for each in home.children:
            set_standing_order(
                session, each.code, products=(LUNCH, SNACK), weekdays=(1, 2, 3, 4, 5),
                valid_from=date(2026, 8, 1), at=before,
            )  # fmt: skip
        plan_meals(session, TODAY + timedelta(days=28), at=before)
    days = [FIRST + timedelta(days=n) for n in range((TODAY - FIRST).days)]
    for day in days:
        with database.transaction() as session:
            charge_meals(session, posted_catalogue(session), day)


def key_in(page: str) -> str:
    """The key of the first form of a page."""
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found.group(1)


def a_uuid() -> UUID:
    """One that nothing has."""
    return uuid4()
