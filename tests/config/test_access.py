"""Who may do what: every route for every role, tokens that end, and the visitor of the demo."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from config.access import ANONYMOUS, DEVICE_ROLES, ROLES, permission_of, roles_with
from config.app import create_app
from config.database import Database
from ledger.permissions import Caller, Permission, needs
from terminals.devices import find_device, new_token, revoke_device
from tests.api_client import Api, Device, an_api
from tests.faces.sample_city import sample_page

HERE = {"base_url": "http://127.0.0.1:8000"}
FILLED = {
    "account": "441100", "wallet": "W-000001", "key": str(uuid4()), "charge_key": str(uuid4()),
    "entry_id": 1, "seen": "x", "tree": "static", "name": "app.css",
}  # fmt: skip
MONEY = {
    permission
    for permission in Permission
    if permission.value.split(".")[0] in ("charges", "wallets", "balances", "journal", "city")
}


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city, city_page=sample_page)


def visited(api: Api) -> FlaskClient:
    """The same books in the demonstration."""
    demo = create_app(database=api.database, visitor=Caller("visitor", "finance"))
    return demo.test_client()


def operations(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())
    ]


def ask(api: Api, role: str, rule: Rule, method: str) -> int:
    values = {name: FILLED[name] for name in rule.arguments}
    adapter = api.app.url_map.bind("localhost")
    path = adapter.build(rule.endpoint, values, method=method)
    device = api.as_(role)
    headers = {"Authorization": f"Bearer {device.token}"} if device.token else {}
    return device.client.open(path, method=method, headers=headers).status_code


def test_every_route_names_its_permission(api: Api) -> None:
    app = api.app
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) is None
    ]
    assert bare == []


def test_every_route_is_open_to_exactly_the_roles_of_its_permission(api: Api) -> None:
    checked = 0
    for rule, method in operations(api.app):
        permission = permission_of(api.app.view_functions[rule.endpoint])
        for role in ROLES:
            status = ask(api, role, rule, method)
            if role in roles_with(permission):
                assert status not in (401, 403), (role, method, rule.rule)
            else:
                closed = 401 if role == ANONYMOUS else 403
                assert status == closed, (role, method, rule.rule)
            checked += 1
    assert checked > 150


def test_a_view_without_a_permission_is_closed_to_everybody(city: Database) -> None:
    api = an_api(city)
    api.app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "secret")
    assert {api.as_(role).get("/api/v1/forgotten").status_code for role in ROLES} == {403}


def test_anonymous_gets_the_health_check_and_nothing_else_of_substance() -> None:
    assert ROLES[ANONYMOUS] == {Permission.HEALTH_READ, Permission.ASSETS_READ}


def test_the_administrator_has_no_hand_on_money_and_no_eye_either() -> None:
    assert not ROLES["administrator"] & MONEY


def test_only_a_till_takes_money() -> None:
    for permission in (Permission.CHARGES_WRITE, Permission.WALLETS_TOP_UP):
        assert roles_with(permission) == ["till"]


def test_an_auditor_changes_nothing() -> None:
    assert all(permission.value.endswith(".read") for permission in ROLES["auditor"])


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


def test_a_mark_stays_on_the_view_it_was_put_on() -> None:
    @needs(Permission.HEALTH_READ)
    def view() -> str:
        return "ok"

    assert permission_of(view) is Permission.HEALTH_READ
    assert view() == "ok"
