"""What the API does not take: each a clear 4xx as a problem document, and nothing written."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from config.database import Database
from ledger.permissions import Permission, needs
from tests.api_client import Api, a_charge, a_top_up, an_api

CHARGES = "/api/v1/charges"
BATCH = "/api/v1/charges/batch"
TOP_UPS = "/api/v1/wallets/W-000001/top-ups"
LINKS = "/api/v1/pay-links"


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    api = an_api(module_city)
    for name, view in (("fault", a_fault), ("slow", a_slow_one)):
        marked = needs(Permission.CATALOGUE_READ)(partial(view, api))
        api.app.add_url_rule(f"/api/v1/{name}", name, marked)
    return api


def a_fault(_: Api) -> str:
    raise KeyError("a secret of the inside")


def a_slow_one(api: Api) -> str:
    with api.database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 20"))
        session.execute(text("SELECT pg_sleep(2)"))
    return ""


def check_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:stadtkasse:problem:{code}"
    data: dict[str, Any] = answer.json["data"]
    return data


NO_CENTS = [5.0, 5.5, 1e3, "500", True, False, None, [500], {"cents": 500}, 0, -1, 10**12]


def test_cents_are_whole_numbers_and_nothing_else(api: Api) -> None:
    written = api.written()
    for wrong in NO_CENTS:
        body = a_top_up()
        body["amount"] = {"cents": wrong, "currency": "EUR"}
        errors = check_problem(api.till.post(TOP_UPS, body), 400, "request_invalid")["errors"]
        assert list(errors["json"]["amount"]) == ["cents"]
    for wrong in (*NO_CENTS[:-3], -1, 10**12):
        lines = [{"product": "POOL-AD", "unit_cents": wrong}]
        check_problem(api.till.post(CHARGES, a_charge(lines=lines)), 400, "request_invalid")
    assert api.written() == written


def test_a_huge_or_exponential_number_is_no_amount(api: Api) -> None:
    for number in (b"1e400", b"1" + b"0" * 5000, b"5e2", b"-0.0", b"1E+2"):
        body = b'{"amount":{"cents":%s,"currency":"EUR"},"facility":"B01","way":"cash"}' % number
        assert api.till.send(TOP_UPS, body).status_code == 400


def test_another_currency_is_refused(api: Api) -> None:
    written = api.written()
    for currency in ("USD", "eur", "", None, 978):
        body = a_top_up()
        body["amount"] = {"cents": 500, "currency": currency}
        check_problem(api.till.post(TOP_UPS, body), 400, "request_invalid")
        charge = a_charge() | {"currency": currency}
        check_problem(api.till.post(CHARGES, charge), 400, "request_invalid")
    body = a_top_up()
    body["amount"] = {"cents": 500}
    check_problem(api.till.post(TOP_UPS, body), 400, "request_invalid")
    assert api.written() == written


def test_unknown_fields_are_refused_at_every_depth(api: Api) -> None:
    written = api.written()
    lines = [{"product": "POOL-AD", "discount": 1}]
    for charge in (a_charge(colour="red"), a_charge(lines=lines), a_charge(key=str(uuid4()))):
        data = check_problem(api.till.post(CHARGES, charge), 400, "request_invalid")
        assert "Unknown field." in str(data)
    check_problem(api.till.post(BATCH, {"charges": [], "x": 1}), 400, "request_invalid")
    check_problem(api.till.get("/api/v1/catalogue?facility=B01&x=1"), 400, "request_invalid")
    check_problem(api.finance.get("/api/v1/journal?x=1"), 400, "request_invalid")
    assert api.written() == written


@pytest.mark.parametrize(
    "changes",
    [
        {"facility": "B01\x00"}, {"facility": ""}, {"facility": 7}, {"facility": "B 01"},
        {"way": "bitcoin"}, {"lines": []}, {"lines": "POOL-AD"}, {"lines": [None]},
        {"lines": [{"product": "POOL-AD"}] * 101}, {"lines": [{"quantity": 1}]},
        {"lines": [{"product": "POOL-AD", "quantity": 0}]},
        {"lines": [{"product": "POOL-AD", "quantity": True}]},
        {"lines": [{"product": "POOL-AD", "waiver_reason": "a\nb"}]},
        {"lines": [{"product": "POOL-AD", "case_reference": "\ud800"}]},
        {"charged_at": "2026-11-17T07:42:10"}, {"charged_at": "yesterday"},
        {"charged_at": 1763361730}, {"charged_at": "0001-01-01T00:00:00+14:00"},
        {"charged_at": "9999-12-31T23:59:59-12:00"},
    ],
)  # fmt: skip
def test_a_field_out_of_shape_is_named(api: Api, changes: dict[str, Any]) -> None:
    written = api.written()
    answer = api.till.post(CHARGES, a_charge() | changes)
    errors = check_problem(answer, 400, "request_invalid")["errors"]
    assert list(errors["json"]) == list(changes)
    assert api.written() == written


def test_every_post_needs_a_key(api: Api) -> None:
    reversal = {"reversed_at": "2026-11-17T08:05:00+01:00", "reason": "Irrtum"}
    bodies = {
        CHARGES: a_charge(),
        BATCH: {"charges": [a_charge(key=str(uuid4()))]},
        TOP_UPS: a_top_up(),
        f"{CHARGES}/{uuid4()}/reversal": reversal,
        LINKS: {"facility": "B01", "lines": [{"product": "POOL-AD"}]},
    }
    keys_inside = {"/api/v1/enrolments", "/api/v1/till/items", "/api/v1/gate/admissions",
                   "/api/v1/gate/items"}  # fmt: skip
    rules = api.app.url_map.iter_rules()
    posts = {rule.rule for rule in rules if "POST" in (rule.methods or ())}
    # What is done to a link that is there may be said again: it stays as it is.
    asked = {rule for rule in posts - keys_inside
             if rule.startswith("/api/") and not rule.startswith(f"{LINKS}/")}  # fmt: skip
    assert len(asked) == len(bodies)
    written = api.written()
    for path, body in bodies.items():
        headers = {"Authorization": f"Bearer {api.tokens['till']}"}
        bare = api.app.test_client().post(path, json=body, headers=headers)
        check_problem(bare, 400, "idempotency_key_missing")
        for key in ("", "1", "not-a-uuid", "{" + str(uuid4()) + "}", uuid4().hex):
            answer = api.till.post(path, body, key) if key else None
            if answer is not None:
                check_problem(answer, 400, "idempotency_key_malformed")
    assert api.written() == written


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b'{"a":1}{"b":2}', b"NaN", b'{"cents": NaN}', b'{"cents": Infinity}',
        b"\xff\xfe", b'{"facility":"B01","facility":"B02"}', b"[" * 100_000,
        b'{"lines":' * 20_000, b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: body[:12],
)  # fmt: skip
def test_what_is_no_json_is_no_request(api: Api, body: bytes) -> None:
    check_problem(api.till.send(CHARGES, body), 400, "body_malformed")


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"text"', b"{}"])
def test_json_that_is_no_charge_is_refused(api: Api, body: bytes) -> None:
    check_problem(api.till.send(CHARGES, body), 400, "request_invalid")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/xml", "text/json"],
)
def test_only_json_is_taken(api: Api, content_type: str) -> None:
    answer = api.till.send(CHARGES, b'{"facility":"B01"}', Content_Type=content_type)
    check_problem(answer, 415, "not_json")


def test_a_body_over_the_limit_is_not_read(api: Api) -> None:
    blank = b" " * 1_000_001
    check_problem(api.till.send(CHARGES, b"{}" + blank), 413, "body_too_large")
    check_problem(api.till.send(TOP_UPS, b"{}" + blank), 413, "body_too_large")
    check_problem(api.till.send(BATCH, b"{}" + blank), 400, "request_invalid")
    check_problem(api.till.send(BATCH, b"{}" + blank * 8), 413, "body_too_large")


def test_a_batch_has_a_limit(api: Api) -> None:
    for count in (0, 5001):
        answer = api.till.post(BATCH, {"charges": [{}] * count})
        check_problem(answer, 400, "request_invalid")


def test_an_address_that_is_none_is_a_problem_document(api: Api) -> None:
    for path in ("/api/v1/nothing", "/api/", "/api/v1/charges/no-uuid", "/api/v1/entries/x",
                 "/api/v1/wallets/..%2f", "/api/v1/balances/a%20b",
                 f"/api/v1/entries/{2**63}"):  # fmt: skip
        check_problem(api.finance.get(path), 404, "not_found")
    check_problem(api.finance.get("/api/v1/wallets/W%00"), 400, "request_malformed")


def test_a_method_that_is_none_says_which_are(api: Api) -> None:
    answer = api.till.client.delete("/api/v1/charges")
    check_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_a_fault_of_ours_is_a_problem_document_without_secrets(api: Api) -> None:
    answer = api.till.get("/api/v1/fault")
    data = check_problem(answer, 500, "internal_error")
    assert len(data["reference"]) == 6
    assert "secret" not in answer.text


def test_a_till_that_waits_too_long_for_a_lock_is_told_to_repeat(api: Api) -> None:
    answer = api.till.get("/api/v1/slow")
    check_problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "1"


def test_titles_are_german_or_english_as_asked(api: Api) -> None:
    german = api.till.get("/api/v1/nothing").json["title"]
    english = api.till.get("/api/v1/nothing", **{"Accept-Language": "en-GB"})
    assert german == "Diese Adresse gibt es nicht."
    assert english.json["title"] == "There is no such address."
    assert english.headers["Content-Language"] == "en"
