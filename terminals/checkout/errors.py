"""What goes wrong between a payer, the provider and us, one class each.

CheckoutError
├── ProviderDown       no answer, or one that leaves open whether it was done
├── ProviderRefused    the provider answered, and did not do it
├── KeyReused          the key of a payment came back with another wish
├── UnknownPayment     nobody began this payment
├── RefundNotPossible  more than is left, too late, or not paid at all
└── NotBooked          the books refused what the provider says has happened
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


class CheckoutError(Exception):
    """Root of everything this package refuses; its pages and jobs say what to do about it."""

    code: ClassVar[str]


@dataclass
class ProviderDown(CheckoutError):
    """Outcome unknown: the same call, with the same key, may be made again."""

    reason: str
    code = "provider_down"


@dataclass
class ProviderRefused(CheckoutError):
    """reason: the provider's own code; decline: the bank's; intent: what it is about."""

    reason: str
    decline: str | None = None
    intent: str | None = None
    code = "provider_refused"


@dataclass
class KeyReused(CheckoutError):
    """The key asked for another payment before."""

    key: UUID
    code = "payment_key_reused"


@dataclass
class UnknownPayment(CheckoutError):
    """Nobody began this payment."""

    payment: UUID
    code = "payment_unknown"


@dataclass
class RefundNotPossible(CheckoutError):
    """why: not_paid, too_much, too_late, spent, disputed, key_reused, own_request, decided,
    booked (it cannot be refused any more) or unknown."""

    why: str
    code = "online_refund_not_possible"


@dataclass
class NotBooked(CheckoutError):
    """The journal's own refusal of a fact that has happened: to be tried again, and seen."""

    reason: str
    code = "online_not_booked"


# What a page may meet when it begins a payment: nothing was charged, another way has to do.
NO_PAGE = (ProviderDown, ProviderRefused)
# What may stop it from finding out how one stands: the worker and the sweep ask again.
NOT_KNOWN_NOW = (ProviderDown, ProviderRefused, NotBooked)
