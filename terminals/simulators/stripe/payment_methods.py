"""Payment methods: the card or the account a payer showed, and to which customer it belongs."""

import secrets

from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.means import MEANS, Means
from terminals.simulators.stripe.refusals import invalid
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_BANK = "37040044"


def a_method(world: World, name: str, billing: Json | None = None) -> Json:
    """A payment method that is really the means of this name; it belongs to nobody yet."""
    means = MEANS[name]
    shown = _card(means) if means.kind == "card" else _account(means)
    made = world.put("pm", {
        "object": "payment_method", "type": means.kind, "livemode": False, "metadata": {},
        "allow_redisplay": "limited", "customer": None, "customer_account": None,
        "billing_details": billing_details(billing or {}), means.kind: shown,
    })  # fmt: skip
    world.means[made["id"]] = means
    return made


def billing_details(given: Json) -> Json:
    """Who pays, as far as is known."""
    nobody: Json = dict.fromkeys(("email", "name", "phone", "tax_id"))
    address: Json = dict.fromkeys(ADDRESS)
    known = {name: given.get(name) or None for name in ("email", "name")}
    return nobody | known | {"address": address | {"country": "DE"}}


def attach(world: World, method: Json, customer: str) -> None:
    """From now on it is the customer's, and may be used again."""
    if method["customer"] == customer:
        return
    method["customer"] = customer
    emit(world, "payment_method.attached", method)


def a_mandate(world: World, method: Json) -> Json:
    """The payer's permission to debit the account, given on the payment page."""
    return world.put_undated("mandate", {
        "object": "mandate", "livemode": False, "status": "active", "type": "multi_use",
        "customer_acceptance": {
            "accepted_at": int(world.now()), "type": "online",
            "online": {"ip_address": "192.0.2.20", "user_agent": "browser"},
        },
        "multi_use": {}, "payment_method": method["id"],
        "payment_method_details": {
            "type": "sepa_debit",
            "sepa_debit": {"reference": secrets.token_hex(8).upper(), "url": world.address},
        },
    })  # fmt: skip


def retrieve(world: World, request: Request) -> Json:
    """One payment method as it is."""
    return world.find("payment_method", request.ids["method"], "payment_method")


def list_(world: World, request: Request) -> Json:
    """The payment methods of a customer, newest first."""
    given = request.given
    customer = request.ids.get("customer") or given.get("customer")
    if customer is None:
        raise invalid("customer", "Missing required param: customer.", "parameter_missing")
    world.find("customer", customer, "customer")
    page = world.listed("payment_method", given, customer=customer, type=given.get("type"))
    return page | {"url": "/v1/payment_methods"}


def detach(world: World, request: Request) -> Json:
    """Take it from its customer; it can never be used again."""
    method = retrieve(world, request)
    if method["customer"] is None:
        raise invalid("payment_method", "The payment method you provided is not attached to a"
                      " customer so detachment is impossible.")  # fmt: skip
    before = {"customer": method["customer"]}
    method["customer"] = None
    emit(world, "payment_method.detached", method, before)
    return method


def attach_to(world: World, request: Request) -> Json:
    """Give a payment method that belongs to nobody to a customer."""
    method = retrieve(world, request)
    customer = world.find("customer", str(request.given.get("customer")), "customer")
    if method["customer"] not in (None, customer["id"]):
        raise invalid("payment_method", "The payment method you provided has already been attached"
                      " to a customer.")  # fmt: skip
    attach(world, method, customer["id"])
    return method


def mandate(world: World, request: Request) -> Json:
    """One mandate as it is."""
    return world.find("mandate", request.ids["mandate"], "mandate")


def _card(means: Means) -> Json:
    return {
        "brand": means.brand, "country": "DE", "display_brand": means.brand, "exp_month": 12,
        "exp_year": 2034, "fingerprint": secrets.token_hex(8), "funding": "credit",
        "generated_from": None, "last4": means.last4, "regulated_status": "unregulated",
        "checks": {
            "address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass",
        },
        "networks": {"available": [means.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True}, "wallet": None,
    }  # fmt: skip


def _account(means: Means) -> Json:
    return {
        "bank_code": _BANK, "branch_code": "", "country": "DE", "generated_from": None,
        "fingerprint": secrets.token_hex(8), "last4": means.last4,
    }  # fmt: skip


_ONE = "/v1/payment_methods/{method}"
ROUTES = (
    Route("payment_methods.list", "GET", "/v1/payment_methods", list_, params(
        "allow_redisplay customer customer_account ending_before limit starting_after type"
    )),
    Route("payment_methods.retrieve", "GET", _ONE, retrieve),
    Route("payment_methods.attach", "POST", f"{_ONE}/attach", attach_to, params("customer")),
    Route("payment_methods.detach", "POST", f"{_ONE}/detach", detach),
    Route("customers.payment_methods", "GET", "/v1/customers/{customer}/payment_methods", list_,
          params("allow_redisplay ending_before limit starting_after type")),
    Route("mandates.retrieve", "GET", "/v1/mandates/{mandate}", mandate),
)  # fmt: skip
