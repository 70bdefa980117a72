"""Setup intents: keeping a card or an account for later without taking money now."""

import secrets

from terminals.simulators.stripe.customers import metadata_of
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.payment_methods import a_mandate, attach
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World
from terminals.simulators.stripe.web_charges import DECLINES


def a_setup(world: World, ways: list[str], customer: str | None, given: Json) -> Json:
    """An intent that waits for the payer."""
    empty = (
        "application", "automatic_payment_methods", "cancellation_reason", "customer_account",
        "excluded_payment_method_types", "flow_directions", "last_setup_error", "latest_attempt",
        "mandate", "next_action", "on_behalf_of", "payment_method",
        "payment_method_configuration_details", "single_use_mandate",
    )  # fmt: skip
    made = world.put("seti", dict.fromkeys(empty) | {
        "object": "setup_intent", "livemode": False, "status": "requires_payment_method",
        "client_secret": f"seti_secret_{secrets.token_hex(12)}", "customer": customer,
        "description": given.get("description"), "metadata": metadata_of(given),
        "payment_method_options": {}, "payment_method_types": ways,
        "allowed_payment_method_types": ways, "usage": "off_session",
    })  # fmt: skip
    emit(world, "setup_intent.created", made)
    return made


def confirm(world: World, setup: Json, method: Json) -> Json | None:
    """Keep this payment method. Returns Stripe's error where the bank will not have it."""
    ending = world.outcomes.popleft() if world.outcomes else world.means[method["id"]].here
    setup |= {"payment_method": method["id"], "last_setup_error": None, "next_action": None}
    if ending in DECLINES:
        code, decline, message = DECLINES[ending]
        return _refused(world, setup, {"code": code, "decline_code": decline, "message": message,
                                       "payment_method": dict(method)})  # fmt: skip
    if ending == "asks":
        url = f"{world.address}/c/auth/{setup['id']}"
        setup |= {"status": "requires_action", "next_action": {
            "type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None},
        }}  # fmt: skip
        emit(world, "setup_intent.requires_action", setup)
        return None
    _keep(world, setup, method)
    return None


def authenticate(world: World, setup: Json, *, is_confirmed: bool) -> Json | None:
    """The payer answers the bank's question."""
    setup["next_action"] = None
    if is_confirmed:
        _keep(world, setup, world.objects[setup["payment_method"]])
        return None
    message = "We are unable to authenticate your payment method."
    code = "setup_intent_authentication_failure"
    return _refused(world, setup, {"code": code, "message": message})


def retrieve(world: World, request: Request) -> Json:
    """One setup intent as it is."""
    return world.find("setup_intent", request.ids["intent"], "intent")


def list_(world: World, request: Request) -> Json:
    """Setup intents, newest first."""
    given = request.given
    page = world.listed("setup_intent", given, customer=given.get("customer"),
                        payment_method=given.get("payment_method"))  # fmt: skip
    return page | {"url": "/v1/setup_intents"}


def _keep(world: World, setup: Json, method: Json) -> None:
    if method["type"] == "sepa_debit":
        setup["mandate"] = a_mandate(world, method)["id"]
    if setup["customer"]:
        attach(world, method, setup["customer"])
    setup["status"] = "succeeded"
    emit(world, "setup_intent.succeeded", setup)


def _refused(world: World, setup: Json, error: Json) -> Json:
    setup |= {"status": "requires_payment_method", "payment_method": None,
              "last_setup_error": {"type": "card_error"} | error}  # fmt: skip
    emit(world, "setup_intent.setup_failed", setup)
    return error


ROUTES = (
    Route("setup_intents.list", "GET", "/v1/setup_intents", list_, params(
        "created customer ending_before limit payment_method starting_after"
    )),
    Route("setup_intents.retrieve", "GET", "/v1/setup_intents/{intent}", retrieve),
)  # fmt: skip
