"""Checkout sessions: an amount, a page where it can be paid, and an end."""

import secrets
from functools import partial

from terminals.simulators.stripe import session_states, setup_intents
from terminals.simulators.stripe.customers import metadata_of
from terminals.simulators.stripe.refusals import missing
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.session_rules import (
    check_addresses,
    check_parts,
    check_words,
    end_of,
    lines_of,
    ways_of,
)
from terminals.simulators.stripe.state import Json, World


def create(world: World, request: Request) -> Json:
    """Open a session; its `url` is a page on this server."""
    given = request.given
    check_words(given)
    check_addresses(given)
    check_parts(given)
    metadata = metadata_of(given)
    for part in ("payment_intent_data", "setup_intent_data"):
        metadata_of(given.get(part) or {})
    ways = ways_of(given)
    lines, end = lines_of(given, ways), end_of(world, given)
    if given.get("customer"):
        _customer(world, given["customer"])
    id_ = f"cs_test_{secrets.token_hex(24)}"
    total = sum(line["unit_amount"] * line["quantity"] for line in lines)
    is_setup = given["mode"] == "setup"
    session = world.objects[id_] = _blank(given) | {
        "id": id_, "created": int(world.now()), "expires_at": end, "metadata": metadata,
        "amount_subtotal": None if is_setup else total, "amount_total": None if is_setup else total,
        "currency": None if is_setup else "eur", "payment_method_types": ways,
        "allowed_payment_method_types": ways, "url": f"{world.address}/c/pay/{id_}",
        "customer_creation": None if given.get("customer") else (
            given.get("customer_creation") or _creation(given)
        ),
    }  # fmt: skip
    world.lines[id_] = [_line_item(each) for each in lines]
    world.intent_data[id_] = dict(given.get("payment_intent_data") or {})
    if is_setup:
        data = given.get("setup_intent_data") or {}
        made = setup_intents.a_setup(world, ways, given.get("customer"), data)
        session["setup_intent"] = made["id"]
    world.later(end - world.now(), partial(session_states.run_out, world, session))
    return session


def retrieve(world: World, request: Request) -> Json:
    """One session as it is."""
    return world.find("checkout.session", request.ids["session"], "session")


def list_(world: World, request: Request) -> Json:
    """Sessions, newest first."""
    given = request.given
    page = world.listed(
        "checkout.session", given, customer=given.get("customer"), status=given.get("status"),
        payment_intent=given.get("payment_intent"),
    )  # fmt: skip
    return page | {"url": "/v1/checkout/sessions"}


def expire(world: World, request: Request) -> Json:
    """Close a session that is still open."""
    session = retrieve(world, request)
    session_states.expire(world, session)
    return session


def line_items(world: World, request: Request) -> Json:
    """What is sold in it."""
    return lines_as_list(world, retrieve(world, request))


def lines_as_list(world: World, session: Json) -> Json:
    """The lines of a session as Stripe's list."""
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "has_more": False, "url": url, "data": world.lines[session["id"]]}


def _customer(world: World, id_: str) -> None:
    if world.find("customer", id_, "customer").get("deleted"):
        raise missing("customer", id_, "customer")


def _creation(given: Json) -> str:
    """What is kept for later needs someone to belong to."""
    data = given.get("payment_intent_data") or {}
    keeps = given["mode"] == "setup" or data.get("setup_future_usage")
    return "always" if keeps else "if_required"


def _line_item(line: Json) -> Json:
    amount = line["unit_amount"] * line["quantity"]
    return {
        "id": f"li_{secrets.token_hex(12)}", "object": "item", "currency": "eur",
        "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
        "description": line["title"], "metadata": {}, "quantity": line["quantity"],
        "price": _price(line),
    }  # fmt: skip


def _price(line: Json) -> Json:
    return {
        "id": f"price_{secrets.token_hex(12)}", "object": "price", "active": False,
        "billing_scheme": "per_unit", "created": 0, "currency": "eur", "custom_unit_amount": None,
        "livemode": False, "lookup_key": None, "metadata": {}, "nickname": None,
        "product": f"prod_{secrets.token_hex(8)}", "recurring": None, "tax_behavior": "unspecified",
        "tiers_mode": None, "transform_quantity": None, "type": "one_time",
        "unit_amount": line["unit_amount"], "unit_amount_decimal": str(line["unit_amount"]),
    }  # fmt: skip


def _blank(given: Json) -> Json:
    empty = (
        "after_expiration", "allow_promotion_codes", "billing_address_collection",
        "client_secret", "collected_information", "consent", "consent_collection",
        "currency_conversion", "customer_account", "customer_details", "discounts",
        "integration_identifier", "invoice", "origin_context", "payment_intent",
        "payment_link", "payment_method_configuration_details", "permissions",
        "recovered_from", "saved_payment_method_options", "setup_intent",
        "shipping_address_collection", "shipping_cost", "submit_type", "subscription",
    )  # fmt: skip
    shown = ("cancel_url", "client_reference_id", "customer", "customer_email", "locale")
    nothing = {"enabled": False}
    words = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    totals = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    return dict.fromkeys(empty) | {name: given.get(name) for name in shown} | {
        "object": "checkout.session", "livemode": False, "mode": given["mode"], "status": "open",
        "payment_status": "no_payment_required" if given["mode"] == "setup" else "unpaid",
        "success_url": given["success_url"], "ui_mode": "hosted_page", "custom_fields": [],
        "automatic_tax": nothing | {"liability": None, "provider": None, "status": None},
        "custom_text": dict.fromkeys(words), "shipping_options": [], "wallet_options": None,
        "adaptive_pricing": nothing, "phone_number_collection": nothing,
        "invoice_creation": None, "payment_method_collection": "if_required",
        "payment_method_options": {}, "total_details": totals,
    }  # fmt: skip


_ALL, _ONE = "/v1/checkout/sessions", "/v1/checkout/sessions/{session}"
ROUTES = (
    Route("checkout_sessions.create", "POST", _ALL, create, params(
        "allowed_payment_method_types cancel_url client_reference_id currency customer"
        " customer_creation customer_email excluded_payment_method_types expires_at line_items"
        " locale metadata mode payment_intent_data setup_intent_data success_url ui_mode"
    )),
    Route("checkout_sessions.list", "GET", _ALL, list_, params(
        "created customer ending_before limit payment_intent starting_after status"
    )),
    Route("checkout_sessions.retrieve", "GET", _ONE, retrieve),
    Route("checkout_sessions.expire", "POST", f"{_ONE}/expire", expire),
    Route("checkout_sessions.line_items", "GET", f"{_ONE}/line_items", line_items, params(
        "ending_before limit starting_after"
    )),
)  # fmt: skip
