"""Enrolment: a code lets one device in, once; a lost answer is asked for again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.app import create_app
from config.cli.device import device
from config.database import Database
from ledger.permissions import Caller
from terminals.devices import find_device, new_token, revoke_device
from terminals.enrolment import ALPHABET, VALID, make_code
from terminals.errors import EnrolmentRefused, UnknownTill
from tests.api_client import an_api
from tests.terminals.sent import a_site

ENROLMENTS = "/api/v1/enrolments"
BY = Caller("S-0001", "administrator")
NEW = "B01-2"


def a_code(city: Database, till: str = NEW, *, age: timedelta = timedelta(0)) -> str:
    with city.transaction() as session:
        return make_code(session, BY, till, at=datetime.now(UTC) - age).code


def enrol(city: Database, code: str, token: str, **headers: str) -> Any:
    client = create_app(database=city, city="Stadt Aachen").test_client()
    return client.post(ENROLMENTS, json={"code": code, "token": token}, headers=headers)


def test_a_code_lets_a_till_in_and_says_what_stands_there(city: Database) -> None:
    token = new_token()
    answer = enrol(city, a_code(city), token)
    assert answer.status_code == 201
    assert answer.json["device"] == NEW
    assert answer.json["facility"]["code"] == "B01"
    assert answer.json["till"]["code"] == NEW
    assert answer.json["city"] == "Stadt Aachen"
    assert all(set(one) == {"code", "name"} for one in answer.json["terminals"])
    with city.read_only() as session:
        found = find_device(session, token)
    assert found is not None
    assert (found.role, found.facility, found.till) == ("till", "B01", NEW)


def test_a_lost_answer_is_the_same_when_it_is_asked_for_again(city: Database) -> None:
    token, code = new_token(), a_code(city)
    first, again = enrol(city, code, token), enrol(city, f"{code[:4]}-{code[4:].lower()}", token)
    assert (again.status_code, again.json) == (201, first.json)
    with city.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM device")) == 1


def test_nobody_else_comes_in_by_a_used_code(city: Database) -> None:
    code, token = a_code(city), new_token()
    enrol(city, code, token)
    other = enrol(city, code, new_token())
    assert (other.status_code, other.json["code"]) == (422, "enrolment_code_unknown")
    with city.transaction() as session:
        revoke_device(session, NEW)
    assert enrol(city, code, token).json["code"] == "enrolment_code_unknown"


def test_a_code_ends_after_a_quarter_of_an_hour(city: Database) -> None:
    assert enrol(city, a_code(city, age=VALID), new_token()).json["code"] == (
        "enrolment_code_unknown"
    )
    fresh = a_code(city, age=VALID - timedelta(minutes=1))
    assert enrol(city, fresh, new_token()).status_code == 201


def test_a_till_has_one_device_and_a_new_one_gets_a_new_name(city: Database) -> None:
    first, second = a_code(city), a_code(city)
    assert enrol(city, first, new_token()).status_code == 201
    taken = enrol(city, second, new_token())
    assert (taken.status_code, taken.json["code"]) == (422, "till_enrolled")
    with pytest.raises(EnrolmentRefused):
        a_code(city)
    with city.transaction() as session:
        revoke_device(session, NEW)
    assert enrol(city, second, new_token()).json["device"] == f"{NEW} (2)"


def test_a_token_that_is_known_opens_no_second_till(city: Database) -> None:
    token = new_token()
    enrol(city, a_code(city), token)
    assert enrol(city, a_code(city, "M01-1"), token).json["code"] == "enrolment_code_unknown"


def test_guessing_is_slowed_down(city: Database) -> None:
    codes = [enrol(city, "AAAABBBB", new_token()).json["code"] for _ in range(6)]
    assert codes[:4] == ["enrolment_code_unknown"] * 4
    assert codes[-1] == "too_many_tries"
    slowed = enrol(city, a_code(city), new_token())
    assert (slowed.status_code, slowed.json["code"]) == (429, "too_many_tries")
    assert slowed.json["data"]["wait_seconds"] > 0


@pytest.mark.parametrize("token", ["", "sk_short", "no", "sk_" + "a" * 42, "sk_" + "ä" * 43])
def test_a_token_too_weak_is_refused(city: Database, token: str) -> None:
    answer = enrol(city, a_code(city), token)
    assert (answer.status_code, answer.json["code"]) == (400, "request_invalid")


def test_codes_are_easy_to_read_and_kept_as_a_hash(city: Database) -> None:
    code = a_code(city)
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert not set("IO01") & set(ALPHABET)
    with city.read_only() as session:
        assert code not in str(session.execute(text("SELECT * FROM enrolment")).all())
    with pytest.raises(UnknownTill):
        a_code(city, "X99-1")


def test_a_used_code_is_used_for_good(city: Database) -> None:
    code = a_code(city)
    enrol(city, code, new_token())
    change = "UPDATE enrolment SET used_at = NULL, token_hash = NULL"
    with pytest.raises(DBAPIError, match="used once"), city.transaction() as session:
        session.execute(text(change))


def test_a_till_knows_who_may_sign_in_at_its_site(city: Database) -> None:
    site = a_site(city)
    with city.transaction() as session:
        session.execute(text("INSERT INTO staff_pin SELECT code, '$argon2id$x' FROM staff"))
    answer = site.api.till.get("/api/v1/till/staff")
    people = answer.json["people"]
    assert [one["code"] for one in people] == [site.cashier, site.other_cashier, site.manager]
    assert people[0] == {
        "code": site.cashier, "name": "Cashier", "role": "cashier", "pin_hash": "$argon2id$x",
    }  # fmt: skip
    same = site.api.till.get("/api/v1/till/staff", **{"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    assert site.api.finance.get("/api/v1/till/staff").status_code == 403


def test_the_command_prints_a_code(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    an_api(city)
    url = city.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", city.admin_url.render_as_string(hide_password=False))
    made = CliRunner().invoke(device, ["enrol", "--till", NEW])
    assert made.exit_code == 0
    assert enrol(city, made.stdout.strip(), new_token()).status_code == 201
    refused = CliRunner().invoke(device, ["enrol", "--till", NEW])
    assert (refused.exit_code, refused.stderr) == (1, "This till has a device in use.\n")
    assert CliRunner().invoke(device, ["enrol", "--till", "X99-1"]).exit_code == 1
