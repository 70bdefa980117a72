"""The API as devices see it: an application on real books, and one token for each role."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.access import DEVICE_ROLES
from config.app import create_app
from config.database import Database
from terminals.devices import add_device, new_token

TILL = "B01-1"


@dataclass(frozen=True, slots=True)
class Device:
    """A client that sends its token; without one, whoever passes by."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path: str, body: Any, key: UUID | str | None = None) -> TestResponse:
        headers = {"Idempotency-Key": str(key or uuid4())}
        return self.client.post(path, json=body, headers=self._headers(headers))

    def send(self, path: str, data: bytes, **headers: str) -> TestResponse:
        """Post bytes as they are."""
        given = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, data=data, headers=self._headers(given | named))

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


@dataclass(frozen=True, slots=True)
class Api:
    """The application, its books, and a device in every role; the till stands at B01-1."""

    app: Flask
    database: Database
    tokens: dict[str, str]

    def as_(self, role: str) -> Device:
        return Device(self.app.test_client(), self.tokens.get(role))

    @property
    def till(self) -> Device:
        return self.as_("till")

    @property
    def finance(self) -> Device:
        return self.as_("finance")

    @property
    def anonymous(self) -> Device:
        return self.as_("anonymous")

    def written(self) -> tuple[int, ...]:
        """How many entries, answers and charges there are: what a refused request leaves alone."""
        counts = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM answer), "
        with self.database.read_only() as session:
            return tuple(session.execute(text(counts + "(SELECT count(*) FROM charge)")).one())


def an_api(database: Database, **options: Any) -> Api:
    """The API over these books, which must have the city loaded."""
    tokens = {role: new_token() for role in DEVICE_ROLES}
    with database.transaction() as session:
        for role, token in tokens.items():
            place = (
                {"till": TILL} if role == "till" else {"facility": "B01"} if role == "gate" else {}
            )
            add_device(session, f"{role}-1", role=role, token=token, **place)
    return Api(create_app(database=database, **options), database, tokens)


def a_charge(**changes: Any) -> dict[str, Any]:
    """Two adults at the pool, paid by girocard; a change to None leaves a field out."""
    charge: dict[str, Any] = {
        "facility": "B01",
        "way": "girocard",
        "charged_at": "2026-11-17T07:42:10+01:00",
        "lines": [{"product": "POOL-AD", "quantity": 2}],
        "till": TILL,
        "terminal": "B01-1",
        "receipt_number": "B01-1-000231",
    }
    return {name: value for name, value in (charge | changes).items() if value is not None}


def a_top_up(cents: Any = 2000, **changes: Any) -> dict[str, Any]:
    """Twenty euros in cash at the till."""
    top_up: dict[str, Any] = {
        "amount": {"cents": cents, "currency": "EUR"},
        "facility": "B01",
        "way": "cash",
        "till": TILL,
        "paid_at": "2026-11-17T07:40:00+01:00",
    }
    return {name: value for name, value in (top_up | changes).items() if value is not None}
