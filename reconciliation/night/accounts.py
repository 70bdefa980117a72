"""Clearing accounts after a run: every cent in time, proposed or in a case; and since when."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.calendar import bank_days_between
from reconciliation.tables import night_account

# What moved on each clearing account with all below it, day by day, up to `day`.
_DAYS = """
    WITH member AS (
        SELECT c.code, a.id FROM account c JOIN account a ON a.id = c.id OR a.control_id = c.id
         WHERE c.clearing AND c.control_id IS NULL),
    last AS (SELECT coalesce(max(last_entry), 0) AS entry FROM block),
    moved AS (
        SELECT m.code, t.booked_on, t.debit_cents - t.credit_cents AS cents
          FROM turnover t JOIN member m ON m.id = t.account_id
        UNION ALL
        SELECT m.code, t.booked_on, t.amount_cents
          FROM transfer t JOIN member m ON m.id = t.debit_account, last
         WHERE t.entry_id > last.entry
        UNION ALL
        SELECT m.code, t.booked_on, -t.amount_cents
          FROM transfer t JOIN member m ON m.id = t.credit_account, last
         WHERE t.entry_id > last.entry),
    day AS (
        SELECT code, booked_on, sum(cents) AS cents FROM moved
         WHERE booked_on <= :day GROUP BY code, booked_on),
    running AS (
        SELECT code, booked_on, sum(cents) OVER until_then AS cents,
               lead(booked_on) OVER until_then AS next_on
          FROM day WINDOW until_then AS (PARTITION BY code ORDER BY booked_on))"""

# Zero lasts until the day before the next movement; before the first one it stood at zero too.
_ACCOUNTS = f"""{_DAYS},
    state AS (
        SELECT code, max(coalesce(next_on - 1, :day)) FILTER (WHERE cents = 0) AS zero_on,
               min(booked_on) - 1 AS before_first,
               (sum(cents) FILTER (WHERE next_on IS NULL))::bigint AS cents
          FROM running GROUP BY code),
    found AS (
        SELECT account, count(*) FILTER (WHERE severity IN ('break', 'suggestion')) AS cases,
               min(since) FILTER (WHERE severity IN ('break', 'suggestion')) AS since,
               (-sum(amount_cents) FILTER (WHERE severity = 'break'))::bigint AS off,
               (-sum(amount_cents) FILTER (WHERE severity = 'suggestion'))::bigint AS proposed
          FROM difference WHERE closed_at IS NULL AND account IS NOT NULL GROUP BY account)
    SELECT a.code AS account, coalesce(s.cents, 0) AS cents, f.off, f.proposed, f.cases, f.since,
           CASE WHEN s.code IS NULL THEN CAST(:day AS date)
                ELSE greatest(s.zero_on, s.before_first) END AS zero_on
      FROM account a LEFT JOIN state s ON s.code = a.code LEFT JOIN found f ON f.account = a.code
     WHERE a.clearing AND a.control_id IS NULL ORDER BY a.code"""


def keep_accounts(session: Session, run: UUID, day: date) -> int:
    """Write down every clearing account as it stands at the end of `day`; how many there are.

    A difference takes its amount with the sign that would even the account out.
    """
    rows = session.execute(text(_ACCOUNTS), {"day": day}).all()
    kept = [
        {
            "run": run, "account": row.account, "balance_cents": row.cents,
            "in_time_cents": row.cents - (row.off or 0) - (row.proposed or 0),
            "suggestion_cents": row.proposed or 0, "difference_cents": row.off or 0,
            "case_count": row.cases or 0, "at_zero_on": row.zero_on,
            "oldest_days": bank_days_between(row.since, day) if row.since else None,
        }
        for row in rows
    ]  # fmt: skip
    if kept:
        session.execute(insert(night_account), kept)
    return len(kept)
