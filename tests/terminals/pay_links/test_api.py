"""Pay links over JSON: made once, changed and taken back by their own office alone."""

from typing import Any
from uuid import uuid4

import pytest

from config.database import Database
from tests.api_client import Api, an_api

LINKS = "/api/v1/pay-links"
FEE = {"facility": "A01", "lines": [{"product": "PA24"}], "case_reference": "8410 2604 1735"}


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city)


def a_link(api: Api, **changes: Any) -> dict[str, Any]:
    answer = api.finance.post(LINKS, FEE | changes)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_a_link_is_made_and_read_back(api: Api) -> None:
    key = uuid4()
    made = api.finance.post(LINKS, FEE, key)
    again = api.finance.post(LINKS, FEE, key)
    assert made.status_code == again.status_code == 201
    assert made.json == again.json == api.finance.get(f"{LINKS}/{key}").json
    assert (made.json["state"], made.json["amount_cents"], made.json["due_cents"]) == (
        "open", 4600, 4600,
    )  # fmt: skip
    assert "/zahlen/" in made.json["address"]
    assert made.json["notice_address"] is None


def test_the_same_key_for_another_fee_is_a_conflict(api: Api) -> None:
    key = uuid4()
    api.finance.post(LINKS, FEE, key)
    answer = api.finance.post(LINKS, FEE | {"case_reference": "anders"}, key)
    assert (answer.status_code, answer.json["code"]) == (409, "pay_link_key_reused")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"facility": "A01"},
        {"wallet": "W-000001"},
        FEE | {"wallet": "W-000001", "amount_cents": 100},
        FEE | {"lines": []},
        FEE | {"token": "mine"},
    ],
)
def test_what_is_no_link_is_invalid(api: Api, body: dict[str, Any]) -> None:
    assert api.finance.post(LINKS, body).status_code == 400


def test_a_fee_without_its_case_is_refused(api: Api) -> None:
    body = {name: value for name, value in FEE.items() if name != "case_reference"}
    answer = api.finance.post(LINKS, body)
    assert (answer.status_code, answer.json["code"]) == (422, "case_reference_missing")


def test_an_unknown_wallet_and_an_unknown_link_are_not_found(api: Api) -> None:
    bill = {"wallet": "W-999999", "amount_cents": 850}
    assert api.finance.post(LINKS, bill).status_code == 404
    assert api.finance.get(f"{LINKS}/{uuid4()}").json["code"] == "pay_link_unknown"


def test_a_notice_is_booked_and_has_an_address_to_print(api: Api) -> None:
    made = a_link(api, as_notice=True)
    assert made["notice_address"].endswith("/bescheid")
    charge = api.finance.get(f"/api/v1/charges/{made['notice']}").json
    assert (charge["way"], charge["total_cents"]) == ("invoice", 4600)
    later = a_link(api)
    noticed = api.finance.post(f"{LINKS}/{later['id']}/notice", {}).json
    assert noticed["notice"] is not None


def test_a_changed_link_asks_for_the_new_amount(api: Api) -> None:
    made = a_link(api, lines=[{"product": "PA24", "quantity": 2}])
    change = {"lines": [{"product": "PA24"}], "reason": "Nur ein Ausweis"}
    changed = api.finance.post(f"{LINKS}/{made['id']}/changes", change)
    assert (changed.status_code, changed.json["amount_cents"]) == (201, 4600)
    for refused in ({"reason": "nichts"}, {"lines": [{"product": "PA24"}]}):
        assert api.finance.post(f"{LINKS}/{made['id']}/changes", refused).status_code == 400


def test_a_link_is_taken_back_once(api: Api) -> None:
    made = a_link(api)
    for _ in range(2):
        gone = api.finance.post(f"{LINKS}/{made['id']}/withdrawal", {"reason": "Irrtum"})
        assert (gone.status_code, gone.json["state"]) == (201, "withdrawn")
    answer = api.finance.post(f"{LINKS}/{made['id']}/notice", {})
    assert (answer.status_code, answer.json["code"]) == (409, "pay_link_over")


def test_a_till_makes_and_sees_links_of_its_own_place_alone(api: Api) -> None:
    answer = api.till.post(LINKS, FEE)
    assert (answer.status_code, answer.json["code"]) == (403, "outside_its_place")
    strange = a_link(api)
    assert api.till.get(f"{LINKS}/{strange['id']}").status_code == 404


def test_nobody_else_has_anything_to_do_with_links(api: Api) -> None:
    assert api.anonymous.post(LINKS, FEE).status_code == 401
    assert api.as_("auditor").post(LINKS, FEE).status_code == 403
