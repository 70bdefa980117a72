"""Changing one's own address: confirmed where it is read, told to the old one, shown to nobody."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config.database import Database
from terminals.portal.payers import payer_by_email, payer_of
from tests.letters import letters_to
from tests.payer_client import Household, a_household, a_phone, signed_in
from tests.terminals.portal.conftest import START, Clock

PATH = "/portal/mehr/anmeldung/adresse"
NEW = "neu@post.example"


@pytest.fixture
def home(city: Database) -> Household:
    return a_household(city, email="alt@post.example")


@pytest.fixture
def phone(app: Flask, city: Database, home: Household) -> FlaskClient:
    return signed_in(app, city, home, at=START)


def asks(phone: FlaskClient, email: str = NEW, key: str = "") -> int:
    return phone.post(PATH, data={"email": email, "key": key or str(uuid4())}).status_code


def link_to(database: Database, email: str = NEW) -> str:
    return letters_to(database, email)[-1].path


def email_of(database: Database, home: Household) -> str:
    with database.read_only() as session:
        return payer_of(session, home.payer.code).email


def test_the_new_address_counts_once_its_letter_was_answered(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    assert asks(phone, " NEU@post.example ") == 303
    assert NEW in phone.get(PATH).text
    assert email_of(city, home) == "alt@post.example"
    link, elsewhere = link_to(city), a_phone(app)
    assert NEW in elsewhere.get(link).text
    assert (
        email_of(city, home) == "alt@post.example"
    )  # a program that looks at mails changes nothing
    assert "ist jetzt Ihre Adresse" in elsewhere.post(link).text
    assert email_of(city, home) == NEW
    assert "wurde geändert" in letters_to(city, "alt@post.example")[-1].subject
    assert phone.get("/portal/mehr").status_code == 200  # whoever is signed in stays so
    assert elsewhere.post(link).status_code == 410
    with city.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM email_change")) == 0
        said = "SELECT what FROM audit_log WHERE what = 'payer.email_changed'"
        assert len(session.execute(text(said)).all()) == 1


def test_a_link_to_sign_in_that_went_to_the_old_address_opens_nothing(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    a_phone(app).post("/portal/anmelden", data={"email": "alt@post.example"})
    old = link_to(city, "alt@post.example")
    asks(phone)
    a_phone(app).post(link_to(city))
    assert a_phone(app).post(old).status_code == 410


def test_nobody_learns_whose_address_it_is_but_its_owner(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    other = a_household(city, email="vergeben@post.example")
    assert asks(phone, other.payer.email) == asks(phone, NEW) == 303
    (told,) = letters_to(city, other.payer.email)
    assert "gehört schon" in told.paragraphs[0]
    assert told.path == "/portal/anmelden"
    assert asks(phone, other.payer.email) == 303
    taken = phone.get(PATH).text
    assert asks(phone, NEW) == 303
    free = phone.get(PATH).text.replace(NEW, other.payer.email)
    assert shown(taken) == shown(free)


def shown(page: str) -> str:
    """A page without the key of its form."""
    before, _, rest = page.partition('name="key" value="')
    return before + rest[36:]


def test_an_address_somebody_registered_with_meanwhile_is_not_taken_away(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    asks(phone)
    link, other = link_to(city), a_household(city, email=NEW)
    assert a_phone(app).post(link).status_code == 410
    assert email_of(city, home) == "alt@post.example"
    with city.read_only() as session:
        assert payer_by_email(session, NEW) == other.payer


@pytest.mark.parametrize("typed", ["", "ohne-klammeraffe", "a@b", "alt@post.example"])
def test_what_is_no_other_address_is_said_at_the_field(
    city: Database, home: Household, phone: FlaskClient, typed: str
) -> None:
    assert asks(phone, typed) == 422
    assert letters_to(city, home.payer.email) == []


def test_a_form_that_comes_twice_writes_one_letter(city: Database, phone: FlaskClient) -> None:
    key = str(uuid4())
    assert asks(phone, key=key) == asks(phone, key=key) == 303
    assert len(letters_to(city, NEW)) == 1


def test_nobody_is_flooded_and_who_asks_too_often_waits(
    city: Database, phone: FlaskClient, clock: Clock
) -> None:
    for _ in range(6):
        assert asks(phone) == 303
    assert len(letters_to(city, NEW)) == 4
    for number in range(24):
        asks(phone, f"neu{number}@post.example")
    answer = phone.post(PATH, data={"email": "noch@post.example", "key": str(uuid4())})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_it_wants_a_fresh_sign_in_and_can_be_taken_back(
    app: Flask, city: Database, home: Household, phone: FlaskClient, clock: Clock
) -> None:
    asks(phone)
    link = link_to(city)
    assert phone.post(f"{PATH}/verwerfen").status_code == 303
    assert a_phone(app).get(link).status_code == 410
    asks(phone)
    clock.on(hours=1)
    assert phone.post(PATH, data={"email": NEW, "key": str(uuid4())}).location.startswith(
        "/portal/anmelden?next="
    )
    clock.on(hours=24)
    assert a_phone(app).post(link_to(city)).status_code == 410
    assert email_of(city, home) == "alt@post.example"
