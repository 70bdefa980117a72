"""Payouts the bank took back after it had credited them."""

from typing import Any

from reconciliation.engine.bank import Credit
from reconciliation.engine.bank_words import Ledger
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.words import day, euro

# What was credited and matched with a payout, in this run or before, for the amounts taken back.
_CREDITED = """
SELECT b.code, b.cents, b.booked_on, l.remittance, l.end_to_end_id, l.counterparty_name,
       p.txn_id, p.source, p.account
  FROM credit_match m JOIN engine_bank b ON b.id = m.bank_line_id JOIN bank_line l ON l.id = b.id
  JOIN provider_line p ON p.id = m.provider_id
 WHERE m.ended_at IS NULL AND b.cents = ANY (:cents) ORDER BY b.booked_on DESC, b.code
"""


def find_returns(run: Run, ledger: Ledger) -> None:
    """Reversals of credited payouts, by their reference, else by name, amount and text."""
    taken_back = [credit for credit in ledger.credits.values() if _is_return(credit)]
    if not taken_back:
        return
    credited = run.rows(_CREDITED, cents=sorted({-each.cents for each in taken_back}))
    likely = sorted(
        (tier, (debit.day - row.booked_on).days, row.code, debit.code, debit, row)
        for debit in taken_back for row in credited
        if -debit.cents == row.cents and (tier := _likeness(debit, row))
    )  # fmt: skip
    used: set[str] = set()
    for *_, debit, row in likely:
        if row.code not in used and debit.id in ledger.credits:
            used.add(row.code)
            run.found.append(_finding(debit, row))
            ledger.take((), (debit,))


def _is_return(credit: Credit) -> bool:
    return credit.cents < 0 and (credit.is_reversal or "RRTN" in credit.tx_code)


def _likeness(debit: Credit, row: Any) -> int:
    """1: the same reference, 2: the same name and words, 3: the same name; 0: another one."""
    if row.booked_on > debit.day:
        return 0
    if debit.end_to_end and row.end_to_end_id == debit.end_to_end:
        return 1
    if row.counterparty_name != debit.name:
        return 0
    return 2 if "".join((row.remittance or "").split()).upper() in debit.compact else 3


def _finding(debit: Credit, row: Any) -> Finding:
    words = (
        f"Auszahlung {row.txn_id} über {euro(row.cents)} vom {day(row.booked_on)} "
        f"wurde am {day(debit.day)} zurückgebucht."
    )
    return Finding(
        "PAYOUT_RETURNED", row.txn_id, debit.day, words, expected_cents=row.cents,
        confirmed_cents=0, provider=(row.txn_id,), bank=(row.code, debit.code),
        channel="stripe" if row.source == "stripe" else "card", reference=row.txn_id, tier=1,
    )  # fmt: skip
