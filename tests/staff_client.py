"""People at the pages of the centre: accounts in every role, and clients that are signed in."""

from datetime import UTC, datetime
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.database import Database
from config.staff.cookie import NAME
from ledger.permissions import Caller
from ledger.staff.people import (
    SITE_ROLES,
    Person,
    Post,
    add_person,
    give_password,
    set_password,
)
from ledger.staff.sessions import OPEN, SessionRule, open_session
from ledger.staff.throttle import Visit
from ledger.staff.totp import STEP_SECONDS, code_of
from ledger.tables.staff import staff
from tests.api_client import Api

SITE = "B01"
PASSWORD = "ein Seepferdchen im Becken"
OTHER = "zwei Delfine am Beckenrand"
OPERATOR = Caller("command line", "operator")

_numbers = count(1)


def a_person(
    database: Database, role: str, *, facility: str | None = None, login: str | None = None
) -> Person:
    """An account in this role, at B01 where the role has a site; no password, no PIN."""
    site = facility or (SITE if role in SITE_ROLES else None)
    number = next(_numbers)
    login = login or f"{role.replace('_', '-')}-{number}"
    with database.transaction() as session:
        name, post = f"{role.title().replace('_', ' ')} {number}", Post(role, site)
        return add_person(session, OPERATOR, login=login, name=name, post=post)


def a_session(database: Database, person: Person) -> str:
    """The token of an open session of this person."""
    with database.transaction() as session:
        visit = Visit(datetime.now(UTC), "127.0.0.1", "a test")
        return open_session(session, person.code, stage=OPEN, visit=visit, rule=SessionRule())


def a_browser(app: Flask, token: str | None = None) -> FlaskClient:
    """A client that says where its forms come from, as browsers do, with a session's cookie."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    if token is not None:
        client.set_cookie(NAME, token)
    return client


def signed_in(
    app: Flask, database: Database, role: str, *, facility: str | None = None
) -> FlaskClient:
    """A browser in which a new person of this role is signed in."""
    return a_browser(app, a_session(database, a_person(database, role, facility=facility)))


def a_new_person(api: Api, role: str) -> tuple[Person, str]:
    """Somebody the administrator has just added, and their one-time password."""
    added = a_person(api.database, role)
    with api.database.transaction() as session:
        return added, give_password(session, OPERATOR, added.code, at=datetime.now(UTC))


def a_known_person(api: Api, role: str) -> Person:
    """Somebody with a password of their own and a second factor that was never used yet."""
    added = a_person(api.database, role)
    with api.database.transaction() as session:
        me = Caller(added.code, added.role)
        give_password(session, OPERATOR, added.code, at=datetime.now(UTC))
        set_password(session, me, added.code, PASSWORD, at=datetime.now(UTC))
    return added


def code_for(api: Api, someone: Person, off: int = 0) -> str:
    """What the person's telephone shows now."""
    with api.database.read_only() as session:
        secret = session.scalar(select(staff.c.totp_secret).where(staff.c.code == someone.code))
    return code_of(secret, int(datetime.now(UTC).timestamp()) // STEP_SECONDS + off)


def give(browser: FlaskClient, path: str, **form: str) -> TestResponse:
    return browser.post(path, data=form)


def all_steps(
    api: Api, someone: Person, *, next_page: str = ""
) -> tuple[FlaskClient, TestResponse]:
    """A person of `a_known_person` signs in; the browser and the last answer."""
    browser = a_browser(api.app)
    give(browser, "/staff/sign-in", login=someone.login, password=PASSWORD, next=next_page)
    assert browser.get("/staff/sign-in/code").status_code == 200
    code = code_for(api, someone)
    return browser, give(browser, "/staff/sign-in/code", code=code, next=next_page)
