"""What a movement of Stripe's balance is to us, by Stripe's `reporting_category`.

Nothing is ever left out: what is not listed here is kept as "other", and a person hears of it.
"""

from collections.abc import Mapping
from types import MappingProxyType

OWN = ("payout", "payout_cancel", "payout_failure")  # types of a payout's own movements

RECORD_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "charge": "charge",
        "refund": "refund",
        "dispute": "chargeback",
        "dispute_reversal": "chargeback_reversal",
        "fee": "fee",
        "network_cost": "fee",
        "tax": "fee",
    }
)

# Kept as "other", and yet booked by itself: refunds that failed where refunds are booked, payouts
# that failed with the payout.
BOOKED_ELSEWHERE = frozenset({"refund_failure", "payout_reversal"})


def record_type_of(category: str) -> str:
    """The kind of record this category is; "other" for all that has no kind of its own."""
    return RECORD_TYPES.get(category, "other")
