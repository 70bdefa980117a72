"""Payouts of the provider at the bank: by the bank's trace, else by amount and day where only one
fits.

Signs are ours: a payout is a credit, and where the provider draws from our account its payout is
below zero and the line a debit. A payout that the bank sent back leaves our account again.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, text
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, bank_days_before
from ledger.entries import Dimensions, Posted
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import (
    IS_RETURN,
    LINE_COLUMNS,
    OPEN_LINES,
    WAITS_FOR_REVERSAL,
)
from reconciliation.sources.stripe.tables import provider_booking

BANK = "181000"
EARLY_DAYS, LATE_DAYS = 1, 3  # bank days around the day the provider expects
ARRIVED, TAKEN = "payout_arrived", "payout_taken_back"

# Over a bank line `l`: it is the provider's own. No payer's money, so never unclear: what no
# payout explains waits as a difference.
NAMES_PROVIDER = (
    "(coalesce(l.counterparty_name, '') ~* '\\mstripe\\M'"
    " OR coalesce(l.remittance, '') ~* '\\mstripe\\M')"
)

# Over a payout `p` and a line `o`: the line names the payout. A trace is at least six characters,
# so that no year or amount is taken for one; banks break long texts by spaces.
_NAMES = """(o.remittance LIKE '%' || p.id || '%'
        OR (length(p.trace_id) >= 6
            AND (o.end_to_end_id = p.trace_id
                 OR replace(coalesce(o.remittance, ''), ' ', '') LIKE '%' || p.trace_id || '%')))"""


def _open_payouts(settled: str) -> str:
    """Payouts that have left the balance and wait for a line; `settled` is the event of that."""
    return f"""
        SELECT p.* FROM payout p
          JOIN provider_booking made
            ON made.ref = p.id AND made.event IN ('payout_created', 'payout_drawn')
         WHERE p.problem IS NULL
           AND NOT EXISTS (SELECT FROM provider_booking b
                            WHERE b.ref = p.id AND b.event = {settled})"""


_SETTLED = f"CASE WHEN p.amount_cents > 0 THEN '{ARRIVED}' ELSE '{TAKEN}' END"

_BY_TRACE = text(f"""
    WITH named AS (
        SELECT o.*, p.id AS payout, p.trace_id AS trace,
               count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY p.id) AS for_payout
          FROM ({OPEN_LINES}) o
          JOIN ({_open_payouts(_SETTLED)}) p ON p.amount_cents = o.amount_cents AND {_NAMES}
         WHERE o.bank = '{BANK}')
    SELECT * FROM named WHERE for_line = 1 AND for_payout = 1 ORDER BY id""")


def _by_trace(session: Session, until: date) -> list[Explanation]:
    return _explained(session.execute(_BY_TRACE, {"until": until}).all())


_BY_AMOUNT = text(f"""
    WITH due AS (
        SELECT p.*, w.first, w.last FROM ({_open_payouts(_SETTLED)}) p
          JOIN unnest(CAST(:days AS date[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
               AS w (day, first, last) ON w.day = p.arrives_on),
    fitting AS (
        SELECT o.*, p.id AS payout, NULL AS trace,
               count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY p.id) AS for_payout
          FROM ({OPEN_LINES} AND NOT {IS_RETURN} AND {NAMES_PROVIDER}) o
          JOIN due p ON p.amount_cents = o.amount_cents AND o.booked_on BETWEEN p.first AND p.last
         WHERE o.bank = '{BANK}'
           AND NOT EXISTS (SELECT FROM payout p WHERE {_NAMES} AND p.arrives_on > o.booked_on - 60))
    SELECT * FROM fitting WHERE for_line = 1 AND for_payout = 1 ORDER BY id""")


def _by_amount(session: Session, until: date) -> list[Explanation]:
    """The only line of the provider's with this amount around this day, for the only payout; a
    line that names a payout is for that one alone."""
    days = session.scalars(
        text(f"SELECT DISTINCT arrives_on FROM ({_open_payouts(_SETTLED)}) p ORDER BY 1")
    ).all()
    if not days:
        return []
    windows = {
        "days": list(days), "firsts": [bank_days_before(day, EARLY_DAYS) for day in days],
        "lasts": [add_bank_days(day, LATE_DAYS) for day in days],
    }  # fmt: skip
    return _explained(session.execute(_BY_AMOUNT, {"until": until} | windows).all())


# A debit over just this amount, by trace or as a return, after the payout had arrived.
_TAKEN_BACK = text(f"""
    WITH open_debit AS (
        SELECT {LINE_COLUMNS},
               l.is_reversal OR {IS_RETURN} AS is_return
          FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id
          LEFT JOIN bank_match m ON m.bank_line_id = l.id
         WHERE l.booked_on <= :until AND m.bank_line_id IS NULL AND l.amount_cents < 0
           AND l.currency = 'EUR' AND s.account = '{BANK}' AND NOT {WAITS_FOR_REVERSAL}),
    returned AS (
        SELECT o.*, p.id AS payout, p.trace_id AS trace,
               count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY p.id) AS for_payout
          FROM open_debit o
          JOIN ({_open_payouts(f"'{TAKEN}'")}) p ON p.amount_cents = -o.amount_cents
          JOIN provider_booking b ON b.ref = p.id AND b.event = '{ARRIVED}'
         WHERE {_NAMES} OR (o.is_return AND o.booked_on BETWEEN p.arrives_on AND p.arrives_on + 21))
    SELECT * FROM returned WHERE for_line = 1 AND for_payout = 1 ORDER BY id""")


def _taken_back(session: Session, until: date) -> list[Explanation]:
    return _explained(session.execute(_TAKEN_BACK, {"until": until}).all())


def _explained(rows: Sequence[Row[Any]]) -> list[Explanation]:
    return [
        Explanation(
            row, row.payout,
            (Posting(ARRIVED if row.amount_cents > 0 else TAKEN,
                     {"amount": abs(row.amount_cents)}, {}, Dimensions(channel="online")),),
            row.payout,
        )
        for row in rows
    ]  # fmt: skip


def _remember(session: Session, each: Explanation, outcome: Posted) -> None:
    row = {"ref": each.key_used, "event": each.event, "entry_id": outcome.entry_id}
    session.execute(insert(provider_booking), [row])


BY_TRACE = LineRule("payout_trace", 1, _by_trace, then=_remember)
BY_AMOUNT = LineRule("payout_amount", 1, _by_amount, then=_remember)
TAKEN_BACK = LineRule("payout_taken_back", 1, _taken_back, then=_remember)
