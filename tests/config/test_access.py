"""Who may do what: the table of roles, tokens that end, origins, and the visitor of the demo."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from config.access import (
    ANONYMOUS,
    DEVICE_ROLES,
    PERSONS_ONLY,
    ROLES,
    may,
    permission_of,
    roles_with,
)
from config.app import create_app
from config.database import Database
from config.staff.cookie import NAME
from ledger.permissions import Caller, Permission, needs
from terminals.devices import find_device, new_token, revoke_device
from tests.api_client import Api, Device, an_api
from tests.faces.sample_city import sample_page
from tests.staff_client import a_person, a_session

HERE = {"base_url": "http://127.0.0.1:8000"}
MONEY = {
    permission
    for permission in Permission
    if permission.value.split(".")[0]
    in ("charges", "wallets", "balances", "journal", "city", "approvals", "tills", "till_items")
}


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city, city_page=sample_page)


def visited(api: Api) -> FlaskClient:
    """The same books in the demonstration."""
    demo = create_app(database=api.database, visitor=Caller("visitor", "finance"))
    return demo.test_client()


def test_a_view_without_a_permission_is_closed_to_everybody(city: Database) -> None:
    api = an_api(city)
    api.app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "secret")
    assert {api.as_(role).get("/api/v1/forgotten").status_code for role in ROLES} == {403}


def test_anonymous_gets_the_health_check_and_the_ways_in() -> None:
    ways_in = {Permission.STAFF_SIGN_IN, Permission.ENROL, Permission.PORTAL_SIGN_IN}
    open_to_all = {Permission.HEALTH_READ, Permission.ASSETS_READ, Permission.PUBLIC_USE}
    # What a webhook says is believed for its signature, not for who brings it.
    assert ROLES[ANONYMOUS] == open_to_all | ways_in | {Permission.WEBHOOKS_SEND}


def test_the_administrator_has_no_hand_on_money_and_no_eye_either() -> None:
    assert not ROLES["administrator"] & MONEY


def test_only_a_till_takes_money() -> None:
    for permission in (Permission.CHARGES_WRITE, Permission.WALLETS_TOP_UP):
        assert roles_with(permission) == ["till"]


def test_an_auditor_changes_nothing_but_the_own_account() -> None:
    own = {Permission.STAFF_SIGN_IN, Permission.STAFF_SELF}
    # An audit is written down by who makes it, and changes nothing else.
    looks = ROLES["auditor"] - own - {Permission.PUBLIC_USE, Permission.AUDITS_WRITE}
    assert all(permission.value.endswith(".read") for permission in looks)


def test_who_decides_on_money_neither_takes_it_nor_looks_after_accounts() -> None:
    deciding = set(roles_with(Permission.APPROVALS_DECIDE))
    assert deciding == {"site_manager", "finance_approver"}
    assert not deciding & {*roles_with(Permission.CHARGES_WRITE),
                           *roles_with(Permission.STAFF_MANAGE)}  # fmt: skip


def test_what_a_person_answers_for_no_token_in_a_file_can_do() -> None:
    for role in DEVICE_ROLES:
        device, person = Caller("x", role), Caller("S-0001", role, person="X")
        for permission in PERSONS_ONLY:
            assert not may(device, permission)
            assert may(person, permission) == (permission in ROLES[role])


def test_every_permission_is_granted_to_somebody() -> None:
    assert all(roles_with(permission) for permission in Permission)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer sk_wrong", "Basic c2s6c2s=", "sk_token", "Bearer ä"],
)
def test_a_wrong_token_is_nobody(api: Api, authorization: str) -> None:
    answer = Device(api.app.test_client()).get(
        "/api/v1/catalogue?facility=B01", Authorization=authorization
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="stadtkasse"'
    assert answer.json["code"] == "not_signed_in"


def test_a_revoked_token_ends_at_once(city: Database) -> None:
    api = an_api(city)
    assert api.finance.get("/api/v1/trial-balance").status_code == 200
    with city.transaction() as session:
        revoke_device(session, "finance-1")
    assert api.finance.get("/api/v1/trial-balance").status_code == 401


def test_a_token_of_another_device_is_another_device(api: Api) -> None:
    with api.database.read_only() as session:
        assert find_device(session, new_token()) is None
        names = {find_device(session, token).name for token in api.tokens.values()}
    assert names == {f"{role}-1" for role in DEVICE_ROLES}


def test_the_visitor_of_the_demo_looks_but_books_nothing(api: Api) -> None:
    client = visited(api)
    assert client.get("/api/v1/trial-balance", **HERE).status_code == 200
    answer = client.post(f"/api/v1/charges/{uuid4()}/reversal", json={}, **HERE)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("host", "address"),
    [("evil.example", "127.0.0.1"), ("127.0.0.1.evil.example", "127.0.0.1"),
     ("127.0.0.1:8000", "192.0.2.7"), ("localhost", "192.0.2.7")],
)  # fmt: skip
def test_the_visitor_is_on_this_machine_and_calls_it_by_name(
    api: Api, host: str, address: str
) -> None:
    answer = visited(api).get(
        "/api/v1/trial-balance",
        base_url=f"http://{host}",
        environ_overrides={"REMOTE_ADDR": address},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Sec-Fetch-Site": "same-origin"}, 303),
     ({"Origin": "http://localhost"}, 303),
     ({"Sec-Fetch-Site": "same-site"}, 403),
     ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
     ({"Sec-Fetch-Site": "none"}, 403),
     ({"Origin": "http://evil.example"}, 403),
     ({"Origin": "http://localhost.evil.example"}, 403),
     ({"Origin": "http://localhost:8080"}, 403),
     ({"Origin": "ftp://localhost"}, 403),
     ({"Origin": "null"}, 403),
     ({}, 403)],
)  # fmt: skip
def test_a_form_of_another_site_changes_nothing(
    api: Api, headers: dict[str, str], status: int
) -> None:
    client = api.app.test_client()
    person = a_person(api.database, "finance")
    client.set_cookie(NAME, a_session(api.database, person))
    assert client.post("/staff/sign-out", headers=headers).status_code == status
    still_in = client.get("/staff/me").status_code == 200
    assert still_in == (status == 403)


def test_another_site_cannot_reach_the_api_by_a_persons_cookie_either(api: Api) -> None:
    client = api.app.test_client()
    client.set_cookie(NAME, a_session(api.database, a_person(api.database, "finance")))
    path = f"/api/v1/charges/{uuid4()}/reversal"
    key = {"Idempotency-Key": str(uuid4())}
    body = {"reason": "x", "reversed_at": "2026-11-17T08:00:00+01:00"}
    assert client.post(path, json=body, headers=key).status_code == 403
    own = {"Origin": "http://localhost"} | key
    assert client.post(path, json=body, headers=own).status_code != 403


def test_nobody_is_signed_in_by_a_form_of_another_site(api: Api) -> None:
    answer = api.app.test_client().post(
        "/staff/sign-in", data={"login": "x", "password": "y"}, headers={"Origin": "http://evil"}
    )
    assert answer.status_code == 403


def test_a_mark_stays_on_the_view_it_was_put_on() -> None:
    @needs(Permission.HEALTH_READ)
    def view() -> str:
        return "ok"

    assert permission_of(view) is Permission.HEALTH_READ
    assert view() == "ok"
