"""PaymentIntents: one for each sale, until it is `succeeded` or `canceled`."""

import secrets

from terminals.simulators.stripe import bank, guests, paying, session_states
from terminals.simulators.stripe.customers import metadata_of
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World, required, truth, whole

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
_LEAST = 50  # cents, for EUR
_WORDS = ("description", "receipt_email", "setup_future_usage", "statement_descriptor_suffix")
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(world: World, request: Request) -> Json:
    """Make an intent; nothing moves before it is confirmed, or processed at a reader."""
    given = request.given
    if truth(given, "off_session") and not truth(given, "confirm"):
        raise invalid("off_session", "You can only pass `off_session` with `confirm=true`.", "")
    if given.get("customer"):
        world.find("customer", given["customer"], "customer")
    method = _method_for(world, given, given.get("customer"))
    intent = an_intent(world, given)
    intent["payment_method"] = method and method["id"]
    if method is not None and intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    return _confirmed(world, intent, given) if truth(given, "confirm") else intent


def an_intent(world: World, given: Json) -> Json:
    """A new intent of these parameters. Raises Refusal (400) for what Stripe does not take."""
    if "payment_method_types" in given:
        raise invalid(
            "payment_method_types",
            "payment_method_types is no longer supported; use allowed_payment_method_types.",
            "payment_method_types_no_longer_supported",
        )
    amount = whole(given, "amount")
    if amount < 1:
        raise invalid("amount", "This value must be greater than or equal to 1.",
                      "parameter_invalid_integer")  # fmt: skip
    if amount < _LEAST:
        raise invalid("amount", "Amount must be at least €0.50 eur.", "amount_too_small")
    capture = given.get("capture_method", "automatic_async")
    if capture not in ("automatic", "automatic_async", "manual"):
        raise invalid("capture_method", f"Invalid capture_method: {capture}")
    types = given.get("allowed_payment_method_types") or ["card", "sepa_debit"]
    intent = world.put("pi", _blank() | {
        "amount": amount, "currency": required(given, "currency"), "capture_method": capture,
        "payment_method_types": types, "allowed_payment_method_types": types,
        "metadata": metadata_of(given), "customer": given.get("customer"),
    } | {name: given.get(name) for name in _WORDS})  # fmt: skip
    emit(world, "payment_intent.created", intent)
    return intent


def confirm(world: World, request: Request) -> Json:
    """Try to take the money with the payment method it has, or another."""
    intent, given = retrieve(world, request), request.given
    if intent["status"] not in ("requires_payment_method", "requires_confirmation",
                                "requires_action"):  # fmt: skip
        raise _unexpected(intent, "confirm")
    method = _method_for(world, given, intent["customer"])
    if method is not None:
        intent["payment_method"] = method["id"]
    return _confirmed(world, intent, given)


def _confirmed(world: World, intent: Json, given: Json) -> Json:
    method = world.objects.get(intent["payment_method"] or "")
    if method is None:
        raise Refusal(400, "You cannot confirm this PaymentIntent because it's missing a payment"
                      " method.", code="payment_intent_unexpected_state")  # fmt: skip
    if method["type"] not in intent["payment_method_types"]:
        raise invalid("payment_method", f"The payment method type {method['type']} is not allowed.",
                      "payment_intent_invalid_parameter")  # fmt: skip
    is_away = truth(given, "off_session") or truth(given, "error_on_requires_action")
    error = paying.confirm(world, intent, method, is_away=is_away)
    if error is not None:
        raise paying.as_error(intent, error)
    if intent["next_action"] and given.get("return_url"):
        world.returns[intent["id"]] = given["return_url"]
        intent["next_action"]["redirect_to_url"]["return_url"] = given["return_url"]
    return intent


def _method_for(world: World, given: Json, customer: str | None) -> Json | None:
    """What is paid with; it must be the customer's. Raises Refusal (400 or 404)."""
    if not given.get("payment_method"):
        return None
    method = world.find("payment_method", given["payment_method"], "payment_method")
    if method["customer"] is None:
        raise invalid("payment_method", "The provided PaymentMethod was previously used without"
                      " being attached to a Customer or was detached from a Customer, and may not"
                      " be used again.", "payment_method_unusable")  # fmt: skip
    if method["customer"] != customer:
        raise invalid("payment_method", "The payment method does not belong to the Customer you"
                      " supplied.")  # fmt: skip
    return method


