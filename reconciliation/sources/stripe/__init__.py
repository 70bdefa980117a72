"""Stripe as a source: what moved on our balance there, and what was paid out of it.

Not a kind of file but an account that is asked, through Stripe's own SDK: `sweep_provider` reads,
`provider_line` and `payout` keep. What of it is booked is the night's business.
"""

from reconciliation.sources.stripe.keeping import ProviderBalance, last_balance
from reconciliation.sources.stripe.sweep import SweepResult, sweep_provider

__all__ = ["ProviderBalance", "SweepResult", "last_balance", "sweep_provider"]
