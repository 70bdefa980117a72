"""The last night for the page: what was read and closed, what is in time, what is left."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from config.web.pages import Difference, Night
from ledger.balances import TrialBalanceLine
from ledger.calendar import bank_days_between
from reconciliation.night.rules.safebag import OPEN_BAGS
from reconciliation.night.rules.terminal_batch import TERMINAL_CONTROLS
from reconciliation.words import class_word

_RUN = """
    SELECT day, started_at, finished_at, result,
           lag(finished_at) OVER (ORDER BY id) AS previous_at
      FROM night_run ORDER BY id DESC LIMIT 1"""

_READ = """
    SELECT count(*) AS statements, coalesce(sum(s.line_count), 0)::bigint AS lines
      FROM bank_statement s JOIN source_file f ON f.id = s.file_id
     WHERE f.received_at <= :until
       AND (CAST(:since AS timestamptz) IS NULL OR f.received_at > :since)"""

_OPEN = """
    SELECT *, class AS kind FROM difference
     WHERE closed_at IS NULL AND severity IN ('break', 'suggestion') ORDER BY since, number"""

_BAGS = f"SELECT reference, amount_cents FROM ({OPEN_BAGS}) bag"


def last_night_of(session: Session, books: Sequence[TrialBalanceLine]) -> Night | None:
    """The newest nightly run as the page tells it, or None before the first.

    books: every account that ever moved, sub-ledgers one by one.
    """
    run = session.execute(text(_RUN)).one_or_none()
    if run is None:
        return None
    read = session.execute(text(_READ), {"since": run.previous_at, "until": run.finished_at}).one()
    found = session.execute(text(_OPEN)).all()
    waiting = _in_time(session, books, {row.subject for row in found})
    matched = sum(run.result["matched"].values())
    return Night(
        started_at=run.started_at,
        seconds=round((run.finished_at - run.started_at).total_seconds()),
        statement_count=read.statements,
        line_count=read.lines,
        matched_count=matched,
        booked_count=matched,
        in_time_count=len(waiting),
        in_time_cents=sum(waiting),
        differences=tuple(_difference(row, run.day) for row in found),
    )


def _in_time(
    session: Session, books: Sequence[TrialBalanceLine], overdue: set[str]
) -> Sequence[int]:
    """What is on its way and not late: the cents of each terminal batch and each safebag."""
    batches = [
        line.balance.debit_balance_cents
        for line in books
        if line.code.startswith(TERMINAL_CONTROLS)
        and line.balance.debit_balance_cents
        and line.code not in overdue
    ]
    bags = [
        row.amount_cents for row in session.execute(text(_BAGS)) if row.reference not in overdue
    ]
    return [*batches, *bags]


def _difference(row: Row[Any], day: date) -> Difference:
    return Difference(
        number=f"D-{row.number}",
        title=class_word(row.kind),
        place=row.place or "",
        cents=row.amount_cents,
        age_bank_days=bank_days_between(row.since, day),
        reason=row.explanation or f"Seit {row.since:%d.%m.%Y} offen.",
    )
