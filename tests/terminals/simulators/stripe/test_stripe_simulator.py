"""The simulated Stripe, asked by the real SDK and by plain HTTP."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe as sdk
from jsonschema import Draft202012Validator

import terminals.simulators.stripe
from terminals.simulators.stripe import READER, Simulator
from tests.terminals.simulators.stripe.answers import visit, without_chance
from tests.terminals.simulators.stripe.calls import (
    FORM,
    SALE,
    a_sale,
    at_the_reader,
    get,
    post,
    refusal,
)

OWN = ("terminals.simulators.stripe", "terminals.simulators.pages")
ANSWERS = Path(__file__).with_name("answers.json")
REFERENCE = Path(__file__).parents[5] / "shared" / "reference" / "stripe"
SPECIFICATION = REFERENCE / "openapi_subset.json"


# The shape of the answers


def test_answers_look_as_they_always_did(stripe: Simulator, client: sdk.StripeClient) -> None:
    kept = json.loads(ANSWERS.read_text(encoding="utf-8"))
    assert without_chance(visit(stripe, client)) == kept


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="Stripe's specification is not at hand")
def test_answers_are_what_stripe_specifies(stripe: Simulator, client: sdk.StripeClient) -> None:
    specified = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    problems = []
    for name, answer in visit(stripe, client).items():
        method, path = name.split()
        schema = specified["paths"][path][method]["response"]
        whole = schema | {"components": specified["components"]}
        found = Draft202012Validator(whole).iter_errors(answer)
        problems += [f"{name} {list(each.absolute_path)}: {each.message[:200]}" for each in found]
    assert problems == []


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="Stripe's specification is not at hand")
def test_errors_are_what_stripe_specifies(stripe: Simulator) -> None:
    specified = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    whole = specified["components"]["schemas"]["error"] | {"components": specified["components"]}
    for answer in (
        get(stripe, "/v1/payment_intents/pi_none"),
        post(stripe, "/v1/payment_intents", {"amount": "x"}),
        post(stripe, "/v1/payment_intents", FORM | {"colour": "red"}),
        post(stripe, "/v1/nothing", {}),
    ):
        assert answer.status_code >= 400
        assert list(Draft202012Validator(whole).iter_errors(answer.json())) == []


def test_every_answer_names_its_request(stripe: Simulator) -> None:
    first = post(stripe, "/v1/payment_intents", FORM, Stripe_Version="2026-10-28.endive")
    second = post(stripe, "/v1/payment_intents", FORM)
    assert first.headers["Request-Id"].startswith("req_")
    assert first.headers["Request-Id"] != second.headers["Request-Id"]
    assert first.headers["Stripe-Version"] == "2026-10-28.endive"
    assert first.headers["Content-Type"] == "application/json"
    assert first.json()["livemode"] is False
    assert first.json()["id"].startswith("pi_")


# What is refused


def test_only_a_test_key_opens_it(stripe: Simulator) -> None:
    for header in ({}, {"Authorization": "Bearer sk_live_1"}, {"Authorization": "Basic x"}):
        answer = requests.get(f"{stripe.address}/v1/charges", headers=header, timeout=5)
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "twelve"}, "parameter_invalid_integer", "amount"),
        ({"currency": ""}, "parameter_missing", "currency"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"payment_method_types[0]": "card"},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ({"capture_method": "later"}, "parameter_invalid", "capture_method"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_named(
    stripe: Simulator, changes: dict[str, str], code: str, param: str
) -> None:
    answer = post(stripe, "/v1/payment_intents", FORM | changes)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)


def test_what_is_not_there_is_missing(stripe: Simulator, client: sdk.StripeClient) -> None:
    v1: Any = client.v1
    for ask in (
        lambda: v1.payment_intents.retrieve("pi_none"),
        lambda: v1.terminal.readers.retrieve("tmr_none"),
        lambda: v1.terminal.locations.retrieve(READER),
        lambda: v1.refunds.create({"payment_intent": "pi_none"}),
        lambda: v1.payment_intents.list({"starting_after": "pi_none"}),
    ):
        with pytest.raises(sdk.InvalidRequestError) as refused:
            ask()
        assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)


def test_a_reader_refuses_what_it_cannot_do(stripe: Simulator, client: sdk.StripeClient) -> None:
    v1: Any = client.v1
    first, second = a_sale(client), a_sale(client)
    at_the_reader(client, first)
    assert refusal(lambda: at_the_reader(client, second)) == "terminal_reader_busy"
    v1.test_helpers.terminal.readers.present_payment_method(READER)
    assert refusal(lambda: at_the_reader(client, first)) == "intent_invalid_state"
    stripe.set_reader("offline")
    assert refusal(lambda: at_the_reader(client, second)) == "terminal_reader_offline"
    assert v1.terminal.readers.retrieve(READER).status == "offline"


def test_money_is_neither_taken_nor_given_twice(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    v1: Any = client.v1
    intent = a_sale(client)
    assert refusal(lambda: v1.refunds.create({"payment_intent": intent.id})) == (
        "payment_intent_unexpected_state"
    )
    at_the_reader(client, intent)
    v1.test_helpers.terminal.readers.present_payment_method(READER)
    assert refusal(lambda: v1.payment_intents.cancel(intent.id)) == (
        "payment_intent_unexpected_state"
    )
    too_much = {"payment_intent": intent.id, "amount": 1251}
    assert refusal(lambda: v1.refunds.create(too_much)) == "amount_too_large"
    v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    assert refusal(lambda: v1.refunds.create(too_much | {"amount": 251})) == "amount_too_large"
    v1.refunds.create({"payment_intent": intent.id})
    assert refusal(lambda: v1.refunds.create({"payment_intent": intent.id})) == (
        "charge_already_refunded"
    )
    assert [(each.kind, each.amount_cents) for each in stripe.ledger] == [
        ("charge", 1250), ("refund", 1000), ("refund", 250),
    ]  # fmt: skip


# Idempotency, lists, expansion


def test_the_same_key_hears_the_same(stripe: Simulator, client: sdk.StripeClient) -> None:
    assert a_sale(client, "k1").id == a_sale(client, "k1").id != a_sale(client, "k2").id
    answer = post(stripe, "/v1/payment_intents", FORM, Idempotency_Key="k3")
    again = post(stripe, "/v1/payment_intents", FORM, Idempotency_Key="k3")
    assert "Idempotent-Replayed" not in answer.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content == answer.content


def test_the_same_key_with_other_content_is_refused(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    a_sale(client, "k1")
    v1: Any = client.v1
    with pytest.raises(sdk.IdempotencyError):
        v1.payment_intents.create(SALE | {"amount": 1}, {"idempotency_key": "k1"})


def test_a_failure_of_stripes_own_is_remembered_and_a_mistake_is_not(stripe: Simulator) -> None:
    stripe.fault("server_error_done", "payment_intents.create")
    for _ in range(2):
        answer = post(stripe, "/v1/payment_intents", FORM, Idempotency_Key="k1")
        assert answer.status_code == 500
    wrong = post(stripe, "/v1/payment_intents", FORM | {"amount": "0"}, Idempotency_Key="k2")
    right = post(stripe, "/v1/payment_intents", FORM, Idempotency_Key="k2")
    assert (wrong.status_code, right.status_code) == (400, 200)


def test_a_list_is_paged_newest_first(client: sdk.StripeClient) -> None:
    made = [a_sale(client).id for _ in range(7)]
    v1: Any = client.v1
    page = v1.payment_intents.list({"limit": 3})
    assert [each.id for each in page.data] == made[:-4:-1]
    assert page.has_more
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]
    assert v1.payment_intents.list({"created": {"gte": 4_000_000_000}}).data == []
    assert len(v1.payment_intents.list({"created": {"gte": 1}}).data) == 7


def test_expanding_what_is_not_there_is_refused(stripe: Simulator) -> None:
    answer = get(stripe, "/v1/payment_intents?expand[]=data.colour.of.the.sky")
    assert answer.status_code == 400
    made = post(stripe, "/v1/payment_intents", FORM | {"expand[0]": "colour"})
    assert made.status_code == 400
    assert made.json()["error"]["param"] == "expand"


def test_the_port_is_free_again_afterwards() -> None:
    with Simulator() as first:
        port = int(first.address.rsplit(":", 1)[1])
    with Simulator(port) as second:
        assert second.address == first.address
        with pytest.raises(OSError, match="in use"), Simulator(port):
            raise AssertionError


def test_the_simulator_knows_nothing_of_its_client() -> None:
    (folder,) = terminals.simulators.stripe.__path__
    files = list(Path(folder).rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                assert not name.startswith(("ledger", "reconciliation", "config", "stripe")), file
                assert not name.startswith("terminals") or name.startswith(OWN), file
