"""Taking the money of an intent online: the bank's answer, its questions, and debits that last."""

import copy
from functools import partial

from terminals.simulators.stripe import bank, disputes, session_states
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.payment_methods import attach
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.state import Json, World
from terminals.simulators.stripe.web_charges import DECLINES, a_web_charge, failed, succeeded

_DOC = "https://stripe.com/docs/error-codes/"
_SEPA_CODE = "insufficient_funds"


def confirm(world: World, intent: Json, method: Json, *, is_away: bool = False) -> Json | None:
    """Try to take the money. Returns Stripe's error where the bank said no, else None; the intent
    says how far it got. is_away: the payer is not there to be asked."""
    means = world.means[method["id"]]
    ending: str = means.away if is_away else means.here
    if world.outcomes:
        ending = world.outcomes.popleft()
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if ending != "asks":
        return _at_the_bank(world, intent, method, ending)
    if is_away:
        message = "Your card was declined. This transaction requires authentication."
        charge = a_web_charge(world, intent, method)
        failed(charge, "authentication_required", "authentication_required", message)
        return _refused(world, intent, method, charge)
    url = f"{world.address}/c/auth/{intent['id']}"
    intent |= {"status": "requires_action", "next_action": {
        "type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None},
    }}  # fmt: skip
    emit(world, "payment_intent.requires_action", intent)
    return None


def authenticate(world: World, intent: Json, *, is_confirmed: bool) -> Json | None:
    """The payer answers the bank's question. Raises Refusal (400) where none is open."""
    if intent["status"] != "requires_action":
        raise Refusal(400, "There is nothing to authenticate.",
                      code="payment_intent_unexpected_state")  # fmt: skip
    method = world.objects[intent["payment_method"]]
    intent["next_action"] = None
    if is_confirmed:
        return _at_the_bank(world, intent, method, "succeeds", is_secure=True)
    error: Json = {
        "type": "invalid_request_error", "code": "payment_intent_authentication_failure",
        "message": "We are unable to authenticate your payment method.",
        "doc_url": f"{_DOC}payment-intent-authentication-failure", "payment_method": dict(method),
    }  # fmt: skip
    _open_again(world, intent, error)
    return error


def clear(world: World, intent: Json, *, is_paid: bool) -> None:
    """The payer's bank ends a debit that was under way. Does nothing where none is."""
    if intent["status"] != "processing":
        return
    charge = world.objects[intent["latest_charge"]]
    if is_paid:
        _paid(world, intent, charge)
    else:
        failed(charge, _SEPA_CODE, "", "The customer's account has insufficient funds.")
        _refused(world, intent, world.objects[intent["payment_method"]], charge)
    session_states.debited(world, intent, is_paid=is_paid)


def as_error(intent: Json, error: Json) -> Refusal:
    """What a call hears whose payment the bank refused (402); the intent is in it."""
    shown = {name: error[name] for name in ("decline_code", "charge", "payment_method")
             if name in error}  # fmt: skip
    return Refusal(402, error["message"], code=error["code"], kind="card_error",
                   more=copy.deepcopy(shown | {"payment_intent": intent}))  # fmt: skip


def _at_the_bank(
    world: World, intent: Json, method: Json, ending: str, *, is_secure: bool = False
) -> Json | None:
    charge = a_web_charge(world, intent, method, is_secure=is_secure)
    if ending in DECLINES:
        failed(charge, *DECLINES[ending])
        return _refused(world, intent, method, charge)
    intent["latest_charge"] = charge["id"]
    if intent["customer"] and intent["setup_future_usage"]:
        attach(world, method, intent["customer"])
    seconds = 0
    if method["type"] == "card":
        _paid(world, intent, charge)
    else:
        intent["status"] = "processing"
        emit(world, "charge.pending", charge)
        emit(world, "payment_intent.processing", intent)
        seconds = world.settings.sepa_seconds
        world.later(seconds, partial(clear, world, intent, is_paid=ending != "fails_later"))
    if ending == "disputed":
        world.later(seconds, partial(disputes.take_back, world, charge))
    return None


def _paid(world: World, intent: Json, charge: Json) -> None:
    succeeded(charge)
    emit(world, "charge.succeeded", charge)
    bank.received(world, intent, intent["amount"])


def _refused(world: World, intent: Json, method: Json, charge: Json) -> Json:
    code = charge["failure_code"]
    error: Json = {
        "type": "card_error", "code": code, "message": charge["failure_message"],
        "charge": charge["id"], "doc_url": f"{_DOC}{code}", "payment_method": dict(method),
    }  # fmt: skip
    if charge["outcome"]["reason"]:
        error["decline_code"] = charge["outcome"]["reason"]
    intent["latest_charge"] = charge["id"]
    emit(world, "charge.failed", charge)
    _open_again(world, intent, error)
    return error


def _open_again(world: World, intent: Json, error: Json) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None,
               "last_payment_error": error}  # fmt: skip
    emit(world, "payment_intent.payment_failed", intent)
