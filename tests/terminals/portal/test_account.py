"""A payer's own account: devices, notices, language, and that it is nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config.database import Database
from ledger.low_balance import low_mark_of
from terminals.portal.cookie import NAME
from terminals.portal.payers import payer_of
from terminals.portal.sessions import IDLE, LONGEST, sessions_of
from tests.payer_client import Household, a_household, a_phone, a_session, signed_in
from tests.staff_client import signed_in as staff_signed_in
from tests.terminals.portal.conftest import START, Clock

PASSWORD = "drei Möwen auf dem Dach"
OWN_PAGES = (
    "/portal/mehr", "/portal/mehr/anmeldung", "/portal/mehr/benachrichtigungen",
    "/portal/mehr/sprache", "/portal/mehr/anmeldung/adresse", "/portal/mehr/weitere-person",
    "/portal/mehr/daten", "/portal/mehr/daten/loeschen", "/portal/willkommen/kinder",
    "/portal/willkommen/passkey",
)  # fmt: skip


@pytest.fixture
def home(city: Database) -> Household:
    return a_household(city)


@pytest.fixture
def phone(app: Flask, city: Database, home: Household) -> FlaskClient:
    return signed_in(app, city, home, at=START)


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_has_one_heading_and_speaks_both_languages(
    phone: FlaskClient, path: str, language: str
) -> None:
    page = phone.get(path, query_string={"sprache": language})
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert f'<html lang="{language}">' in page.text
    assert " style=" not in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("path", OWN_PAGES)
def test_who_is_not_signed_in_signs_in_and_comes_back(app: Flask, path: str) -> None:
    answer = a_phone(app).get(path)
    assert answer.status_code == 303
    assert answer.location == f"/portal/anmelden?next={path}"


def test_who_does_what_without_a_session_is_sent_to_sign_in_without_a_way_back(app: Flask) -> None:
    answer = a_phone(app).post("/portal/mehr/sprache")
    assert (answer.status_code, answer.location) == (303, "/portal/anmelden")


def test_what_is_not_there_is_said_in_the_portals_own_look(phone: FlaskClient) -> None:
    answer = phone.get("/portal/gibt-es-nicht", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert 'class="brand"' in answer.text
    assert '<html lang="en">' in answer.text


def test_a_session_can_be_ended_from_another_device(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    lost = signed_in(app, city, home, at=START)
    assert lost.get("/portal/mehr").status_code == 200
    with city.read_only() as session:
        sessions = sessions_of(session, home.payer.code, at=START)
    newest = max(one.id for one in sessions)
    assert phone.post(f"/portal/mehr/anmeldung/geraete/{newest}/abmelden").status_code == 303
    assert lost.get("/portal/mehr").status_code == 303
    assert phone.get("/portal/mehr").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    stranger = signed_in(app, city, a_household(city), at=START)
    with city.read_only() as session:
        [own] = sessions_of(session, home.payer.code, at=START)
    for number in (own.id, 999_999):
        answer = stranger.post(f"/portal/mehr/anmeldung/geraete/{number}/abmelden")
        assert answer.status_code == 404
    assert phone.get("/portal/mehr").status_code == 200


def test_everywhere_else_is_signed_out_at_once(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    others = [signed_in(app, city, home, at=START) for _ in range(3)]
    phone.post("/portal/mehr/anmeldung/geraete/abmelden")
    assert [one.get("/portal/mehr").status_code for one in (phone, *others)] == [200, 303, 303, 303]


def test_signing_out_ends_the_session_and_not_the_cookie_alone(
    app: Flask, city: Database, home: Household
) -> None:
    token = a_session(city, home.payer, at=START)
    phone = a_phone(app, token)
    assert phone.post("/portal/abmelden").status_code == 303
    assert phone.get_cookie(NAME) is None
    assert a_phone(app, token).get("/portal/mehr").status_code == 303


@pytest.mark.parametrize(("passed", "status"), [(IDLE - timedelta(hours=1), 200), (IDLE, 303)])
def test_a_telephone_stays_signed_in_for_weeks_and_not_for_ever(
    phone: FlaskClient, clock: Clock, passed: timedelta, status: int
) -> None:
    clock.at += passed
    assert phone.get("/portal/mehr").status_code == status


def test_a_session_in_daily_use_ends_in_the_end(phone: FlaskClient, clock: Clock) -> None:
    weeks = LONGEST // timedelta(weeks=1)
    for _ in range(weeks):
        clock.on(weeks=1)
        assert phone.get("/portal/mehr").status_code == 200
    clock.on(weeks=1)
    assert phone.get("/portal/mehr").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "ä", "a" * 3000])
def test_a_cookie_that_is_no_token_is_nobody(app: Flask, cookie: str) -> None:
    assert a_phone(app, cookie).get("/portal/mehr").status_code == 303


def test_a_form_of_another_site_changes_nothing(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = phone.post("/portal/mehr/sprache", data={"language": "en"}, headers=headers)
        assert answer.status_code == 403
    with city.read_only() as session:
        assert payer_of(session, home.payer.code).language == "de"


def test_a_language_is_kept_with_the_account(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    phone.post("/portal/mehr/sprache", data={"language": "en"})
    assert "Sign out" in phone.get("/portal/mehr").text
    with city.read_only() as session:
        assert payer_of(session, home.payer.code).language == "en"
    phone.post("/portal/mehr/sprache", data={"language": "xx"})
    with city.read_only() as session:
        assert payer_of(session, home.payer.code).language == "en"


def test_the_link_in_the_head_changes_the_language_of_letters_too(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    phone.get("/portal/mehr", query_string={"sprache": "en"})
    with city.read_only() as session:
        assert payer_of(session, home.payer.code).language == "en"


def test_notices_are_chosen_and_the_mark_has_its_bounds(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    path = "/portal/mehr/benachrichtigungen"
    assert phone.post(path, data={"low": "yes", "mark": "12,50 €"}).status_code == 303
    with city.read_only() as session:
        notices = payer_of(session, home.payer.code).notices
        assert low_mark_of(session, home.wallet) == 1250  # what reminders go by
    assert (notices.tells_low, notices.low_mark_cents, notices.tells_arrived) == (True, 1250, False)
    for wrong in ("4,99", "50,01", "viel", ""):
        answer = phone.post(path, data={"low": "yes", "mark": wrong})
        assert answer.status_code == 422
        assert "zwischen 5 und 50" in answer.text


def test_a_password_wants_a_fresh_sign_in_and_signs_out_elsewhere(
    app: Flask, city: Database, home: Household, phone: FlaskClient, clock: Clock
) -> None:
    other = signed_in(app, city, home, at=START)
    path = "/portal/mehr/anmeldung/passwort"
    assert phone.post(path, data={"password": "zu kurz"}).status_code == 422
    assert phone.post(path, data={"password": home.payer.email}).status_code == 422
    assert phone.post(path, data={"password": PASSWORD}).status_code == 303
    assert other.get("/portal/mehr").status_code == 303
    clock.on(hours=1)
    answer = phone.post(path, data={"password": PASSWORD})
    assert answer.location.startswith("/portal/anmelden?next=")
    assert "Zur Sicherheit" in phone.get(answer.location).text
    with city.read_only() as session:
        assert PASSWORD not in str(session.execute(text("SELECT * FROM payer")).all())


def test_a_child_of_another_household_gets_no_sign(
    app: Flask, city: Database, home: Household
) -> None:
    stranger = signed_in(app, city, a_household(city), at=START)
    child = home.children[0].code
    data = {f"sign-{child}": "sun", f"name-{child}": "mine"}
    stranger.post("/portal/willkommen/kinder", data=data)
    with city.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM payer_child")) == 0


def test_a_nickname_is_a_name_and_no_page(phone: FlaskClient, home: Household) -> None:
    child = home.children[0].code
    data = {f"sign-{child}": "sun", f"name-{child}": "<b>x</b>"}
    assert phone.post("/portal/willkommen/kinder", data=data).status_code == 303
    assert "&lt;b&gt;x&lt;/b&gt;" in phone.get("/portal/mehr").text
    for wrong in ({f"sign-{child}": "dragon"}, {f"sign-{child}": "sun", f"name-{child}": "x" * 41}):
        assert phone.post("/portal/willkommen/kinder", data=wrong).status_code == 422


def test_somebody_of_staff_is_a_stranger_here_and_a_payer_one_there(
    app: Flask, city: Database, phone: FlaskClient
) -> None:
    staff = staff_signed_in(app, city, "finance")
    assert staff.get("/portal/mehr").location == "/portal/anmelden?next=/portal/mehr"
    assert phone.get("/staff/me").location == "/staff/sign-in?next=/staff/me"


def test_what_is_not_a_known_id_is_not_found(phone: FlaskClient) -> None:
    for path in (f"/portal/mehr/anmeldung/passkeys/{uuid4()}/entfernen",
                 f"/portal/mehr/weitere-person/{uuid4()}/beenden",
                 f"/portal/mehr/weitere-person/{uuid4()}/zurueckziehen"):  # fmt: skip
        assert phone.post(path).status_code == 404
