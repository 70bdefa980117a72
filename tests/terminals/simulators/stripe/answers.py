"""One visit to every address of the simulated Stripe, and how its answers look without chance."""

import re
from typing import Any

from stripe import StripeClient

from terminals.simulators.stripe import LOCATION, READER, Simulator

_CHANCE = {
    "created", "canceled_at", "last_seen_at", "client_secret", "fingerprint",
    "application_cryptogram", "authorization_code",
}  # fmt: skip
_ID = re.compile(r"\b(pi|ch|re|pm|tml|txn)_[0-9a-f]{24}\b")


def visit(stripe: Simulator, client: StripeClient) -> dict[str, Any]:
    """The answers by "method path": a card declined, one paid, all of it given back."""
    v1: Any = client.v1
    readers, intents = v1.terminal.readers, v1.payment_intents
    pi = "/v1/payment_intents"
    reader = "/v1/terminal/readers"
    asked = {"amount": 1250, "currency": "eur", "allowed_payment_method_types": ["card_present"],
             "metadata": {"order": "1"}}  # fmt: skip
    config = {"enable_customer_cancellation": True, "skip_tipping": True}
    expand = {"expand": ["action.process_payment_intent.payment_intent"]}
    seen: dict[str, Any] = {}
    seen[f"post {pi}"] = intent = intents.create(asked)
    process = {"payment_intent": intent.id, "process_config": config}
    stripe.next_guest("declined")
    seen[f"post {reader}/{{reader}}/process_payment_intent"] = (
        readers.process_payment_intent(READER, process)
    )  # fmt: skip
    seen[f"get {reader}/{{reader}}"] = readers.retrieve(READER, expand)
    stripe.next_guest(does="waits")
    readers.process_payment_intent(READER, process)
    shown = {"type": "card_present", "card_present": {"number": "6726000000000017"}}
    seen["post /v1/test_helpers/terminal/readers/{reader}/present_payment_method"] = (
        v1.test_helpers.terminal.readers.present_payment_method(READER, shown)
    )  # fmt: skip
    seen[f"get {pi}/{{intent}}"] = intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    seen[f"get {pi}"] = intents.list({"limit": 100, "expand": ["data.latest_charge"]})
    seen["get /v1/charges"] = charges = v1.charges.list({"payment_intent": intent.id})
    seen["get /v1/charges/{charge}"] = v1.charges.retrieve(charges.data[0].id)
    seen["post /v1/refunds"] = refund = v1.refunds.create(
        {"payment_intent": intent.id, "amount": 500, "reason": "requested_by_customer"}
    )
    seen["get /v1/refunds/{refund}"] = v1.refunds.retrieve(refund.id)
    seen[f"post {reader}/{{reader}}/refund_payment"] = readers.refund_payment(
        READER, {"payment_intent": intent.id, "amount": 250}
    )
    seen["get /v1/refunds"] = v1.refunds.list({"payment_intent": intent.id})
    manual = intents.create(asked | {"capture_method": "manual"})
    readers.process_payment_intent(READER, {"payment_intent": manual.id})
    v1.test_helpers.terminal.readers.present_payment_method(READER)
    seen[f"post {pi}/{{intent}}/capture"] = intents.capture(manual.id, {"amount_to_capture": 1000})
    other = intents.create(asked)
    readers.process_payment_intent(READER, {"payment_intent": other.id})
    seen[f"post {reader}/{{reader}}/cancel_action"] = readers.cancel_action(READER)
    seen[f"post {pi}/{{intent}}/cancel"] = intents.cancel(
        other.id, {"cancellation_reason": "abandoned"}
    )
    seen[f"get {reader}"] = readers.list({"location": LOCATION})
    place = {"display_name": "Bad", "address": {"country": "DE", "city": "Aachen"}}
    seen["post /v1/terminal/locations"] = v1.terminal.locations.create(place)
    seen["get /v1/terminal/locations"] = v1.terminal.locations.list()
    seen["get /v1/terminal/locations/{location}"] = v1.terminal.locations.retrieve(LOCATION)
    return {name: answer.to_dict(for_json=True) for name, answer in seen.items()}


def without_chance(value: Any, name: str = "") -> Any:
    """The same answer on any day: ids lose their number, times and secrets their value."""
    if isinstance(value, dict):
        return {key: without_chance(each, key) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [without_chance(each) for each in value]
    if name in _CHANCE and value is not None:
        return f"<{type(value).__name__}>"
    return _ID.sub(r"\1_…", value) if isinstance(value, str) else value
