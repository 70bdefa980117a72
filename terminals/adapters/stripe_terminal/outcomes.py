"""Stripe's states and codes in the words of the contract."""

from collections.abc import Mapping
from typing import Any

from terminals.adapters import Aborted, Approved, Declined
from terminals.adapters.stripe_terminal.evidence import of_payment

# Who ended it is kept in the intent itself, so that it is known after a crash too.
REASON_OF = {"guest": "requested_by_customer", "cashier": "abandoned"}
_BY = {reason: by for by, reason in REASON_OF.items()}

GUEST_CANCELED = frozenset({"customer_canceled", "customer_cancelled"})

# https://docs.stripe.com/declines/codes; a code that is not here is the bank's own affair.
_DECLINES = {
    "expired_card": "card_expired", "lost_card": "card_blocked", "stolen_card": "card_blocked",
    "pickup_card": "card_blocked", "restricted_card": "card_blocked", "fraudulent": "card_blocked",
    "incorrect_pin": "wrong_pin", "invalid_pin": "wrong_pin",
    "offline_pin_required": "wrong_pin", "online_or_offline_pin_required": "wrong_pin",
    "pin_try_exceeded": "pin_tries", "card_not_supported": "card_not_accepted",
    "currency_not_supported": "card_not_accepted", "testmode_decline": "card_not_accepted",
    "invalid_amount": "amount", "card_velocity_exceeded": "amount",
    "withdrawal_count_limit_exceeded": "amount", "processing_error": "no_connection",
    "issuer_not_available": "no_connection", "card_read_error": "card_unreadable",
}  # fmt: skip


def of_intent(intent: Mapping[str, Any], reader: str) -> Approved | Aborted | None:
    """How an intent ended; None while it may still go either way."""
    match intent.get("status"):
        case "succeeded":
            return Approved(of_payment(intent, reader))
        case "canceled":
            return Aborted(_BY.get(str(intent.get("cancellation_reason")), "time"))
    return None


def of_decline(error: Mapping[str, Any]) -> Declined:
    """Why a card was not taken, from an error of Stripe's."""
    code = str(error.get("decline_code") or error.get("code") or "")
    return Declined(_DECLINES.get(code, "bank"), code)


def of_failed_action(action: Mapping[str, Any], intent: Mapping[str, Any]) -> Declined | Aborted:
    """Why the reader gave up, while its intent is still unpaid."""
    code = str(action.get("failure_code") or "")
    if code in GUEST_CANCELED:
        return Aborted("guest", code)
    # Old readers leave api_error empty; the intent keeps the bank's word in any case.
    for error in (action.get("api_error"), intent.get("last_payment_error")):
        if error and error.get("type") == "card_error":
            return of_decline(error)
    reason = _DECLINES.get(code, "bank" if code == "card_declined" else "device")
    return Declined(reason, code)
