"""A credit that names an acquirer's batch and is, to the cent, what its lines come to, net of fees.

Posting rule 33. Each line empties the account of its terminal and day: that of the sale it was
matched with, or else of the day it says itself; what does not fit stays there as a difference.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.expected import OWN_NAMES
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_CREDITS

LOOK_BACK_DAYS = 60

# The lines that count: of the newest version of a file, each once however often it came.
_LINES = f"""
    SELECT DISTINCT ON (p.account, p.txn_id) p.* FROM (
        SELECT p.*, max(p.file_version) OVER (PARTITION BY p.file_code) AS newest
          FROM provider_line p
         WHERE p.source = 'acquirer' AND p.currency = 'EUR' AND length(p.batch) >= 6
           AND p.settle_on > CAST(:until AS date) - {LOOK_BACK_DAYS}) p
     WHERE p.file_version = p.newest AND p.record_type <> 'batch'
     ORDER BY p.account, p.txn_id, p.delivery"""

# Banks break long texts by spaces, so that they are compared without.
_NAMED = f"""
    WITH line AS ({_LINES}),
    batch AS (
        SELECT account, batch AS code, sum(net_cents)::bigint AS cents FROM line
         WHERE NOT EXISTS (SELECT FROM bank_match m
                            WHERE m.rule = 'acquirer_batch' AND m.key_used = line.batch)
         GROUP BY account, batch),
    named AS (
        SELECT o.*, b.code, count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY b.account, b.code) AS for_batch
          FROM ({OPEN_CREDITS}) o JOIN batch b ON b.cents = o.amount_cents
           AND position(b.code IN replace(coalesce(o.remittance, ''), ' ', '')) > 0
         WHERE o.bank = '181000')
    SELECT * FROM named WHERE for_line = 1 AND for_batch = 1 ORDER BY id"""

# Where each line of these batches belongs: the account its sale was booked on.
_PARTS = f"""
    WITH line AS ({_LINES}), ours AS ({OWN_NAMES})
    SELECT l.batch, l.record_type, l.gross_cents, l.fee_cents,
           coalesce(sold.code, own.code) AS code
      FROM line l
      LEFT JOIN ours ON ours.name = l.terminal
      LEFT JOIN account own ON own.code = CASE WHEN l.scheme = 'girocard' OR l.account LIKE 'N%'
                                               THEN '184100/' ELSE '184110/' END
                                          || ours.code || '/' || l.local_at::date
      LEFT JOIN LATERAL (
          SELECT min(a.code) AS code
            FROM item_match m JOIN expected_item x ON x.id = m.expected_id
            JOIN transfer t ON t.entry_id = x.entry_id
            JOIN account a ON a.id IN (t.debit_account, t.credit_account)
             AND a.code ~ '^1841[01]0/'
           WHERE m.provider_id = l.id AND m.ended_at IS NULL) sold ON true
     WHERE l.batch = ANY (CAST(:batches AS text[]))
     ORDER BY l.batch, l.account, l.txn_id"""

_OF_SALES = frozenset({"charge", "refund", "reversal"})


@dataclass(slots=True)
class _Part:
    gross_cents: int = 0
    fee_cents: int = 0


def _find(session: Session, until: date) -> list[Explanation]:
    named = session.execute(text(_NAMED), {"until": until}).all()
    if not named:
        return []
    values = {"until": until, "batches": [row.code for row in named]}
    parts: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(text(_PARTS), values):
        parts[row.batch].append(row)
    found = ((line, _postings(parts[line.code])) for line in named)
    return [Explanation(line, line.code, many, line.code) for line, many in found if many]


def _postings(rows: Sequence[Row[Any]]) -> tuple[Posting, ...]:
    """One for each terminal and day; none where anything in the batch needs a person."""
    sums: dict[str, _Part] = defaultdict(_Part)
    known = [row.code for row in rows if row.code is not None]
    if not known or any(row.record_type not in _OF_SALES | {"fee"} for row in rows):
        return ()
    for row in rows:
        # A line of a terminal or day without any sale has no account: it goes with the others,
        # and the matcher has a case for it there.
        part = sums[row.code or known[0]]
        is_fee = row.record_type == "fee"
        part.gross_cents += 0 if is_fee else row.gross_cents
        part.fee_cents += -row.gross_cents if is_fee else row.fee_cents
    if any(each.fee_cents < 0 or each.gross_cents < each.fee_cents for each in sums.values()):
        return ()
    return tuple(
        Posting(
            "acquirer_credit",
            {"net": each.gross_cents - each.fee_cents, "fee": each.fee_cents},
            {"terminal": code}, Dimensions(),
        )
        for code, each in sorted(sums.items())
    )  # fmt: skip


RULE = LineRule("acquirer_batch", 1, _find)
