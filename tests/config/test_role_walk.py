"""Every route and every operation of the API, asked for by everybody: the table and nothing else.

The people and devices here are real: a token or a cookie each. A new route without a permission,
a new parameter nobody filled in and a role nobody asks as are all failures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BaseConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from config.access import ANONYMOUS, DEVICE_ROLES, PERSONS_ONLY, ROLES, permission_of
from config.app import create_app
from config.database import Database
from ledger.permissions import Permission
from ledger.staff.people import STAFF_ROLES
from ledger.staff.sessions import SessionRule, open_session
from ledger.staff.throttle import Visit
from tests.api_client import Api, an_api
from tests.faces.sample_city import sample_page
from tests.payer_client import a_household
from tests.payer_client import signed_in as payer_signed_in
from tests.staff_client import a_browser, a_person, a_session

# Something to stand in for every parameter of an address, by its name or by its kind; that
# nothing is found there is fine.
NAMED: dict[str, object] = {
    "account": "441100", "wallet": "W-000001", "key": str(uuid4()), "charge_key": str(uuid4()),
    "seen": "x", "token": "0" * 26, "tree": "static", "name": "nothing.css", "what": "sign_out",
}  # fmt: skip
KINDS: dict[type[BaseConverter], object] = {UUIDConverter: uuid4(), IntegerConverter: 1}
ANY_CODE = "X-0000"
OF_PAYERS = (Permission.PORTAL_SIGN_IN, Permission.PORTAL_OWN)


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who asks: kind is "anonymous", "device", "person" or "payer"; `client` makes a fresh
    one."""

    role: str
    kind: str
    client: Callable[[], FlaskClient]


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city, city_page=sample_page)


@pytest.fixture(scope="module")
def everybody(api: Api) -> list[Somebody]:
    return [Somebody(ANONYMOUS, "anonymous", lambda: a_browser(api.app)),
            *(_device(api, role) for role in DEVICE_ROLES),
            *(_person(api, role) for role in STAFF_ROLES),
            _payer(api)]  # fmt: skip


def _device(api: Api, role: str) -> Somebody:
    def client() -> FlaskClient:
        device = a_browser(api.app)
        device.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {api.tokens[role]}"
        return device

    return Somebody(role, "device", client)


def _person(api: Api, role: str) -> Somebody:
    person = a_person(api.database, role)
    # A fresh session each time: one of the routes walked is signing out.
    return Somebody(role, "person", lambda: a_browser(api.app, a_session(api.database, person)))


def _payer(api: Api) -> Somebody:
    home = a_household(api.database)
    return Somebody("payer", "payer", lambda: payer_signed_in(api.app, api.database, home))


def operations(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            yield rule, method


def path_of(app: Flask, rule: Rule, method: str) -> str:
    kinds = rule._converters
    values = {
        name: NAMED.get(name, KINDS.get(type(kinds[name]), ANY_CODE)) for name in rule.arguments
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def permission_asked(app: Flask, path: str, method: str) -> Permission | None:
    """Of the view that really answers: two may share an address, and one of them its OPTIONS."""
    endpoint, _ = app.url_map.bind("localhost").match(path, method)
    return permission_of(app.view_functions[endpoint])


def as_seen(somebody: Somebody, path: str, permission: Permission | None) -> Somebody:
    """A payer is nobody outside the portal, and who works here is nobody in it: two cookies."""
    is_for_payers = path.startswith("/portal") or permission in OF_PAYERS
    if somebody.kind == ("person" if is_for_payers else "payer"):
        return replace(somebody, role=ANONYMOUS, kind="anonymous")
    return somebody


def is_granted(somebody: Somebody, permission: Permission | None) -> bool:
    if permission in PERSONS_ONLY and somebody.kind != "person":
        return False
    return permission in ROLES[somebody.role]


def is_sent_to_sign_in(answer: TestResponse) -> bool:
    ways_in = ("/staff/sign-in", "/portal/anmelden")
    return answer.status_code == 303 and answer.location.startswith(ways_in)


def is_right(somebody: Somebody, permission: Permission | None, answer: TestResponse) -> bool:
    """Whether the answer is what the table says: in, or 403, or the way to sign in."""
    if is_granted(somebody, permission):
        return answer.status_code not in (401, 403)
    if somebody.kind != "anonymous":
        return answer.status_code == 403
    return answer.status_code == 401 or is_sent_to_sign_in(answer)


def walk(
    api: Api, everybody: list[Somebody], *, but: tuple[str, ...] = ()
) -> tuple[list[tuple[str, ...]], int]:
    """Who was let in against the table or kept out, and how many times somebody asked."""
    wrong, asked = [], 0
    for rule, method in operations(api.app):
        if method in but:
            continue
        path = path_of(api.app, rule, method)
        permission = permission_asked(api.app, path, method)
        for somebody in everybody:
            answer = somebody.client().open(path, method=method)
            asked += 1
            seen = as_seen(somebody, path, permission)
            if permission is None or not is_right(seen, permission, answer):
                wrong.append((somebody.kind, somebody.role, method, rule.rule, answer.status))
    return wrong, asked


def test_everybody_gets_exactly_what_the_table_gives_them(
    api: Api, everybody: list[Somebody]
) -> None:
    wrong, asked = walk(api, everybody)
    assert wrong == []
    assert asked > 500


def test_a_route_without_a_permission_stops_the_walk(module_city: Database) -> None:
    app = create_app(database=module_city)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    api = Api(app, module_city, {})
    wrong, _ = walk(api, [_person(api, "administrator")], but=("HEAD", "OPTIONS"))
    assert [rule for _, _, _, rule, _ in wrong] == ["/forgotten"]
    assert {status for *_, status in wrong} == {"403 FORBIDDEN"}


def test_the_walk_asks_as_every_role_there_is(everybody: list[Somebody]) -> None:
    assert {somebody.role for somebody in everybody} == set(ROLES)


@pytest.mark.parametrize("stage", ["password", "code"])
def test_a_session_that_is_only_half_open_opens_nothing(api: Api, stage: str) -> None:
    person = a_person(api.database, "administrator")
    with api.database.transaction() as session:
        visit = Visit(datetime.now(UTC), "127.0.0.1")
        token = open_session(session, person.code, stage=stage, visit=visit, rule=SessionRule())
    half = Somebody(ANONYMOUS, "anonymous", lambda: a_browser(api.app, token))
    wrong, _ = walk(api, [half], but=("HEAD", "OPTIONS"))
    assert wrong == []
