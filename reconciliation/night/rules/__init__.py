"""Rules that explain bank lines by exact keys, in the order in which they take turns.

Each module has one family of them. A line that no rule explains is booked as unclear money when
it is a plain credit, and otherwise waits as a difference: nothing is guessed.
"""

from reconciliation.night.rules import (
    acquirer_batch,
    bank_fee,
    claim_reference,
    payment_order,
    payouts,
    safebag,
    terminal_batch,
    unclear,
    wallet_reference,
)
from reconciliation.night.rules.booking import explain_lines
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.payouts import book_payouts, provider_control

# Exact keys first; what is left and names nothing of ours is unclear money.
RULES = (
    *payouts.RULES,
    payment_order.SINGLE,
    payment_order.BATCH,
    wallet_reference.RULE,
    claim_reference.RULE,
    acquirer_batch.RULE,
    terminal_batch.BY_DAY,
    terminal_batch.BY_AMOUNT,
    safebag.RULE,
    bank_fee.RULE,
    unclear.RULE,
)

__all__ = [
    "RULES", "Explanation", "LineRule", "book_payouts", "explain_lines", "provider_control",
]  # fmt: skip
