"""One look at a payment: what the provider knows of it now, and the state that follows.

No message is believed and no order of messages matters: whoever asks looks at the whole.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from terminals.checkout.asked import CURRENCY
from terminals.checkout.provider import Json, Provider, id_of


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a payment: its page, its intent with the newest charge and what that
    cost, and whatever took the money away again. method: a way to pay that may be kept."""

    page: Json | None = None
    intent: Json | None = None
    refunds: tuple[Json, ...] = ()
    disputes: tuple[Json, ...] = ()
    method: Json | None = None

    @property
    def charge(self) -> Json:
        """The newest charge; empty where there was none."""
        charge = (self.intent or {}).get("latest_charge")
        return charge if isinstance(charge, dict) else {}

    @property
    def cost(self) -> Json | None:
        """The charge's balance transaction, once the provider has made it."""
        cost = self.charge.get("balance_transaction")
        return cost if isinstance(cost, dict) else None

    @property
    def way(self) -> str | None:
        """How it was paid, in the provider's word."""
        kind = (self.charge.get("payment_method_details") or {}).get("type")
        return None if kind is None else str(kind)

    @property
    def received_cents(self) -> int | None:
        """What has been paid, in euro cents; None for another currency."""
        intent = self.intent or {}
        if intent.get("currency") != CURRENCY:
            return None
        return int(intent.get("amount_received") or 0)

    def is_as_wanted(self, cents: int) -> bool:
        """Whether what was paid is what we asked for, on the page and in the intent."""
        if self.page is not None:
            asked = (self.page.get("amount_total"), self.page.get("currency"))
            if asked != (cents, CURRENCY):
                return False
        return self.received_cents == cents


def look(provider: Provider, row: Row[Any]) -> Look:
    """Fetch everything about the payment of this row. Raises ProviderDown and ProviderRefused."""
    page = provider.session(row.session) if row.session is not None else None
    intent = page.get("payment_intent") if page is not None else None
    if isinstance(intent, str) or intent is None:
        id_ = intent or row.intent
        intent = provider.intent(id_) if id_ is not None else None
    if intent is None or intent["status"] != "succeeded":
        return Look(page, intent)
    return Look(
        page, intent, tuple(provider.refunds_of(intent["id"])),
        tuple(provider.disputes_of(intent["id"])), _kept(provider, row, intent),
    )  # fmt: skip


def state_of(row: Row[Any], seen: Look) -> tuple[str, str | None]:
    """The state the provider's objects tell, and the newest reason it gives for no payment."""
    page, intent = seen.page or {}, seen.intent or {}
    status, reason = intent.get("status"), _reason(intent)
    is_over = page.get("status") == "complete" or row.kind == "saved"
    match status:
        case "succeeded":
            state = "paid"
        case "processing":
            state = "processing"
        case "canceled" if page.get("status") != "expired":
            state, reason = "cancelled", reason or intent.get("cancellation_reason")
        case _ if page.get("status") == "expired":
            state = "expired"
        case str() if is_over:
            state, reason = "failed", reason or status
        case _:
            state = "open" if row.state == "begun" and page else row.state
    return state, None if state == "paid" else reason


def _reason(intent: Json) -> str | None:
    error = intent.get("last_payment_error") or {}
    found = error.get("decline_code") or error.get("code")
    failed = intent.get("latest_charge")
    if found is None and isinstance(failed, dict):
        found = failed.get("failure_code")
    return None if found is None else str(found)


def _kept(provider: Provider, row: Row[Any], intent: Json) -> Json | None:
    method = id_of(intent.get("payment_method"))
    is_news = row.keeps_way and row.state != "paid"
    return provider.method(method) if is_news and method is not None else None
