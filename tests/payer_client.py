"""Payers at the portal: households with children, and browsers in which they are signed in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from config.database import Database
from ledger.calendar import business_day
from ledger.households import Child, register_child
from ledger.money import Money
from ledger.wallets import open_wallet, top_up
from terminals.portal.cookie import NAME
from terminals.portal.payers import Payer, add_payer
from terminals.portal.sessions import Browser, open_session

HOST = "http://localhost"
DAYCARE = "K01"
BROWSER = Browser("the mark of a test", "Firefox, Linux")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Household:
    """Somebody who pays, and the children."""

    payer: Payer
    children: tuple[Child, ...]

    @property
    def wallet(self) -> str:
        """The code of their wallet."""
        return self.payer.wallet


def a_wallet(database: Database) -> str:
    """A new wallet nobody pays with yet."""
    with database.transaction() as session:
        return open_wallet(session, kind="kita", key=uuid4()).code


def a_child(database: Database, *, wallet: str | None = None, facility: str = DAYCARE) -> Child:
    """A child of a daycare centre, with a wallet of its own unless one is given."""
    wallet = wallet or a_wallet(database)
    with database.transaction() as session:
        return register_child(session, facility=facility, wallet_code=wallet, on=date(2026, 8, 1))


def a_household(
    database: Database, *, children: int = 2, email: str | None = None, language: str = "de",
    facility: str = DAYCARE,
) -> Household:  # fmt: skip
    """A registered payer with this many children, an empty wallet and no password."""
    wallet = a_wallet(database)
    own = tuple(a_child(database, wallet=wallet, facility=facility) for _ in range(children))
    email = email or f"household-{next(_numbers)}@post.example"
    with database.transaction() as session:
        payer = add_payer(session, email, language=language, wallet=wallet, at=_now())
    return Household(payer, own)


def a_top_up(database: Database, wallet: str, cents: int) -> None:
    """Money from a payment at the provider."""
    with database.transaction() as session:
        top_up(
            session, wallet, Money(cents), key=uuid4(), way="online",
            booked_on=business_day(_now()), reference=None,
        )  # fmt: skip


def a_session(database: Database, payer: Payer, *, at: datetime | None = None) -> str:
    """The token of a session in which this payer has just signed in by a link."""
    with database.transaction() as session:
        return open_session(session, payer.code, way="link", browser=BROWSER, at=at or _now())


def a_phone(app: Flask, token: str | None = None) -> FlaskClient:
    """A browser that says where its forms come from, with a session's cookie."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = HOST
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    if token is not None:
        client.set_cookie(NAME, token)
    return client


def signed_in(
    app: Flask, database: Database, household: Household, *, at: datetime | None = None
) -> FlaskClient:
    """A browser in which the payer of this household has just signed in.

    at: the time of the sign-in, for an application whose clock the test has set.
    """
    return a_phone(app, a_session(database, household.payer, at=at))


def _now() -> datetime:
    return datetime.now(UTC)