def retrieve(world: World, request: Request) -> Json:
    """One intent as it is."""
    return world.find("payment_intent", request.ids["intent"], "intent")


def list_(world: World, request: Request) -> Json:
    """Intents, newest first."""
    page = world.listed("payment_intent", request.given, customer=request.given.get("customer"))
    return page | {"url": "/v1/payment_intents"}


def cancel(world: World, request: Request) -> Json:
    """Close an intent for good, unless the money is on its way or there."""
    intent = retrieve(world, request)
    reason = request.given.get("cancellation_reason")
    if reason is not None and reason not in _REASONS:
        raise invalid("cancellation_reason", f"Invalid cancellation_reason: {reason}")
    if intent["status"] not in _OPEN:
        raise _unexpected(intent, "cancel")
    if session_states.of(world, intent["id"]) is not None:
        raise Refusal(400, "You cannot cancel this PaymentIntent because it was created by a"
                      " Checkout Session. Expire the Checkout Session instead.",
                      code="payment_intent_unexpected_state")  # fmt: skip
    intent |= {
        "status": "canceled", "canceled_at": int(world.now()), "cancellation_reason": reason,
        "amount_capturable": 0, "next_action": None,
    }  # fmt: skip
    guests.forget(world, intent["id"])
    emit(world, "payment_intent.canceled", intent)
    return intent


def capture(world: World, request: Request) -> Json:
    """Take the money that was only reserved; the rest of it is released."""
    intent = retrieve(world, request)
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "capture")
    amount = whole(request.given, "amount_to_capture", intent["amount_capturable"])
    if not 0 < amount <= intent["amount_capturable"]:
        raise invalid("amount_to_capture", "Amount to capture is too large.", "amount_too_large")
    charge = world.objects[intent["latest_charge"]]
    charge |= {"captured": True, "amount_captured": amount}
    bank.received(world, intent, amount)
    return intent


def _unexpected(intent: Json, wish: str) -> Refusal:
    status = intent["status"]
    return Refusal(
        400, f"You cannot {wish} this PaymentIntent because it has a status of {status}.",
        code="payment_intent_unexpected_state",
    )  # fmt: skip


def _blank() -> Json:
    empty = (
        "application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
        "cancellation_reason", "customer", "customer_account", "description",
        "excluded_payment_method_types", "last_payment_error", "latest_charge", "next_action",
        "on_behalf_of", "payment_method", "payment_method_configuration_details", "processing",
        "receipt_email", "review", "setup_future_usage", "shipping", "source",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
    )  # fmt: skip
    return dict.fromkeys(empty) | {
        "object": "payment_intent", "livemode": False, "status": "requires_payment_method",
        "amount_capturable": 0, "amount_received": 0, "amount_details": {"tip": {}},
        "client_secret": f"pi_secret_{secrets.token_hex(12)}", "confirmation_method": "automatic",
        "payment_method_options": {},
    }  # fmt: skip


ROUTES = (
    Route("payment_intents.create", "POST", "/v1/payment_intents", create, params(
        "allowed_payment_method_types amount capture_method confirm currency customer description"
        " error_on_requires_action metadata off_session payment_method payment_method_types"
        " receipt_email return_url setup_future_usage statement_descriptor_suffix"
    )),
    Route("payment_intents.list", "GET", "/v1/payment_intents", list_, params(
        "created customer customer_account ending_before limit starting_after"
    )),
    Route("payment_intents.retrieve", "GET", "/v1/payment_intents/{intent}", retrieve),
    Route("payment_intents.cancel", "POST", "/v1/payment_intents/{intent}/cancel", cancel,
          params("cancellation_reason")),
    Route("payment_intents.confirm", "POST", "/v1/payment_intents/{intent}/confirm", confirm,
          params("error_on_requires_action off_session payment_method return_url")),
    Route("payment_intents.capture", "POST", "/v1/payment_intents/{intent}/capture", capture,
          params("amount_to_capture")),
)  # fmt: skip
