"""Guests at the simulated reader, and what can be made to go wrong."""

from typing import Any

import pytest
import stripe as sdk

from terminals.simulators.stripe import READER, Fault, Guest, Simulator
from tests.terminals.simulators.stripe.calls import (
    FORM,
    a_sale,
    at_the_reader,
    get,
    post,
    refusal,
)


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("declined", "card_declined", "generic_decline"),
        ("expired", "expired_card", "expired_card"),
        ("stolen", "card_declined", "stolen_card"),
    ],
)
def test_a_declined_card_leaves_the_intent_open(
    stripe: Simulator, client: sdk.StripeClient, card: str, code: str, decline: str
) -> None:
    v1: Any = client.v1
    stripe.next_guest(card)
    intent = a_sale(client)
    at_the_reader(client, intent)
    action = v1.terminal.readers.retrieve(READER).action
    assert (action.status, action.failure_code) == ("failed", code)
    assert (action.api_error.type, action.api_error.decline_code) == ("card_error", decline)
    intent = v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == decline
    assert intent.latest_charge.status == "failed"
    assert stripe.ledger == ()


def test_cancelling_in_the_middle_of_a_card_is_refused(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    v1: Any = client.v1
    stripe.next_guest("girocard_pin", is_slow=True)
    intent = a_sale(client)
    at_the_reader(client, intent)
    stages = []
    for _ in range(3):
        v1.terminal.readers.retrieve(READER)
        stages.append(v1.payment_intents.retrieve(intent.id).status)
        if stages[-1] != "succeeded":
            code = refusal(lambda: v1.terminal.readers.cancel_action(READER))
            assert code == "terminal_reader_busy"
    assert stages == ["requires_payment_method", "processing", "succeeded"]


def test_a_guest_may_stand_at_every_reader() -> None:
    readers = {"tmr_one": "Eins", "tmr_two": "Zwei"}
    with Simulator(readers=readers, guest=Guest("girocard")) as stripe:
        for reader in readers:
            made = post(stripe, "/v1/payment_intents", FORM).json()["id"]
            path = f"/v1/terminal/readers/{reader}"
            post(stripe, f"{path}/process_payment_intent", {"payment_intent": made})
            assert get(stripe, path).json()["action"]["status"] == "succeeded"
        assert len(stripe.ledger) == 2


@pytest.mark.parametrize("name", ["unreachable", "answer_lost"])
def test_a_line_goes_dead(stripe: Simulator, client: sdk.StripeClient, name: str) -> None:
    v1: Any = client.v1
    stripe.fault(name, "payment_intents.create", skip=1)
    a_sale(client)
    with pytest.raises(sdk.APIConnectionError):
        a_sale(client, "k1")
    made = len(v1.payment_intents.list().data)
    assert made == (2 if name == "answer_lost" else 1)
    a_sale(client, "k1")
    assert len(v1.payment_intents.list().data) == 2


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("server_error", sdk.APIError, None),
        ("rate_limit", sdk.RateLimitError, "rate_limit"),
        ("key_in_use", sdk.APIError, "idempotency_key_in_use"),
    ],
)
def test_an_error_comes_when_told(
    stripe: Simulator, client: sdk.StripeClient, name: str, error: type, code: str | None
) -> None:
    stripe.fault(name)
    with pytest.raises(error) as refused:
        a_sale(client)
    assert refused.value.error.code == code
    assert a_sale(client).status == "requires_payment_method"


def test_an_answer_may_be_late(stripe: Simulator, client: sdk.StripeClient) -> None:
    stripe.add_fault(Fault("payment_intents.create", "hold", seconds=0.05))
    assert a_sale(client).status == "requires_payment_method"


def test_a_reader_may_hear_without_answering(stripe: Simulator, client: sdk.StripeClient) -> None:
    intent = a_sale(client)
    stripe.fault("reader_timeout_done")
    assert refusal(lambda: at_the_reader(client, intent)) == "terminal_reader_timeout"
    assert refusal(lambda: at_the_reader(client, intent)) == "terminal_reader_busy"


def test_faults_and_cards_nobody_knows_are_named(stripe: Simulator) -> None:
    with pytest.raises(KeyError):
        stripe.fault("earthquake")
    with pytest.raises(KeyError):
        stripe.next_guest("library")
