"""Disputes: a payer takes the money back through the bank, and the city may answer."""

from terminals.simulators.stripe import money
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.settings import DAY
from terminals.simulators.stripe.state import Json, World, truth

_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def open_dispute(
    world: World, charge: Json, *, reason: str = "fraudulent", amount: int | None = None,
    is_inquiry: bool = False,
) -> Json:  # fmt: skip
    """The payer's bank asks (an inquiry moves no money) or takes the money, all of it or `amount`.

    Raises Refusal (400) where nothing of the charge is left to be taken.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or left <= 0:
        raise Refusal(400, "This charge has nothing to dispute.")
    kind = charge["payment_method_details"]["type"]
    now = int(world.now())
    made = world.put("du", {
        "object": "dispute", "amount": amount or left, "balance_transactions": [],
        "charge": charge["id"], "currency": charge["currency"], "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + 7 * DAY, "enhanced_eligibility": {}, "has_evidence": False,
            "past_due": False, "submission_count": 0,
        },
        "is_charge_refundable": is_inquiry, "livemode": False, "metadata": {}, "reason": reason,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _details(charge, kind, is_inquiry=is_inquiry),
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    })  # fmt: skip
    charge["disputed"] = True
    emit(world, "charge.dispute.created", made)
    if not is_inquiry:
        _move(world, made, -1, world.settings.dispute_fees[kind])
        emit(world, "charge.dispute.funds_withdrawn", made)
    return made


def take_back(world: World, charge: Json) -> None:
    """A dispute that comes by itself; of a debit it is lost as soon as it is there.

    The charge may not have succeeded after all: then there is nothing to take.
    """
    if charge["status"] != "succeeded":
        return
    is_card = charge["payment_method_details"]["type"] == "card"
    made = open_dispute(world, charge, reason="fraudulent" if is_card else "debit_not_authorized")
    if not is_card:
        end(world, made, is_won=False)


def end(world: World, dispute: Json, *, is_won: bool) -> None:
    """The bank decides. Raises Refusal (400) where it has already."""
    if dispute["status"] not in _OPEN:
        raise Refusal(400, f"This dispute is already closed ({dispute['status']}).")
    if dispute["status"].startswith("warning"):
        dispute["status"] = "warning_closed"
    else:
        dispute["status"] = "won" if is_won else "lost"
        if is_won:
            _move(world, dispute, 1, 0)
            emit(world, "charge.dispute.funds_reinstated", dispute)
    emit(world, "charge.dispute.closed", dispute)


def retrieve(world: World, request: Request) -> Json:
    """One dispute as it is."""
    return world.find("dispute", request.ids["dispute"], "dispute")


def list_(world: World, request: Request) -> Json:
    """Disputes, newest first."""
    given = request.given
    page = world.listed("dispute", given, charge=given.get("charge"),
                        payment_intent=given.get("payment_intent"))  # fmt: skip
    return page | {"url": "/v1/disputes"}


def update(world: World, request: Request) -> Json:
    """Hand in what speaks for the city; with `submit` the bank begins to read it."""
    dispute, given = retrieve(world, request), request.given
    evidence = dict(given.get("evidence") or {})
    unknown = [name for name in evidence if name not in _EVIDENCE]
    if unknown:
        name = f"evidence[{unknown[0]}]"
        raise invalid(name, f"Received unknown parameter: {name}", "parameter_unknown")
    if dispute["status"] not in _OPEN:
        raise Refusal(400, "This dispute is already closed.")
    dispute["evidence"] |= evidence
    dispute["metadata"] |= dict(given.get("metadata") or {})
    dispute["evidence_details"]["has_evidence"] |= bool(evidence)
    if truth(given, "submit"):
        dispute["status"] = dispute["status"].replace("needs_response", "under_review")
        dispute["evidence_details"]["submission_count"] += 1
    emit(world, "charge.dispute.updated", dispute)
    return dispute


def close(world: World, request: Request) -> Json:
    """Give in: the money stays with the payer."""
    dispute = retrieve(world, request)
    end(world, dispute, is_won=False)
    return dispute


def _move(world: World, dispute: Json, sign: int, fee: int) -> None:
    category = "dispute" if sign < 0 else "dispute_reversal"
    words = "Chargeback withdrawal" if sign < 0 else "Chargeback reversal"
    made = money.transaction(
        world, "adjustment", category, source=dispute["id"], amount=sign * dispute["amount"],
        fee=fee, words=f"{words} for {dispute['charge']}",
    )  # fmt: skip
    # The dispute shows its movements whole, not by their ids.
    dispute["balance_transactions"] = [*dispute["balance_transactions"], made]


def _details(charge: Json, kind: str, *, is_inquiry: bool) -> Json | None:
    if kind == "sepa_debit":
        return None
    brand = charge["payment_method_details"][kind]["brand"]
    case = "inquiry" if is_inquiry else "chargeback"
    return {"type": "card", "card": {
        "brand": brand, "case_type": case, "network_reason_code": "10.4", "network": brand,
    }}  # fmt: skip


_ONE = "/v1/disputes/{dispute}"
ROUTES = (
    Route("disputes.list", "GET", "/v1/disputes", list_, params(
        "charge created ending_before limit payment_intent starting_after"
    )),
    Route("disputes.retrieve", "GET", _ONE, retrieve),
    Route("disputes.update", "POST", _ONE, update, params("evidence metadata submit")),
    Route("disputes.close", "POST", f"{_ONE}/close", close),
)  # fmt: skip
