"""Wallets and the catalogue over HTTP: found, topped up once per key, unchanged until changed."""

from uuid import uuid4

import pytest

from config.database import Database
from ledger.wallets import open_wallet
from tests.api_client import Api, a_charge, a_top_up, an_api


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city)


@pytest.fixture
def wallet(api: Api) -> str:
    with api.database.transaction() as session:
        return open_wallet(session, kind="citizen", key=uuid4()).code


def test_a_wallet_is_found_by_code_and_by_reference(api: Api, wallet: str) -> None:
    by_code = api.till.get(f"/api/v1/wallets/{wallet}").json
    assert by_code["account"] == f"371010/{wallet}"
    assert (by_code["balance_cents"], by_code["currency"]) == (0, "EUR")
    assert api.till.get(f"/api/v1/wallets/{by_code['reference']}").json == by_code


def test_a_wallet_nobody_opened_is_not_found(api: Api) -> None:
    answer = api.till.get("/api/v1/wallets/W-999999")
    assert (answer.status_code, answer.json["code"]) == (404, "wallet_unknown")
    answer = api.till.post("/api/v1/wallets/W-999999/top-ups", a_top_up())
    assert (answer.status_code, answer.json["code"]) == (404, "wallet_unknown")


def test_a_top_up_counts_once(api: Api, wallet: str) -> None:
    key, path = uuid4(), f"/api/v1/wallets/{wallet}/top-ups"
    first = api.till.post(path, a_top_up(2000), key)
    again = api.till.post(path, a_top_up(2000), key)
    assert (first.status_code, first.json["state"]) == (201, "posted")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert api.till.get(f"/api/v1/wallets/{wallet}").json["balance_cents"] == 2000


def test_a_key_tops_up_one_wallet_by_one_amount(api: Api, wallet: str) -> None:
    with api.database.transaction() as session:
        other = open_wallet(session, kind="citizen", key=uuid4()).code
    key = uuid4()
    api.till.post(f"/api/v1/wallets/{wallet}/top-ups", a_top_up(2000), key)
    written = api.written()
    for path, cents in ((wallet, 2001), (other, 2000)):
        answer = api.till.post(f"/api/v1/wallets/{path}/top-ups", a_top_up(cents), key)
        assert (answer.status_code, answer.json["code"]) == (409, "idempotency_key_conflict")
    assert api.till.post("/api/v1/charges", a_charge(), key).status_code == 409
    assert api.written() == written


def test_a_top_up_lands_where_it_was_paid(api: Api, wallet: str) -> None:
    body = a_top_up(1500, way="girocard", terminal="B01-1", receipt_number="R-7")
    entry_id = api.till.post(f"/api/v1/wallets/{wallet}/top-ups", body).json["entry_id"]
    entry = api.finance.get(f"/api/v1/entries/{entry_id}").json
    assert (entry["event"], entry["reference"]) == ("top_up_at_counter", "R-7")
    (moved,) = entry["transfers"]
    assert moved["debit"] == "184100/B01-1/2026-11-17"
    assert moved["credit"] == f"371010/{wallet}"
    assert moved["dimensions"]["till"] == "B01-1"


def test_a_till_tops_up_at_its_own_place_and_only_for_money_it_took(api: Api, wallet: str) -> None:
    path, written = f"/api/v1/wallets/{wallet}/top-ups", api.written()
    expected = [
        (a_top_up(facility="B02"), 403),
        (a_top_up(till="B01-2"), 403),
        (a_top_up(way="girocard", terminal="B02-1"), 422),
        (a_top_up(way="girocard"), 400),
        (a_top_up(way="cash", till=None), 400),
        (a_top_up(way="online"), 400),
        (a_top_up(way="transfer"), 400),
    ]
    assert [api.till.post(path, body).status_code for body, _ in expected] == [
        status for _, status in expected
    ]
    assert api.written() == written


def test_the_catalogue_is_what_the_house_sells_on_the_day(api: Api) -> None:
    document = api.till.get("/api/v1/catalogue?facility=B01&day=2026-11-17").json
    prices = {offer["code"]: offer["price"] for offer in document["products"]}
    assert prices["POOL-AD"]["amount_cents"] == 500
    assert document["facility"]["code"] == "B01"


def test_a_known_catalogue_is_not_sent_again(api: Api) -> None:
    path = "/api/v1/catalogue?facility=B01&day=2026-11-17"
    first = api.till.get(path)
    again = api.till.get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = api.till.get(path, **{"If-None-Match": '"something else"'})
    assert (other.status_code, other.json) == (200, first.json)
    assert "private" in first.headers["Cache-Control"]


def test_another_day_and_house_have_another_catalogue(api: Api) -> None:
    paths = ["facility=B01&day=2026-11-17", "facility=B01&day=2026-11-18", "facility=M01"]
    tags = {api.till.get(f"/api/v1/catalogue?{path}").headers["ETag"] for path in paths}
    assert len(tags) == 3


def test_a_house_that_is_none_has_no_catalogue(api: Api) -> None:
    answer = api.till.get("/api/v1/catalogue?facility=X99")
    assert (answer.status_code, answer.json["code"]) == (404, "facility_unknown")
    assert api.till.get("/api/v1/catalogue").status_code == 400
