"""Online payments at the simulated Stripe against Stripe's specification, where it is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe as sdk
from jsonschema import Draft202012Validator

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.online_answers import requests, visit

REFERENCE = Path(__file__).parents[5] / "shared" / "reference" / "stripe"
SPECIFICATION = REFERENCE / "openapi_subset.json"

pytestmark = pytest.mark.skipif(
    not SPECIFICATION.is_file(), reason="Stripe's specification is not at hand"
)


@pytest.fixture(scope="module")
def specified() -> Any:
    return json.loads(SPECIFICATION.read_text(encoding="utf-8"))


def test_answers_are_what_stripe_specifies(
    stripe: Simulator, client: sdk.StripeClient, specified: Any
) -> None:
    problems = []
    for name, answer in visit(stripe, client).items():
        method, path = name.split()
        problems += found(specified, specified["paths"][path][method]["response"], answer, name)
    assert problems == []


def test_events_are_of_known_types_and_carry_objects_as_specified(
    stripe: Simulator, client: sdk.StripeClient, specified: Any
) -> None:
    visit(stripe, client)
    problems, kinds = [], set()
    for event in stripe.webhooks.events():
        kinds.add(event["type"])
        shown = event["data"]["object"]
        schema = {"$ref": f"#/components/schemas/{shown['object']}"}
        problems += found(specified, schema, shown, event["type"])
    assert problems == []
    assert kinds <= set(specified["x-event-types"])
    assert len(kinds) > 25


def test_what_is_asked_is_what_stripe_takes(specified: Any) -> None:
    problems = []
    for name, params in requests().items():
        method, path = name.split()
        operation = specified["paths"][path][method]
        if method == "post":
            problems += found(specified, operation["requestBody"], params, name)
        else:
            known = {each["name"] for each in operation["parameters"]}
            problems += [f"{name}: {each}" for each in params if each not in known]
    assert problems == []


def found(specified: Any, schema: Any, value: Any, name: str) -> list[str]:
    whole = schema | {"components": specified["components"]}
    return [
        f"{name} {'/'.join(map(str, each.absolute_path))}: {each.message[:200]}"
        for each in Draft202012Validator(whole).iter_errors(value)
    ]
