"""Reading the journal and account statements page by page; every page stays what it was."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.entries import DIMENSIONS
from ledger.tables.books import account, case_reference, entry, transfer

PAGE = 100


@dataclass(frozen=True, slots=True)
class JournalTransfer:
    """One Buchungssatz as it is read: account codes, cents and its dimensions by name."""

    line: int
    debit: str
    credit: str
    amount_cents: int
    currency: str
    dimensions: dict[str, str]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry with its transfers; `recorded_at` is aware UTC."""

    id: int
    key: UUID
    event: str
    booked_on: date
    recorded_at: datetime
    reference: str | None
    reverses: int | None
    transfers: tuple[JournalTransfer, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries in order of id; `after` goes on with the next page, None at the end."""

    entries: tuple[JournalEntry, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of an account and the balance after it (debits less credits, cents)."""

    entry_id: int
    line: int
    booked_on: date
    event: str
    reference: str | None
    counter_account: str
    debit_cents: int
    credit_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Movements in posting order; `after` (entry, line) goes on, None at the end."""

    lines: tuple[StatementLine, ...]
    after: tuple[int, int] | None


def journal(
    session: Session,
    *,
    after: int = 0,
    limit: int = PAGE,
    booked_from: date | None = None,
    booked_to: date | None = None,
    event: str | None = None,
    account_code: str | None = None,
) -> JournalPage:
    """Entries with an id above `after`. Raises UnknownAccount for an unknown `account_code`."""
    ids = select(entry.c.id).where(entry.c.id > after)
    if booked_from:
        ids = ids.where(entry.c.booked_on >= booked_from)
    if booked_to:
        ids = ids.where(entry.c.booked_on <= booked_to)
    if event:
        ids = ids.where(entry.c.event == event)
    if account_code:
        found = find_accounts(session, [account_code])[account_code].id
        moved = select(transfer.c.entry_id).where(
            (transfer.c.debit_account == found) | (transfer.c.credit_account == found)
        )
        ids = ids.where(entry.c.id.in_(moved))
    wanted = session.scalars(ids.order_by(entry.c.id).limit(limit + 1)).all()
    entries = _entries(session, _lines().where(entry.c.id.in_(wanted[:limit])))
    return JournalPage(entries, wanted[limit - 1] if len(wanted) > limit else None)


def find_entry(session: Session, entry_id: int) -> JournalEntry | None:
    """One entry with its transfers, or None."""
    found = _entries(session, _lines().where(entry.c.id == entry_id))
    return found[0] if found else None


def entry_of_key(session: Session, key: UUID) -> int | None:
    """The entry a request was answered with; None for a refused or unknown key."""
    statement = text("SELECT entry_id FROM answer WHERE key = :key")
    entry_id: int | None = session.execute(statement, {"key": key}).scalar_one_or_none()
    return entry_id


def account_statement(
    session: Session, code: str, *, after: tuple[int, int] = (0, 0), limit: int = PAGE
) -> StatementPage:
    """Movements of one account after the cursor, each with the running balance.

    The opening balance comes from the running totals, so page 10,000 costs what page 1 costs.
    Raises UnknownAccount.
    """
    found = find_accounts(session, [code])[code]
    values = {"account": found.id, "entry": after[0], "line": after[1], "limit": limit + 1}
    running = session.execute(text(_OPENING), values).scalar_one()
    lines = []
    for row in session.execute(text(_MOVEMENTS), values):
        running += row.debit_cents - row.credit_cents
        lines.append(StatementLine(**row._mapping, balance_cents=running))
    more = len(lines) > limit
    last = lines[limit - 1] if more else None
    return StatementPage(tuple(lines[:limit]), (last.entry_id, last.line) if last else None)


# Running total of the last block before the cursor, and what moved from there up to the cursor.
_OPENING = """
    WITH sealed AS (
        SELECT coalesce(max(last_entry), 0) AS entry, coalesce(max(number), 0) AS number
          FROM block WHERE last_entry < :entry)
    SELECT (coalesce((SELECT debit_cents - credit_cents FROM account_total
                      WHERE account_id = :account AND block_number <= (SELECT number FROM sealed)
                      ORDER BY block_number DESC LIMIT 1), 0)
         + coalesce((SELECT sum(CASE WHEN debit_account = :account THEN amount_cents
                                     ELSE -amount_cents END) FROM transfer
                      WHERE (debit_account = :account OR credit_account = :account)
                        AND entry_id > (SELECT entry FROM sealed)
                        AND (entry_id, line) <= (:entry, :line)), 0))::bigint"""

_MOVEMENTS = """
    SELECT t.entry_id, t.line, t.booked_on, e.event, e.reference, a.code AS counter_account,
           CASE WHEN t.debit_account = :account THEN t.amount_cents ELSE 0 END AS debit_cents,
           CASE WHEN t.debit_account = :account THEN 0 ELSE t.amount_cents END AS credit_cents
      FROM (SELECT * FROM transfer WHERE debit_account = :account
               AND entry_id >= :entry AND (entry_id, line) > (:entry, :line)
            UNION ALL
            SELECT * FROM transfer WHERE credit_account = :account
               AND entry_id >= :entry AND (entry_id, line) > (:entry, :line)) t
      JOIN entry e ON e.id = t.entry_id
      JOIN account a ON a.id = CASE WHEN t.debit_account = :account THEN t.credit_account
                                    ELSE t.debit_account END
     ORDER BY t.entry_id, t.line LIMIT :limit"""


def _lines() -> Select[Any]:
    debit, credit = account.alias("debit"), account.alias("credit")
    return (
        select(
            entry.c.id, entry.c.key, entry.c.event, entry.c.booked_on, entry.c.recorded_at,
            entry.c.reference, entry.c.reverses, transfer, debit.c.code.label("debit"),
            credit.c.code.label("credit"), case_reference.c.value.label("case_reference"),
        )
        .join(transfer, transfer.c.entry_id == entry.c.id)
        .join(debit, debit.c.id == transfer.c.debit_account)
        .join(credit, credit.c.id == transfer.c.credit_account)
        .outerjoin(case_reference, case_reference.c.id == transfer.c.case_id)
        .order_by(entry.c.id, transfer.c.line)
    )  # fmt: skip


def _entries(session: Session, lines: Select[Any]) -> tuple[JournalEntry, ...]:
    by_entry: dict[int, list[Row[Any]]] = {}
    for row in session.execute(lines):
        by_entry.setdefault(row.id, []).append(row)
    return tuple(
        JournalEntry(
            id=rows[0].id, key=rows[0].key, event=rows[0].event, booked_on=rows[0].booked_on,
            recorded_at=rows[0].recorded_at, reference=rows[0].reference,
            reverses=rows[0].reverses, transfers=tuple(map(_transfer, rows)),
        )
        for rows in by_entry.values()
    )  # fmt: skip


def _transfer(row: Row[Any]) -> JournalTransfer:
    named = {name: getattr(row, name) for name in (*DIMENSIONS, "case_reference")}
    return JournalTransfer(
        row.line, row.debit, row.credit, row.amount_cents, row.currency,
        {name: value for name, value in named.items() if value is not None},
    )  # fmt: skip
