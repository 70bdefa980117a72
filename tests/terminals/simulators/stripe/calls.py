"""Asking the simulated Stripe: by the real SDK, and by plain HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import READER, Simulator

KEY = "sk_test_1"
SALE = {"amount": 1250, "currency": "eur", "allowed_payment_method_types": ["card_present"]}
FORM = {"amount": "1250", "currency": "eur", "allowed_payment_method_types[0]": "card_present"}


def post(stripe: Simulator, path: str, form: dict[str, str], **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Authorization": f"Bearer {KEY}"} | named
    return requests.post(stripe.address + path, data=form, headers=given, timeout=5)


def get(stripe: Simulator, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {KEY}"}
    return requests.get(stripe.address + path, headers=headers, timeout=5)


def a_sale(client: sdk.StripeClient, key: str | None = None) -> Any:
    v1: Any = client.v1
    return v1.payment_intents.create(SALE, {"idempotency_key": key} if key else {})


def at_the_reader(client: sdk.StripeClient, intent: Any) -> Any:
    v1: Any = client.v1
    return v1.terminal.readers.process_payment_intent(READER, {"payment_intent": intent.id})


def refusal(ask: Callable[[], object]) -> str | None:
    """The code with which Stripe says no."""
    with pytest.raises(sdk.InvalidRequestError) as refused:
        ask()
    return refused.value.code
