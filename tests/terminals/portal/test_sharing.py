"""A second paying household: invited, accepted, ended; and what neither learns of the other."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.database import Database
from ledger.shared_children import sharing_of
from tests.letters import letters_to
from tests.payer_client import Household, a_household, a_phone, signed_in
from tests.terminals.portal.conftest import START, Clock

PATH = "/portal/mehr/weitere-person"
OTHER = "other@post.example"
MONDAY = date(2026, 11, 30)


@pytest.fixture
def home(city: Database) -> Household:
    return a_household(city, children=1)


@pytest.fixture
def phone(app: Flask, city: Database, home: Household) -> FlaskClient:
    return signed_in(app, city, home, at=START)


def ask(phone: FlaskClient, home: Household, **changes: object) -> TestResponse:
    form = {"key": str(uuid4()), "child": home.children[0].code, "pattern": "days",
            "day": ["1", "3"], "email": OTHER} | changes  # fmt: skip
    return phone.post(PATH, data=form)


def invited(phone: FlaskClient, home: Household, city: Database, **changes: object) -> str:
    """Where the invitation's letter leads."""
    assert ask(phone, home, **changes).status_code == 303
    return letters_to(city, OTHER)[-1].path


def test_somebody_new_accepts_and_has_a_wallet_of_their_own(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    path = invited(phone, home, city)
    guest = a_phone(app)
    page = guest.get(path).text
    assert "Montag, Mittwoch" in page
    assert "30. November 2026" in page
    assert home.payer.email not in page
    entered = guest.post(f"{path}/annehmen")
    assert entered.location == "/portal/willkommen/kinder"
    assert home.children[0].code in guest.get(entered.location).text
    with city.read_only() as session:
        found = sharing_of(session, home.children[0].code, on=START.date())
        wallet = session.scalar(text("SELECT wallet FROM payer WHERE email = :e"), {"e": OTHER})
    assert found is not None
    assert (found.main, found.second, found.weekdays) == (home.wallet, wallet, (1, 3))
    assert found.valid_from == MONDAY
    assert wallet != home.wallet
    told = letters_to(city, home.payer.email)[-1]
    assert told.subject == "Neues in Ihrem Konto"
    assert OTHER not in " ".join(told.paragraphs)


def test_whoever_has_an_account_signs_in_first(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    other = a_household(city, email=OTHER)
    path = invited(phone, home, city, pattern="weeks", day=[])
    answer = a_phone(app).post(f"{path}/annehmen")
    assert answer.location == f"/portal/anmelden?next={path}"
    assert signed_in(app, city, other, at=START).post(f"{path}/annehmen").location == PATH
    with city.read_only() as session:
        found = sharing_of(session, home.children[0].code, on=START.date())
    assert found is not None
    assert (found.second, found.weekdays) == (other.wallet, None)


def test_neither_sees_the_others_address_or_wallet(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    other = a_household(city, email=OTHER)
    path = invited(phone, home, city)
    guest = signed_in(app, city, other, at=START)
    guest.post(f"{path}/annehmen")
    for path in (PATH, "/portal/mehr", "/portal/willkommen/kinder"):
        page = guest.get(path)
        assert home.payer.email not in page.text
        assert home.wallet not in page.text
    for page in (phone.get(PATH), phone.get("/portal/mehr")):
        assert OTHER not in page.text
        assert other.wallet not in page.text
    with city.read_only() as session:
        assert session.scalar(text("SELECT email FROM invitation")) is None


def test_an_invitation_is_answered_once(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    path = invited(phone, home, city)
    guest = a_phone(app)
    assert guest.post(f"{path}/ablehnen").status_code == 200
    for again in ("annehmen", "ablehnen"):
        assert guest.post(f"{path}/{again}").status_code == 422
    assert guest.get(path).status_code == 410
    assert "Abgelehnt" in phone.get(PATH).text


def test_an_invitation_is_good_for_a_week(
    app: Flask, city: Database, home: Household, phone: FlaskClient, clock: Clock
) -> None:
    path = invited(phone, home, city)
    clock.on(days=7)
    assert a_phone(app).get(path).status_code == 410
    assert a_phone(app).post(f"{path}/annehmen").status_code == 422
    assert "Abgelaufen" in phone.get(PATH).text
    assert ask(phone, home).status_code == 303  # and can be sent anew


def test_where_an_invitation_went_is_forgotten_when_nobody_answered(
    app: Flask, city: Database, home: Household, phone: FlaskClient, clock: Clock
) -> None:
    invited(phone, home, city)
    clock.on(days=7)
    other = a_household(city, children=1)
    ask(signed_in(app, city, other, at=clock.at), other, email="somebody@post.example")
    with city.read_only() as session:
        kept = session.scalars(text("SELECT email FROM invitation ORDER BY made_at")).all()
    assert kept == [None, "somebody@post.example"]


def test_an_invitation_can_be_taken_back_by_who_sent_it_alone(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    path = invited(phone, home, city)
    with city.read_only() as session:
        name = session.scalar(text("SELECT id FROM invitation"))
    stranger = signed_in(app, city, a_household(city), at=START)
    for what in ("zurueckziehen", "beenden"):
        assert stranger.post(f"{PATH}/{name}/{what}").status_code == 404
    assert phone.post(f"{PATH}/{name}/zurueckziehen").status_code == 303
    assert a_phone(app).post(f"{path}/annehmen").status_code == 422


def test_either_of_the_two_ends_it_on_monday(
    app: Flask, city: Database, home: Household, phone: FlaskClient, clock: Clock
) -> None:
    other = a_household(city, email=OTHER)
    guest = signed_in(app, city, other, at=START)
    guest.post(f"{invited(phone, home, city)}/annehmen")
    with city.read_only() as session:
        name = session.scalar(text("SELECT id FROM invitation"))
    clock.on(days=7)
    assert guest.post(f"{PATH}/{name}/beenden").status_code == 303
    with city.read_only() as session:
        found = sharing_of(session, home.children[0].code, on=clock.at.date())
    assert found is not None
    assert found.ends_before == date(2026, 12, 7)
    assert "nicht mehr" in letters_to(city, home.payer.email)[-1].paragraphs[0]


@pytest.mark.parametrize(
    "changes",
    [{"day": []}, {"day": ["6"]}, {"email": "nothing"}, {"email": "household"}],
    ids=["no day", "a Saturday", "no address", "oneself"],
)
def test_what_cannot_be_shared_is_said(
    phone: FlaskClient, home: Household, changes: dict[str, object]
) -> None:
    if changes.get("email") == "household":
        changes = {"email": home.payer.email}
    assert ask(phone, home, **changes).status_code == 422


def test_somebody_elses_child_cannot_be_shared(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    stranger = a_household(city)
    assert ask(phone, home, child=stranger.children[0].code).status_code == 404
    assert ask(phone, home, child="C-999999").status_code == 404
    # Nor by the second one, whose child it is not.
    guest = signed_in(app, city, stranger, at=START)
    guest.post(f"{invited(phone, home, city)}/annehmen")
    assert ask(guest, home, email="third@post.example").status_code == 404


def test_a_double_click_asks_once(city: Database, home: Household, phone: FlaskClient) -> None:
    key = str(uuid4())
    assert [ask(phone, home, key=key).status_code for _ in range(2)] == [303, 303]
    assert len(letters_to(city, OTHER)) == 1
    assert ask(phone, home).status_code == 422


def test_nobody_accepts_an_own_invitation(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    assert phone.post(f"{invited(phone, home, city)}/annehmen").status_code == 422


def test_unknown_invitations_are_all_alike_and_guessing_ends(app: Flask) -> None:
    stranger = a_phone(app)
    answers = {stranger.get(f"/portal/einladung/{uuid4()}").status_code for _ in range(25)}
    assert answers == {410}
