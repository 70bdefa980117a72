"""Passkeys: made and used by an authenticator in software, and refused when anything is wrong."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.database import Database
from tests.payer_client import Household, a_household, a_phone, signed_in
from tests.terminals.portal.authenticator import PRESENT, Authenticator, text_of
from tests.terminals.portal.conftest import START, Clock

NEW, SIGN_IN = "/portal/passkeys/neu", "/portal/passkeys/anmelden"


@pytest.fixture
def home(city: Database) -> Household:
    return a_household(city)


@pytest.fixture
def phone(app: Flask, city: Database, home: Household) -> FlaskClient:
    return signed_in(app, city, home, at=START)


def asked(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.post(f"{path}/fragen")
    assert answer.status_code == 200
    return answer.json


def add(client: FlaskClient, device: Authenticator) -> TestResponse:
    return client.post(NEW, json=device.create(asked(client, NEW)))


def enter(client: FlaskClient, device: Authenticator) -> TestResponse:
    return client.post(SIGN_IN, json=device.get(asked(client, SIGN_IN)))


def test_a_passkey_is_made_and_opens_the_portal(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    assert add(phone, device).json == {"go": "/portal/mehr/anmeldung"}
    assert "Seit 24." in phone.get("/portal/mehr/anmeldung").text
    elsewhere = a_phone(app)
    assert elsewhere.get("/portal/mehr").status_code == 303
    answer = enter(elsewhere, device)
    assert (answer.status_code, answer.json) == (200, {"go": "/portal/"})
    assert elsewhere.get("/portal/mehr").status_code == 200


def test_the_way_back_stays_on_this_host(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    add(phone, device)
    for wanted, got in (("/portal/mehr", "/portal/mehr"), ("//evil.example", "/portal/")):
        other = a_phone(app)
        answer = device.get(asked(other, SIGN_IN))
        found = other.post(SIGN_IN, query_string={"next": wanted}, json=answer)
        assert found.json == {"go": got}


def test_the_options_ask_for_a_key_that_proves_its_owner(phone: FlaskClient) -> None:
    options = asked(phone, NEW)
    assert options["rp"] == {"id": "localhost", "name": "Stadt Aachen"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    options = asked(phone, SIGN_IN)
    assert options.get("allowCredentials", []) == []  # nobody learns whose keys there are


def test_a_challenge_is_taken_once(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    made = device.create(asked(phone, NEW))
    assert phone.post(NEW, json=made).status_code == 200
    assert phone.post(NEW, json=made).status_code == 422
    other = a_phone(app)
    signed = device.get(asked(other, SIGN_IN))
    assert other.post(SIGN_IN, json=signed).status_code == 200
    assert a_phone(app).post(SIGN_IN, json=signed).status_code == 422


def test_a_wrong_answer_uses_the_challenge_up(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    add(phone, device)
    other = a_phone(app)
    options = asked(other, SIGN_IN)
    right = device.get(options)
    wrong = right | {"response": right["response"] | {"signature": text_of(b"nonsense")}}
    assert other.post(SIGN_IN, json=wrong).status_code == 422
    assert other.post(SIGN_IN, json=right).status_code == 422


def test_a_challenge_is_good_for_minutes(app: Flask, phone: FlaskClient, clock: Clock) -> None:
    device = Authenticator()
    add(phone, device)
    other = a_phone(app)
    options = asked(other, SIGN_IN)
    clock.on(minutes=6)
    assert other.post(SIGN_IN, json=device.get(options)).status_code == 422


def test_a_challenge_of_somebody_else_adds_no_passkey(
    app: Flask, city: Database, phone: FlaskClient
) -> None:
    stranger = signed_in(app, city, a_household(city), at=START)
    made = Authenticator().create(asked(phone, NEW))
    assert stranger.post(NEW, json=made).status_code == 422


def test_a_counter_that_goes_back_is_a_copied_key(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    add(phone, device)
    copied = replace(device)
    for _ in range(3):
        assert enter(a_phone(app), device).status_code == 200
    assert enter(a_phone(app), copied).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"flags": PRESENT}],
    ids=["another site", "another party", "nobody proven"],
)
def test_an_answer_for_another_site_or_without_proof_is_refused(
    app: Flask, phone: FlaskClient, changes: dict[str, Any]
) -> None:
    assert add(phone, Authenticator(**changes)).status_code == 422
    device = Authenticator()
    add(phone, device)
    assert enter(a_phone(app), replace(device, **changes)).status_code == 422


def test_another_key_under_a_known_name_is_refused(app: Flask, phone: FlaskClient) -> None:
    device = Authenticator()
    add(phone, device)
    thief = Authenticator(credential=device.credential, handle=device.handle)
    assert enter(a_phone(app), thief).status_code == 422
    assert enter(a_phone(app), Authenticator(handle=device.handle)).status_code == 422


def test_a_key_of_one_payer_does_not_become_anothers(
    app: Flask, city: Database, phone: FlaskClient
) -> None:
    device = Authenticator()
    add(phone, device)
    stranger = signed_in(app, city, a_household(city), at=START)
    assert add(stranger, replace(device)).status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"response": 1}', b'{"response": {"clientDataJSON": 5}}', b"\xff"]
)
def test_what_is_no_answer_is_refused(phone: FlaskClient, body: bytes) -> None:
    for path in (NEW, SIGN_IN):
        assert phone.post(path, data=body).status_code == 422


def test_guessing_ends_in_a_break(app: Flask) -> None:
    other = a_phone(app)
    answers = [other.post(SIGN_IN, json={"response": {}}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_removed_passkey_opens_nothing(app: Flask, city: Database, phone: FlaskClient) -> None:
    device = Authenticator()
    add(phone, device)
    with city.read_only() as session:
        name = session.scalar(text("SELECT id FROM passkey"))
    path = f"/portal/mehr/anmeldung/passkeys/{name}/entfernen"
    stranger = signed_in(app, city, a_household(city), at=START)
    assert stranger.post(path).status_code == 404
    assert enter(a_phone(app), device).status_code == 200
    assert phone.post(path).status_code == 303
    assert enter(a_phone(app), device).status_code == 422


def test_a_new_passkey_wants_a_fresh_sign_in(phone: FlaskClient, clock: Clock) -> None:
    clock.on(hours=2)
    answer = phone.post(f"{NEW}/fragen").json
    assert answer["go"].startswith("/portal/anmelden?next=")
