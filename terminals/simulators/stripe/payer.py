"""The payer at the payment page: chooses what to pay with, and answers when the bank asks."""

from terminals.simulators.stripe import paying, payment_intents, session_states, setup_intents
from terminals.simulators.stripe.customers import a_customer
from terminals.simulators.stripe.means import MEANS
from terminals.simulators.stripe.payment_methods import a_method
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.state import Json, World

NOBODY = {"email": "payer@example.com", "name": "Erika Muster"}


def pay(world: World, session: Json, name: str, billing: Json) -> str:
    """Press the button with the means of this name; returns the address of what comes next.

    billing: `email` and `name` as the payer typed them. Raises Refusal (400) where the session is
    not open any more, or does not take this.
    """
    if session["status"] != "open":
        raise Refusal(400, f"This session is {session['status']}.", code="session_not_open")
    if name not in MEANS or MEANS[name].kind not in session["payment_method_types"]:
        raise invalid("means", "This cannot be used here.")
    customer = _customer(world, session, billing)
    known = world.objects.get(customer or "", {})
    email = session["customer_email"] or known.get("email") or billing.get("email")
    method = a_method(world, name, {"email": email, "name": billing.get("name")})
    if session["mode"] == "setup":
        intent = world.objects[session["setup_intent"]]
        intent["customer"] = customer
        error = setup_intents.confirm(world, intent, method)
    else:
        intent = _intent(world, session, customer)
        error = paying.confirm(world, intent, method)
    return _next(world, session, intent, error)


def answer(world: World, intent: Json, *, is_confirmed: bool) -> str:
    """Say yes or no to the bank; returns the address of what comes next. Raises Refusal (400)
    where the bank does not ask."""
    if intent["status"] != "requires_action":
        raise Refusal(400, "The bank does not ask.", code="payment_intent_unexpected_state")
    is_setup = intent["object"] == "setup_intent"
    act = setup_intents.authenticate if is_setup else paying.authenticate
    error = act(world, intent, is_confirmed=is_confirmed)
    session = session_states.of(world, intent["id"])
    if session is not None:
        return _next(world, session, intent, error)
    outcome = "failed" if error else "succeeded"
    back = world.returns.get(intent["id"], f"{world.address}/_sim/online")
    joint = "&" if "?" in back else "?"
    return f"{back}{joint}payment_intent={intent['id']}&redirect_status={outcome}"


def success_url(session: Json) -> str:
    """Where the payer goes after paying."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _customer(world: World, session: Json, billing: Json) -> str | None:
    if session["customer"] is None and session["customer_creation"] == "always":
        email = session["customer_email"] or billing.get("email")
        made = a_customer(world, {"email": email, "name": billing.get("name")})
        session["customer"] = made["id"]
    customer: str | None = session["customer"]
    return customer


def _intent(world: World, session: Json, customer: str | None) -> Json:
    if session["payment_intent"] is None:
        made = payment_intents.an_intent(world, world.intent_data[session["id"]] | {
            "amount": session["amount_total"], "currency": session["currency"],
            "customer": customer, "allowed_payment_method_types": session["payment_method_types"],
        })  # fmt: skip
        session["payment_intent"] = made["id"]
    return world.objects[session["payment_intent"]]


def _next(world: World, session: Json, intent: Json, error: Json | None) -> str:
    if error is not None:
        return f"{world.address}/c/pay/{session['id']}?again=1"
    if intent["status"] == "requires_action":
        return f"{world.address}/c/auth/{intent['id']}"
    session_states.complete(world, session, world.objects[intent["payment_method"]])
    return success_url(session)
