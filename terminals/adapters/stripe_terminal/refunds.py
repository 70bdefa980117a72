"""Money back to a card: Stripe needs neither the card nor the reader for it.

A reversal is a refund of the whole payment. Stripe answers "pending" where the account's balance
is short: it has taken the order on and carries it out by itself, so it counts as done; that a
refund can fail days later is the reconciliation's to notice.
"""

from datetime import UTC, datetime, timedelta

from terminals.adapters import Aborted, Approved, Declined, Evidence, News, Order, Unknown, Verdict
from terminals.adapters.stripe_terminal.calls import Calls, Json, Refused, Trouble
from terminals.adapters.stripe_terminal.evidence import of_refund

_TRIES = 2
# A request that was cut off reaches Stripe within its time-outs, or never.
_IN_FLIGHT = timedelta(minutes=2)
_REASONS = {"charge_already_refunded": "amount", "amount_too_large": "amount"}


def give_back(calls: Calls, order: Order) -> Verdict:
    """Refund what the order says, once, however often it is asked."""
    if order.original is None:
        return Declined("device", "original_missing")
    calls.recorder.saw(News("reversing"))
    trouble = ""
    for _ in range(_TRIES):
        try:
            refund = calls.refund(order, order.original.number, order.amount_cents)
        except Refused as refused:
            return Declined(_REASONS.get(refused.code, "device"), refused.code)
        except Trouble as heard:
            trouble = heard.code
        else:
            return _verdict(calls, refund, order.original)
    return Unknown("unreachable", trouble)


def find(calls: Calls, order: Order) -> Verdict:
    """What became of a refund. It is looked up, never asked for again."""
    if order.original is None:
        return Aborted("time", "original_missing")
    try:
        calls.intent(order.original.number)  # the key must be to the account that was paid
        made = list(calls.refunds_of(order.original.number))
    except Trouble as trouble:
        return Unknown("unreachable", trouble.code)
    except Refused as refused:
        return Unknown("cannot_say", refused.code)
    ours = [each for each in made if (each.get("metadata") or {}).get("order") == str(order.key)]
    if ours:
        return _verdict(calls, ours[0], order.original)
    is_settled = datetime.now(UTC) - order.started_at > _IN_FLIGHT
    return Aborted("time", "no_refund") if is_settled else Unknown("busy")


def _verdict(calls: Calls, refund: Json, paid: Evidence) -> Verdict:
    match refund.get("status"):
        case "succeeded" | "pending":
            evidence = of_refund(refund, paid)
            calls.recorder.claims(evidence)
            return Approved(evidence)
        case "failed" | "canceled":
            return Declined("bank", str(refund.get("failure_reason") or refund["status"]))
    return Unknown("cannot_say", str(refund.get("status")))
