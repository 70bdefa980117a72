"""What can be done around online payments: how they end, and what becomes of the money later."""

from collections.abc import Callable, Mapping
from typing import get_args

from terminals.simulators.stripe.means import Ending
from terminals.simulators.stripe.online import Online
from terminals.simulators.stripe.refusals import invalid
from terminals.simulators.stripe.state import Json, World, required, whole

ENDINGS: tuple[Ending, ...] = get_args(Ending)
REFUNDS = ("succeeded", "pending", "failed", "fails_later")


def _next_payment(world: World, given: Json) -> None:
    ending = required(given, "ending")
    if ending not in ENDINGS:
        raise invalid("ending", f"One of {', '.join(ENDINGS)}.")
    world.outcomes.append(ending)


def _next_refund(world: World, given: Json) -> None:
    state = required(given, "state")
    if state not in REFUNDS:
        raise invalid("state", f"One of {', '.join(REFUNDS)}.")
    world.refund_states.append(state)


def _debit(world: World, given: Json) -> None:
    Online(world).clear_debit(required(given, "intent"), is_paid=_is_yes(given))


def _bank(world: World, given: Json) -> None:
    Online(world).answer_bank(required(given, "intent"), is_confirmed=_is_yes(given))


def _dispute(world: World, given: Json) -> None:
    amount = whole(given, "amount") if given.get("amount") else None
    is_inquiry = given.get("is_inquiry") == "yes"
    Online(world).dispute(required(given, "intent"), amount=amount, is_inquiry=is_inquiry)


def _refund(world: World, given: Json) -> None:
    amount = whole(given, "amount") if given.get("amount") else None
    Online(world).refund_elsewhere(required(given, "intent"), amount)


def _payout(world: World, given: Json) -> None:
    Online(world).payout(is_all=given.get("is_all", "yes") == "yes")


ACTIONS: Mapping[str, Callable[[World, Json], object]] = {
    "next_payment": _next_payment,
    "next_refund": _next_refund,
    "debit": _debit,
    "bank": _bank,
    "dispute": _dispute,
    "refund": _refund,
    "payout": _payout,
    "end_dispute": lambda world, given: Online(world).end_dispute(
        required(given, "dispute"), is_won=_is_yes(given)
    ),
    "clear_refund": lambda world, given: Online(world).clear_refund(required(given, "refund")),
    "fail_refund": lambda world, given: Online(world).fail_refund(required(given, "refund")),
    "end_payout": lambda world, given: Online(world).end_payout(
        required(given, "payout"), is_paid=_is_yes(given)
    ),
    "settle": lambda world, _: Online(world).settle(),
    "advance": lambda world, given: Online(world).advance(whole(given, "seconds")),
}


def _is_yes(given: Json) -> bool:
    return str(given.get("is", "yes")) == "yes"
