"""The last night for the page: what was read and closed, what is in time, what is left."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from config.web.pages import Difference, Night
from ledger.balances import TrialBalanceLine
from ledger.calendar import bank_days_between
from reconciliation.matching import TERMINAL_CONTROLS

_RUN = """
    SELECT day, started_at, finished_at, result,
           lag(finished_at) OVER (ORDER BY id) AS previous_at
      FROM night_run ORDER BY id DESC LIMIT 1"""

_READ = """
    SELECT count(*) AS statements, coalesce(sum(s.line_count), 0)::bigint AS lines
      FROM bank_statement s JOIN statement_file f ON f.id = s.file_id
     WHERE f.received_at <= :until
       AND (CAST(:since AS timestamptz) IS NULL OR f.received_at > :since)"""

# The numbers count every difference ever opened, so one keeps its number when others are closed.
_OPEN = """
    SELECT * FROM (
        SELECT *, row_number() OVER (ORDER BY opened_at, id) AS number FROM difference) numbered
     WHERE closed_at IS NULL ORDER BY since, number"""

_BAGS = """
    SELECT e.reference, t.amount_cents FROM entry e JOIN transfer t ON t.entry_id = e.id
     WHERE e.event = 'cash_drop'
       AND NOT EXISTS (SELECT FROM bank_match m
                        WHERE m.rule = 'safebag' AND m.key_used = e.reference)"""


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
    title, place, reason = _WORDS.get(row._mapping["class"], _OTHER)
    return Difference(
        number=f"D-{row.number}",
        title=title,
        place=place(row.subject),
        cents=row.amount_cents,
        age_bank_days=bank_days_between(row.since, day),
        reason=reason.format(since=f"{row.since:%d.%m.%Y}", **_parts(row.subject, row.data)),
    )


def _parts(subject: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What a sentence may name: the last part of the subject, and amounts as they are written."""
    amounts = {
        name: f"{cents // 100}.{cents % 100:02d}".replace(".", ",") + " €"
        for name, cents in data.items()
        if name.endswith("_cents")
    }
    return {"last": subject.rpartition("/")[2], **amounts}


def _account(subject: str) -> str:
    return f"Konto {subject.partition('/')[0]}"


def _terminal(subject: str) -> str:
    return f"Terminal {subject.split('/')[1]}"


# By kind of difference: title, the place it is about, one sentence.
_WORDS: Mapping[str, tuple[str, Callable[[str], str], str]] = {
    "unclear_receipt": (
        "Ungeklärte Einzahlung",
        _account,
        "Gutschrift vom {since} ohne Referenz, die zu einem Guthaben passt.",
    ),
    "unexplained_line": (
        "Bankzeile ohne Erklärung",
        _account,
        "Keine Regel erklärt diese Zeile vom {since}; gebucht ist nichts.",
    ),
    "batch_overdue": (
        "Kassenschnitt fehlt bei der Bank",
        _terminal,
        "Die Kartenumsätze vom {since} stehen auf keinem Auszug.",
    ),
    "safebag_overdue": (
        "Safebag fehlt bei der Bank",
        lambda subject: f"Safebag {subject}",
        "Am {since} abgeschöpft und auf keinem Auszug.",
    ),
    "bank_balance": (
        "Banksaldo weicht ab",
        _account,
        "Die Bank meldet {bank_cents}, in den Büchern stehen {ledger_cents}.",
    ),
    "statement_gap": (
        "Auszug fehlt",
        _account,
        "Auszug {last} beginnt nicht dort, wo der vorige endet.",
    ),
}
_OTHER: tuple[str, Callable[[str], str], str] = ("Differenz", str, "Seit {since} offen.")
