"""What the matcher found, as differences of the city: with its accounts, and without what the
night knows better.

The matcher knows records alone. Which lines of the bank are booked already, that a claim was paid
online, and what a proposal would book, is known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference, difference_of
from reconciliation.german import euros
from reconciliation.night.rules.open_lines import NAME_OF_LINE

# Found here with the books at hand (bank lines, safebags, tills) or by the inbox (statements).
_KNOWN_BETTER = frozenset({
    "UNKNOWN_CREDIT", "DEPOSIT_DIFF", "DEPOSIT_MISSING", "CASH_SHORT", "CASH_OVER",
    "STATEMENT_MISSING", "STATEMENT_OVERLAP", "FILE_REDELIVERED", "FILE_CORRECTED",
})  # fmt: skip
_ACCOUNTS: Mapping[str, str] = {
    "girocard": "184100", "card": "184110", "stripe": "184200", "cash": "184000",
    "direct_debit": "184300",
}  # fmt: skip
_CLAIMS, _PAYOUTS = "161100", "184210"

# The lines of the bank a finding names, by number or by the bank's own reference: two joins for all
# findings at once, for one look at every line per finding grows with both.
_FOUND = f"""
    WITH code AS (SELECT f.id AS finding, unnest(f.bank_codes) AS name FROM finding f),
    named AS (
        SELECT code.finding, l.id FROM code JOIN live_bank_line l ON l.id::text = code.name
        UNION
        SELECT code.finding, l.id FROM code JOIN live_bank_line l ON l.bank_reference = code.name),
    bank AS (
        SELECT n.finding, bool_and(m.bank_line_id IS NOT NULL AND m.rule <> 'unclear') AS is_booked,
               array_agg(l.id::text ORDER BY l.id) AS ids,
               array_agg(m.rule ORDER BY l.id) AS rules, min({NAME_OF_LINE}) AS name,
               sum(l.amount_cents)::bigint AS cents
          FROM named n
          JOIN (SELECT l.*, s.statement_id AS statement_name
                  FROM bank_line l JOIN bank_statement s ON s.id = l.statement_id) l ON l.id = n.id
          LEFT JOIN bank_match m ON m.bank_line_id = l.id
         GROUP BY n.finding)
    SELECT f.*, bank.is_booked, bank.ids, bank.rules, bank.name, bank.cents, claim.is_settled
      FROM finding f LEFT JOIN bank ON bank.finding = f.id
      LEFT JOIN LATERAL (
          SELECT bool_and(
                     EXISTS (SELECT FROM pay_link_payment p WHERE p.link = k.id)
                     OR EXISTS (SELECT FROM pay_link_withdrawal w WHERE w.link = k.id)
                 ) AS is_settled
            FROM expected_item x JOIN pay_link k ON k.reference = x.order_ref
           WHERE x.code = ANY (f.expected_codes) AND x.kind = 'invoice') claim ON true
     ORDER BY f.since, f.id"""

# A terminal whose acquirer sends no lines is followed by its totals alone, at its till.
_BY_LINES = ("EOD_", "TERMINAL_COUNTER_GAP")
_FOLLOWED = """
    SELECT DISTINCT terminal FROM provider_line
     WHERE source = 'acquirer' AND record_type = 'charge' AND terminal IS NOT NULL"""

_NAMED_BY_TRANSFER = ("NAME_ONLY_TRANSFER", "TRANSFER_")


def find(session: Session) -> Iterator[Difference]:
    """Every finding that is still one, as a difference of the same id."""
    followed = set(session.scalars(text(_FOLLOWED)))
    for row in session.execute(text(_FOUND)):
        kind = row._mapping["class"]
        is_transfer = kind.startswith(_NAMED_BY_TRANSFER)
        if kind in _KNOWN_BETTER or (is_transfer and (row.is_booked or row.is_settled)):
            continue
        if kind.startswith(_BY_LINES) and row.place not in followed:
            continue
        yield _difference(row, kind)


def _difference(row: Row[Any], kind: str) -> Difference:
    found = difference_of(row._mapping)
    anchor = row.id.removeprefix(f"{kind}:")
    codes = tuple(row.ids) if row.ids else found.bank_codes
    return replace(
        found, subject=anchor, bank_codes=codes, account=_account(row, kind),
        proposal=_proposal(row, found),
    )  # fmt: skip


def _proposal(row: Row[Any], found: Difference) -> dict[str, Any] | None:
    """What accepting books: unclear money becomes the payment of the claim it was found to be.

    Of too much only what was asked for; the rest stays unclear, and a case of its own, until it
    is assigned or goes back.
    """
    is_claim = found.kind.startswith(_NAMED_BY_TRANSFER) and row.rules == ["unclear"]
    proposal, cents = found.proposal, row.cents
    if is_claim and found.kind == "TRANSFER_OVERPAID" and len(found.expected_codes) == 1:
        cents = found.expected_cents
        rest = f"{euros(found.amount_cents)} zu viel: bleiben ungeklärt."
        proposal = {"reasons": [{"fits": True, "words": "Kassenzeichen gleich"},
                                {"fits": False, "words": rest}]}  # fmt: skip
    if not proposal or not is_claim:
        return proposal
    return proposal | {
        "event": "unclear_assigned", "amounts": {"amount": cents},
        "roles": {"assigned_to": _CLAIMS}, "reference": row.name,
    }  # fmt: skip


def _account(row: Row[Any], kind: str) -> str | None:
    if row.severity in ("info", "timing"):
        return None
    if kind.startswith("PAYOUT_") and row.channel == "stripe":
        return _PAYOUTS
    if kind.startswith(_NAMED_BY_TRANSFER):
        return "371100" if row.ids else _CLAIMS
    return _ACCOUNTS.get(row.channel or "")
