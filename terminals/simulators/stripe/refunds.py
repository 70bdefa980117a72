"""Refunds: money that goes back, never more than was taken, and that may come back after all."""

from functools import partial

from terminals.simulators.stripe import money
from terminals.simulators.stripe.customers import metadata_of
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World, whole

_LOST_CARD = "lost_or_stolen_card"
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(world: World, request: Request) -> Json:
    """Give back all of a payment, or `amount` of it."""
    given = request.given
    charge = _charge_of(world, given)
    reason = given.get("reason")
    if reason is not None and reason not in _REASONS:
        raise invalid("reason", f"Invalid reason: {reason}")
    _check_disputes(world, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise Refusal(400, f"Charge {charge['id']} has already been refunded.",
                      code="charge_already_refunded")  # fmt: skip
    amount = whole(given, "amount", left)
    if not 0 < amount <= left:
        raise invalid("amount", f"Refund amount ({amount}) is greater than unrefunded amount"
                      f" on charge ({left}).", "amount_too_large")  # fmt: skip
    return _refund(world, charge, amount, given)


def retrieve(world: World, request: Request) -> Json:
    """One refund as it is."""
    return world.find("refund", request.ids["refund"], "refund")


def list_(world: World, request: Request) -> Json:
    """Refunds, newest first."""
    given = request.given
    page = world.listed(
        "refund", given, payment_intent=given.get("payment_intent"), charge=given.get("charge")
    )
    return page | {"url": "/v1/refunds"}


def of_charge(world: World, charge: Json) -> Json:
    """All refunds of a charge, newest first, as Stripe's list."""
    data = [each for each in reversed(world.objects.values())
            if each["object"] == "refund" and each["charge"] == charge["id"]]  # fmt: skip
    url = f"/v1/charges/{charge['id']}/refunds"
    return {"object": "list", "has_more": False, "url": url, "data": data}


def _charge_of(world: World, given: Json) -> Json:
    if given.get("charge"):
        return world.find("charge", given["charge"], "charge")
    if not given.get("payment_intent"):
        raise invalid("payment_intent", "One of charge or payment_intent is required.",
                      "parameter_missing")  # fmt: skip
    intent = world.find("payment_intent", given["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refusal(400, f"This PaymentIntent ({intent['id']}) does not have a successful charge"
                      " to refund.", code="payment_intent_unexpected_state")  # fmt: skip
    return world.objects[intent["latest_charge"]]


def _refund(world: World, charge: Json, amount: int, given: Json) -> Json:
    metadata = metadata_of(given)
    status = _how_it_ends(world, charge)
    made = world.put("re", {
        "object": "refund", "amount": amount, "balance_transaction": None,
        "charge": charge["id"], "currency": charge["currency"], "customer": charge["customer"],
        "customer_account": None, "metadata": metadata, "payment_method": None,
        "payment_intent": charge["payment_intent"], "reason": given.get("reason"),
        "receipt_number": None, "source_transfer_reversal": None, "status": status,
        "transfer_reversal": None,
    })  # fmt: skip
    if charge["payment_method_details"]["type"] != "sepa_debit":
        made["destination_details"] = {"card": {"type": "refund"}, "type": "card"}
    if status == "failed":
        made["failure_reason"] = _LOST_CARD
        emit(world, "refund.created", made)
        emit(world, "refund.failed", made)
        return made
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.book("refund", world.objects[charge["payment_intent"]], amount, metadata)
    if status == "pending":
        made["pending_reason"] = "insufficient_funds"
    else:
        made["status"] = "succeeded"
        _book(world, made, charge)
    emit(world, "refund.created", made)
    emit(world, "charge.refunded", charge)
    if status == "fails_later":
        world.later(world.settings.refund_fails_seconds, partial(_fail_late, world, made))
    return made


def clear(world: World, refund: Json) -> None:
    """What was pending is through. Raises Refusal (400) where it was not."""
    if refund["status"] != "pending":
        raise Refusal(400, f"This refund is {refund['status']}.")
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    _book(world, refund, world.objects[refund["charge"]])
    _changed(world, refund, "pending")


def fail(world: World, refund: Json) -> None:
    """The money comes back, though the refund had seemed to succeed: the card is closed.

    Raises Refusal (400) where it failed before.
    """
    before = refund["status"]
    if before not in ("succeeded", "pending"):
        raise Refusal(400, f"This refund is {before}.")
    charge = world.objects[refund["charge"]]
    refund |= {"status": "failed", "failure_reason": _LOST_CARD}
    refund.pop("pending_reason", None)
    if before == "succeeded":
        made = money.transaction(
            world, "refund_failure", "refund_failure", source=refund["id"],
            amount=refund["amount"], words="REFUND FAILURE",
        )  # fmt: skip
        refund["failure_balance_transaction"] = made["id"]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    intent = world.objects[refund["payment_intent"]]
    world.book("refund_failure", intent, refund["amount"], refund["metadata"])
    _changed(world, refund, before)
    emit(world, "refund.failed", refund)


def _fail_late(world: World, refund: Json) -> None:
    if refund["status"] == "succeeded":
        fail(world, refund)


def _how_it_ends(world: World, charge: Json) -> str:
    if world.refund_states:
        return world.refund_states.popleft()
    means = world.means.get(charge["payment_method"])
    return means.refund if means else "succeeded"


def _book(world: World, refund: Json, charge: Json) -> None:
    made = money.transaction(
        world, money.kind_of(charge, "refund"), "refund", source=refund["id"],
        amount=-refund["amount"], words=f"REFUND FOR CHARGE ({charge['id']})",
    )  # fmt: skip
    refund["balance_transaction"] = made["id"]


def _changed(world: World, refund: Json, before: str) -> None:
    emit(world, "refund.updated", refund, {"status": before})
    emit(world, "charge.refund.updated", refund, {"status": before})


def _check_disputes(world: World, charge: Json) -> None:
    shut = ("needs_response", "under_review", "lost")
    for each in world.objects.values():
        is_ours = each["object"] == "dispute" and each["charge"] == charge["id"]
        if is_ours and each["status"] in shut:
            raise Refusal(400, f"Charge {charge['id']} has been charged back; cannot issue a"
                          " refund.", code="charge_disputed")  # fmt: skip


ROUTES = (
    Route("refunds.create", "POST", "/v1/refunds", create, params(
        "amount charge metadata payment_intent reason"
    )),
    Route("refunds.list", "GET", "/v1/refunds", list_, params(
        "charge created ending_before limit payment_intent starting_after"
    )),
    Route("refunds.retrieve", "GET", "/v1/refunds/{refund}", retrieve),
)  # fmt: skip
