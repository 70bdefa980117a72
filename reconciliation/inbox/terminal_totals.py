"""The totals of card terminals that tills report: at the centre already, so no file brings them.

They are frozen at the end of a terminal's day and become lines of the terminal's side, as a file
of totals would. The table is read by its name: who fills it is no part of reconciliation.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# `AT TIME ZONE` gives city time without offset, as terminals and acquirers write it.
_BRING = text("""
    INSERT INTO provider_line (
        file_code, source, record_type, account, txn_id, terminal, local_at, gross_cents,
        net_cents, currency, batch, item_count)
    SELECT 'till-' || t.terminal || '-' || t.day, 'zvt', 'eod', t.terminal,
           'EOD-' || t.terminal || '-' || t.day || '-' || t.number, t.terminal,
           t.reported_at AT TIME ZONE 'Europe/Berlin', t.amount_cents, t.amount_cents, 'EUR',
           t.number, (SELECT sum((each ->> 'count')::int) FROM jsonb_array_elements(t.totals) each)
      FROM terminal_total t
     WHERE NOT EXISTS (
           SELECT FROM provider_line p WHERE p.source = 'zvt'
              AND p.txn_id = 'EOD-' || t.terminal || '-' || t.day || '-' || t.number
              AND p.account = t.terminal)
     ORDER BY t.id
    RETURNING 1""")


def bring_terminal_totals(session: Session) -> int:
    """Add the totals that are new; safe to run again. Returns how many there were."""
    return len(session.execute(_BRING).all())
