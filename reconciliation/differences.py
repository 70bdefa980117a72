"""What does not agree: one row for each, with a stable id, an amount and a day it began.

Found anew each night from the facts and written by id, so the same facts give the same rows; a
difference that is no longer found is closed.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.balances import balance, sub_ledger_balances
from ledger.calendar import bank_days_between
from reconciliation.matching import SAFEBAGS, TERMINAL_CONTROLS
from reconciliation.tables import difference

OVERDUE_BANK_DAYS = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """Something to be explained. amount_cents: confirmed less expected, so missing is negative.

    kind: unclear_receipt, unexplained_line, batch_overdue, safebag_overdue, bank_balance,
    statement_gap. subject: the account, line or bag it is about. since: business day.
    """

    kind: str
    subject: str
    amount_cents: int
    since: date
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Stable across runs: what it is and what it is about."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A bank account in the books and at the bank, at the end of the latest statement."""

    account: str
    as_of: date
    ledger_cents: int
    bank_cents: int


def find_differences(session: Session, day: date) -> list[Difference]:
    """Everything open at the end of business day `day`, in a fixed order."""
    found = [
        *_open_lines(session, day),
        *_overdue_batches(session, day),
        *_overdue_safebags(session, day),
        *_bank_balances(session, day),
        *_statement_gaps(session, day),
    ]
    return sorted(found, key=lambda each: (each.since, each.id))


def write_differences(session: Session, found: list[Difference]) -> tuple[int, int]:
    """Bring the stored differences to what was found; returns how many were opened and closed."""
    opened = 0
    for each in found:
        values = asdict(each) | {"id": each.id}
        stored = session.scalar(
            insert(difference)
            .values(values)
            .on_conflict_do_update(
                index_elements=[difference.c.id],
                set_={"amount_cents": each.amount_cents, "data": each.data, "closed_at": None},
                where=difference.c.closed_at.is_not(None)
                | (difference.c.amount_cents != each.amount_cents)
                | (difference.c.data != each.data),
            )
            .returning(text("xmax = 0"))
        )
        opened += bool(stored)
    closed = session.scalars(
        update(difference)
        .where(
            difference.c.closed_at.is_(None), difference.c.id.not_in([each.id for each in found])
        )
        .values(closed_at=func.clock_timestamp())
        .returning(difference.c.id)
    ).all()
    return opened, len(closed)


def open_differences(session: Session) -> list[Difference]:
    """The stored differences that are still open, oldest first."""
    columns = [difference.c[name] for name in ("kind", "subject", "amount_cents", "since", "data")]
    rows = session.execute(
        select(*columns)
        .where(difference.c.closed_at.is_(None))
        .order_by(difference.c.since, difference.c.id)
    )
    return [Difference(*row) for row in rows]


def control_totals(session: Session, day: date) -> list[ControlTotal]:
    """For each bank account the books' balance beside the bank's, as of its latest statement."""
    rows = session.execute(
        text("""SELECT DISTINCT ON (account) account, closing_on, closing_cents FROM bank_statement
                 WHERE closing_cents IS NOT NULL AND closing_on <= :day
                 ORDER BY account, closing_on DESC, sequence DESC, page DESC"""),
        {"day": day},
    )
    return [
        ControlTotal(
            row.account,
            row.closing_on,
            balance(session, row.account, as_of=row.closing_on).debit_balance_cents,
            row.closing_cents,
        )
        for row in rows
    ]


def _open_lines(session: Session, day: date) -> Iterator[Difference]:
    """Lines nothing explains, and unclear money that nobody has assigned yet."""
    rows = session.execute(
        text("""
            SELECT l.*, s.account AS bank, s.statement_id AS statement_name, m.rule
              FROM bank_line l JOIN bank_statement s ON s.id = l.statement_id
              LEFT JOIN bank_match m ON m.bank_line_id = l.id
             WHERE l.booked_on <= :day AND (m.rule IS NULL OR m.rule = 'unclear')
               AND NOT EXISTS (SELECT FROM entry e WHERE e.event = 'unclear_assigned'
                                  AND e.reference = s.statement_id || '/' || l.ordinal)
             ORDER BY l.id"""),
        {"day": day},
    )
    for row in rows:
        kind = "unclear_receipt" if row.rule else "unexplained_line"
        subject = f"{row.bank}/{row.statement_name}/{row.ordinal}.{row.detail}"
        data = {"booked_on": row.booked_on.isoformat(), "gvc": row.gvc}
        yield Difference(kind, subject, row.amount_cents, row.booked_on, data)


def _overdue_batches(session: Session, day: date) -> Iterator[Difference]:
    for control in TERMINAL_CONTROLS:
        for code, open_balance in sub_ledger_balances(session, control).items():
            since = date.fromisoformat(code.rsplit("/", 1)[1])
            cents = open_balance.debit_balance_cents
            if cents and bank_days_between(since, day) > OVERDUE_BANK_DAYS:
                yield Difference("batch_overdue", code, -cents, since)


def _overdue_safebags(session: Session, day: date) -> Iterator[Difference]:
    rows = session.execute(
        text(f"""
            SELECT e.reference, e.booked_on, t.amount_cents
              FROM transfer t JOIN account a ON a.id = t.debit_account AND a.code = '{SAFEBAGS}'
              JOIN entry e ON e.id = t.entry_id
             WHERE e.event = 'cash_drop' AND e.booked_on <= :day
               AND NOT EXISTS (SELECT FROM bank_match m
                                WHERE m.rule = 'safebag' AND m.key_used = e.reference)
             ORDER BY e.id"""),
        {"day": day},
    )
    for row in rows:
        if bank_days_between(row.booked_on, day) > OVERDUE_BANK_DAYS:
            yield Difference("safebag_overdue", row.reference, -row.amount_cents, row.booked_on)


def _bank_balances(session: Session, day: date) -> Iterator[Difference]:
    for total in control_totals(session, day):
        if total.bank_cents != total.ledger_cents:
            data = {"bank_cents": total.bank_cents, "ledger_cents": total.ledger_cents}
            amount = total.bank_cents - total.ledger_cents
            yield Difference("bank_balance", total.account, amount, total.as_of, data)


def _statement_gaps(session: Session, day: date) -> Iterator[Difference]:
    """A statement that does not begin where the one before it ended: one is missing."""
    rows = session.execute(
        text("""
            SELECT * FROM (
                SELECT account, statement_id, sequence, closing_on, opening_cents,
                       lag(closing_cents) OVER (
                           PARTITION BY account ORDER BY closing_on, sequence, page) AS before
                  FROM bank_statement) chain
             WHERE before IS NOT NULL AND opening_cents <> before AND closing_on <= :day
             ORDER BY account, closing_on"""),
        {"day": day + timedelta(days=1)},
    )
    for row in rows:
        data = {"opening_cents": row.opening_cents, "closing_before_cents": row.before}
        subject = f"{row.account}/{row.statement_id}"
        amount = row.opening_cents - row.before
        yield Difference("statement_gap", subject, amount, row.closing_on, data)
