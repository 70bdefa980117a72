"""What the guest's bank says, and what that makes of the intent."""

from terminals.simulators.stripe import money
from terminals.simulators.stripe.charges import a_charge
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.state import Json, Run, World


def approve(world: World, intent: Json, run: Run, reader: Json) -> None:
    """The bank said yes: the intent is paid, or reserved where it is captured by hand."""
    is_manual = intent["capture_method"] == "manual"
    charge = a_charge(world, intent, run, reader)
    charge |= {"captured": not is_manual, "amount_captured": 0 if is_manual else intent["amount"]}
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"],
               "last_payment_error": None}  # fmt: skip
    emit(world, "charge.succeeded", charge)
    if is_manual:
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        emit(world, "payment_intent.amount_capturable_updated", intent)
        return
    received(world, intent, intent["amount"])


def decline(world: World, intent: Json, run: Run, reader: Json) -> Json:
    """The bank said no: the intent waits for another card. Returns the error as Stripe shows it."""
    charge = a_charge(world, intent, run, reader)
    assert run.card is not None
    error = {
        "type": "card_error", "code": run.card.code, "message": "Your card was declined.",
        "charge": charge["id"], "decline_code": run.card.decline,
        "doc_url": f"https://stripe.com/docs/error-codes/{run.card.code}",
    }  # fmt: skip
    intent |= {"status": "requires_payment_method", "latest_charge": charge["id"],
               "last_payment_error": error}  # fmt: skip
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", intent)
    return error


def received(world: World, intent: Json, amount: int) -> None:
    """The money is there."""
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    world.book("charge", intent, amount, intent["metadata"])
    money.charged(world, world.objects[intent["latest_charge"]], intent["capture_method"])
    emit(world, "payment_intent.succeeded", intent)
