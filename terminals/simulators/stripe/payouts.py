"""Payouts: what is available goes to the city's bank, and each one knows what it is made of."""

from functools import partial

from terminals.simulators.stripe import money
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World, is_within


def pay_out(world: World, *, is_all: bool = False) -> Json | None:
    """Make the automatic payout of everything available; None where that is nothing.

    is_all: what is pending or still being captured becomes available first. The amount may be
    negative: then the city's bank account is debited.
    """
    if is_all:
        money.settle(world)
    parts = [each for each in world.objects.values() if _is_due(world, each, is_all=is_all)]
    amount = sum(each["net"] for each in parts)
    if amount == 0:
        return None
    now = int(world.now())
    made = world.put("po", _blank() | {
        "amount": amount, "arrival_date": now + world.settings.arrival_seconds,
    })  # fmt: skip
    own = money.transaction(
        world, "payout", "payout", source=made["id"], amount=-amount, words="STRIPE PAYOUT"
    )
    made["balance_transaction"] = own["id"]
    for each in [*parts, own]:
        each["status"] = "available"
        world.paid_out[each["id"]] = made["id"]
    emit(world, "payout.created", made)
    world.later(world.settings.arrival_seconds, partial(_arrive, world, made))
    return made


def schedule(world: World) -> None:
    """Pay out now and again after a while, for as long as the server runs."""
    pay_out(world)
    world.later(world.settings.payout_every_seconds, partial(schedule, world))


def end(world: World, payout: Json, *, is_paid: bool) -> None:
    """The bank has it, or sends it back: even after it seemed paid. Raises Refusal (400)."""
    before = payout["status"]
    allowed = ("pending", "in_transit") if is_paid else ("pending", "in_transit", "paid")
    if before not in allowed:
        raise Refusal(400, f"This payout is {before}.")
    if is_paid:
        payout["status"] = "paid"
        payout["trace_id"] = {"status": "supported", "value": payout["id"][-12:].upper()}
        emit(world, "payout.paid", payout)
        payout["reconciliation_status"] = "completed"
        emit(world, "payout.reconciliation_completed", payout)
        return
    back = money.transaction(
        world, "payout_failure", "payout_reversal", source=payout["id"],
        amount=payout["amount"], words="STRIPE PAYOUT FAILURE",
    )  # fmt: skip
    payout |= {
        "status": "failed", "failure_code": "account_closed",
        "failure_message": "The bank account has been closed.",
        "failure_balance_transaction": back["id"],
    }  # fmt: skip
    emit(world, "payout.failed", payout)


def retrieve(world: World, request: Request) -> Json:
    """One payout as it is."""
    return world.find("payout", request.ids["payout"], "payout")


def list_(world: World, request: Request) -> Json:
    """Payouts, newest first."""
    given = request.given
    page = world.listed(
        "payout", given, status=given.get("status"), destination=given.get("destination"),
        only=lambda each: is_within(each["arrival_date"], given.get("arrival_date")),
    )  # fmt: skip
    return page | {"url": "/v1/payouts"}


def _arrive(world: World, payout: Json) -> None:
    if payout["status"] in ("pending", "in_transit"):
        end(world, payout, is_paid=True)


def _is_due(world: World, each: Json, *, is_all: bool) -> bool:
    if each["object"] != "balance_transaction" or each["id"] in world.paid_out:
        return False
    return is_all or each["status"] == "available"


def _blank() -> Json:
    empty = (
        "application_fee", "application_fee_amount", "failure_balance_transaction",
        "failure_code", "failure_message", "original_payout", "payout_method", "reversed_by",
    )  # fmt: skip
    return dict.fromkeys(empty) | {
        "object": "payout", "automatic": True, "currency": "eur", "livemode": False,
        "description": "STRIPE PAYOUT", "destination": "ba_simulated0001", "metadata": {},
        "method": "standard", "reconciliation_status": "in_progress", "source_type": "card",
        "statement_descriptor": "STRIPE SIMULATION", "status": "in_transit",
        "trace_id": {"status": "pending", "value": None}, "type": "bank_account",
    }  # fmt: skip


ROUTES = (
    Route("payouts.list", "GET", "/v1/payouts", list_, params(
        "arrival_date created destination ending_before limit starting_after status"
    )),
    Route("payouts.retrieve", "GET", "/v1/payouts/{payout}", retrieve),
)  # fmt: skip
