"""A shop for tickets over real books with a simulated provider, and whoever buys there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.app import create_app
from config.database import Database
from terminals.checkout.provider import provider_to
from terminals.gate.tables import ticket_order
from terminals.gate.tickets import tickets_of
from terminals.simulators.stripe import Simulator
from tests.staff_client import a_browser
from tests.terminals.gate.house import RING


@dataclass(slots=True)
class Shop:
    """The application with a provider, and whoever buys."""

    app: Flask
    database: Database
    stripe: Simulator
    later: timedelta = timedelta(0)
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.browser = a_browser(self.app)
        self.app.extensions["clock"] = lambda: datetime.now(UTC) + self.later

    def choose(self, house: str, **counts: int) -> Any:
        """Press the button of a page with these counts."""
        page = self.browser.get(f"/tickets/{house}?{query(counts)}").text
        form = re.search(r'id="pay".*?</form>', page, re.DOTALL)
        assert form is not None
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[0]))
        return self.browser.post(f"/tickets/{house}/kaufen", data=fields)

    def buy(self, house: str, **counts: int) -> str:
        """Buy and pay; the path of the tickets."""
        answer = self.choose(house, **counts)
        assert answer.status_code == 303, answer.text
        if answer.location.startswith("/ticket/"):
            return str(answer.location)
        back = self.stripe.online.pay(session_of(answer.location), "visa")
        return urlsplit(back).path

    def order(self, path: str) -> Any:
        with self.database.read_only() as session:
            token = path.rsplit("/", 1)[1]
            return session.execute(select(ticket_order).where(ticket_order.c.token == token)).one()

    def latest_order(self) -> Any:
        with self.database.read_only() as session:
            newest = select(ticket_order).order_by(ticket_order.c.ordered_at.desc()).limit(1)
            return session.execute(newest).one()

    def tickets(self, path: str) -> Any:
        with self.database.read_only() as session:
            return tickets_of(session, [self.order(path).id])


def query(counts: dict[str, int]) -> str:
    return "&".join(f"{code.replace('_', '-')}={count}" for code, count in counts.items())


def session_of(address: str) -> str:
    found = re.search(r"cs_[A-Za-z0-9_]+", address)
    assert found is not None, address
    return found[0]


@contextmanager
def a_shop(city: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr("config.api.guest_keys", lambda: RING)
    with Simulator() as stripe:
        app = create_app(database=city, origin="https://kasse.example")
        app.extensions["provider"] = provider_to("sk_test_tickets", address=stripe.address)
        yield Shop(app, city, stripe)
