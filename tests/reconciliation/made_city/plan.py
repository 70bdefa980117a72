"""Which fault happens on which day, and how many of each."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

ONLINE = {
    "PARTIAL_CAPTURE", "CURRENCY_MISMATCH", "SPLIT_PAYMENT", "COMBINED_PAYMENT",
    "REFUND_MISSING_IN_LEDGER", "REFUND_MISSING_AT_PSP",
}  # fmt: skip
AT_TERMINAL = {"REVERSED_AT_PSP", "UNKNOWN_TERMINAL", "TERMINAL_COUNTER_GAP", "LATE_ARRIVAL"}
EITHER = {
    "AMOUNT_DIFF", "MISSING_AT_PSP", "MISSING_IN_LEDGER", "DUPLICATE_CHARGE", "DUPLICATE_LEDGER",
    "DUPLICATE_PSP_LINE", "WRONG_DAY", "CHARGEBACK", "CHARGEBACK_REVERSED", "FEE_MISMATCH",
    "REF_DIGIT_SWAP", "REF_MISSING",
}  # fmt: skip
CHARGES = tuple(sorted(ONLINE | AT_TERMINAL | EITHER))
# Days at the end on which a fault of this class could not be told from being early.
MARGINS = {
    "LATE_ARRIVAL": 3, "WRONG_DAY": 4, "CHARGEBACK": 4, "CHARGEBACK_REVERSED": 6,
    "TRANSFER_MISSING": 16, "DEPOSIT_DIFF": 10, "DEPOSIT_MISSING": 10,
}  # fmt: skip
CONTROLS = ("CTRL_REVERSED_BOTH", "CTRL_TWIN", "CTRL_MIDNIGHT", "CTRL_LOCAL_MIDNIGHT")
PAYOUTS = (
    "BATCH_SPLIT",
    "PAYOUT_AMOUNT_DIFF",
    "PAYOUT_LATE",
    "PAYOUT_MERGED",
    "PAYOUT_MISSING_AT_BANK",
    "PAYOUT_RETURNED",
)
BATCHES = ("FILE_MISSING", "FILE_REDELIVERED", "FILE_CORRECTED", "PAYOUT_SUM_MISMATCH")
CLOSES = ("EOD_SUM_MISMATCH", "EOD_MISSING")
CASH = ("CASH_SHORT", "CASH_OVER", "DEPOSIT_DIFF", "DEPOSIT_MISSING")
TRANSFERS = (
    "NAME_ONLY_TRANSFER",
    "TRANSFER_REF_TYPO",
    "TRANSFER_COMBINED",
    "TRANSFER_UNDERPAID",
    "TRANSFER_OVERPAID",
    "TRANSFER_MISSING",
)
STATEMENTS = ("STATEMENT_MISSING", "STATEMENT_OVERLAP")


@dataclass(slots=True)
class Plan:
    """Faults of charges, batches, closes, tills and claims by day, of all others by number."""

    by_day: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    batches: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    closes: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    others: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)


def make_plan(rng: Random, *, days: int, n: int, faults: float) -> Plan:
    """About `faults` times `n` faulty payments over all classes, at least a few of each.

    `faults` 0: none, only what looks odd and is right.
    """
    plan = Plan()
    for name in CONTROLS:
        _spread(rng, plan.by_day, name, days, max(2, n // 700))
    if not faults:
        return plan
    usual = max(3, round(n * faults / 40))
    for name in CHARGES:
        _spread(rng, plan.by_day, name, days - MARGINS.get(name, 1), _about(rng, usual))
    for name in BATCHES:
        _spread(rng, plan.batches, name, days - 5, max(1, _about(rng, usual) // 2))
    for name in CLOSES:
        _spread(rng, plan.closes, name, days - 3, max(1, _about(rng, usual) // 2))
    for name in (*CASH, *TRANSFERS):
        _spread(rng, plan.others, name, days - MARGINS.get(name, 6), _about(rng, usual))
    plan.counts["UNKNOWN_CREDIT"] = _about(rng, usual)
    for name in PAYOUTS:
        plan.counts[name] = max(1, min(12, _about(rng, usual) // 3))
    for name in STATEMENTS:
        plan.counts[name] = 1 if days < 20 else rng.choice((1, 1, 2))
    _crowd(rng, plan, days)
    return plan


def _about(rng: Random, usual: int) -> int:
    """Around `usual`, at least one."""
    return max(1, rng.randrange(usual // 2, usual + usual // 2 + 1))


def _spread(rng: Random, where: dict[int, list[str]], name: str, days: int, *counts: int) -> None:
    for _ in range(sum(counts)):
        where[rng.randrange(max(2, days))].append(name)


def _crowd(rng: Random, plan: Plan, days: int) -> None:
    """Move several faults onto one day: they meet at the same office and terminal."""
    if days < 12:
        return
    meeting = rng.randrange(2, days - 7)
    for name in rng.sample(CHARGES, 6):
        for faults in plan.by_day.values():
            if name in faults:
                faults.remove(name)
                plan.by_day[meeting].append(name)
                break
