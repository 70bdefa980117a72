"""What a simulated Stripe charges, and how long things take there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Fee:
    """The price of one payment: so many of 10,000 of the amount, and a fixed part in cents."""

    per_myriad: int
    fixed_cents: int

    def of(self, amount_cents: int) -> int:
        """The fee in whole cents, half a cent rounded up."""
        return (amount_cents * self.per_myriad + 5_000) // 10_000 + self.fixed_cents


def _fees() -> Mapping[str, Fee]:
    return {"card": Fee(150, 25), "card_present": Fee(140, 10), "sepa_debit": Fee(0, 35)}


@dataclass(frozen=True, slots=True)
class Settings:
    """The delays are in seconds of the simulator's clock; the defaults wait as long as Stripe.

    merchant: to whom the payer pays, as the payment page says it. fees, dispute_fees: by the type
    of the payment method. fee_known: until an asynchronously captured charge has its balance
    transaction. refund_fails: until a refund fails that is to fail late. sepa: until a debit is
    through. available: until money may be paid out. arrival: until a payout is at the bank.
    is_paying_out: make a payout by itself, every `payout_every`. retry: the waits between tries
    of a webhook.
    """

    merchant: str = "Stadt Aachen"
    fees: Mapping[str, Fee] = field(default_factory=_fees)
    dispute_fees: Mapping[str, int] = field(
        default_factory=lambda: {"card": 2_000, "card_present": 2_000, "sepa_debit": 750}
    )
    fee_known_seconds: int = 60
    refund_fails_seconds: int = 5 * DAY
    sepa_seconds: int = 3 * DAY
    available_seconds: int = 2 * DAY
    arrival_seconds: int = DAY
    payout_every_seconds: int = DAY
    is_paying_out: bool = False
    retry_seconds: tuple[float, ...] = (1, 5, 30, 300, 3_600)
    webhook_timeout_seconds: float = 10


# For a person who watches: everything comes while the page is still open.
BRISK = Settings(
    fee_known_seconds=2, refund_fails_seconds=30, sepa_seconds=30, available_seconds=5,
    arrival_seconds=10,
    retry_seconds=(1, 2, 5, 15, 60, 300),
)  # fmt: skip
