"""What becomes of a checkout session: complete, expired, or paid long after it was complete."""

from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.state import Json, World


def complete(world: World, session: Json, method: Json) -> None:
    """The payer is through; paid is it only where the money is there already."""
    intent = world.objects.get(session["payment_intent"] or "")
    is_paid = intent is not None and intent["status"] == "succeeded"
    given = method["billing_details"]
    session |= {
        "status": "complete", "url": None,
        "payment_status": "paid" if is_paid else "unpaid" if intent else "no_payment_required",
        "customer_details": {
            "address": given["address"], "email": given["email"], "name": given["name"],
            "phone": None, "tax_exempt": "none", "tax_ids": [], "business_name": None,
            "individual_name": None,
        },
    }  # fmt: skip
    emit(world, "checkout.session.completed", session)


def expire(world: World, session: Json) -> None:
    """Nobody can pay it any more. Raises Refusal (400) where it is not open."""
    if session["status"] != "open":
        raise Refusal(400, "Only Checkout Sessions with a status in [\"open\"] can be expired."
                      f" This Checkout Session has a status of {session['status']}.")  # fmt: skip
    session |= {"status": "expired", "url": None}
    emit(world, "checkout.session.expired", session)
    intent = world.objects.get(session["payment_intent"] or "")
    if intent is not None and intent["status"] not in ("succeeded", "canceled", "processing"):
        intent |= {"status": "canceled", "canceled_at": int(world.now()), "next_action": None,
                   "cancellation_reason": "automatic"}  # fmt: skip
        emit(world, "payment_intent.canceled", intent)


def run_out(world: World, session: Json) -> None:
    """Its time is over; what was complete or expired before stays as it is."""
    if session["status"] == "open":
        expire(world, session)


def debited(world: World, intent: Json, *, is_paid: bool) -> None:
    """A debit that was under way when the session was complete has ended."""
    session = of(world, intent["id"])
    if session is None:
        return
    if is_paid:
        session["payment_status"] = "paid"
    ending = "succeeded" if is_paid else "failed"
    emit(world, f"checkout.session.async_payment_{ending}", session)


def of(world: World, id_: str) -> Json | None:
    """The session to which this payment or setup intent belongs."""
    for each in world.objects.values():
        if each["object"] == "checkout.session" and id_ in (
            each["payment_intent"], each["setup_intent"],
        ):  # fmt: skip
            return each
    return None
