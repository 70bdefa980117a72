"""What an export writes: the journal, a period of it or a batch, read once through in order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.entries import DIMENSIONS, Dimensions

PARENT = {
    "asset": "Assets", "liability": "Liabilities", "equity": "Equity",
    "income": "Income", "expense": "Expenses",
}  # fmt: skip
REVERSAL = "Umkehr einer Buchung"  # the one event without a posting rule to take its title from


@dataclass(frozen=True, slots=True)
class ExportedTransfer:
    """One Buchungssatz: exported account names, the codes of our chart, and what it belongs to."""

    debit: str
    credit: str
    amount_cents: int
    currency: str
    debit_code: str
    credit_code: str
    dimensions: Dimensions


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """One entry, in order of its id. title: of its posting rule, in German; names nobody."""

    id: int
    booked_on: date
    recorded_at: datetime
    event: str
    title: str
    reference: str | None
    reverses: int | None
    transfers: tuple[ExportedTransfer, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """What an export writes: what each account moved by and, once through, every entry.

    balances: (debits less credits in cents, currency) by exported account name. number: of the
    batch, None where nothing is handed over. made_at: aware, the same whenever a batch is read.
    """

    first_day: date
    last_day: date
    balances: Mapping[str, tuple[int, str]]
    entries: Iterable[ExportedEntry]
    number: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which entries: of a batch of a format, or booked from one day to another; or all."""

    format: str | None = None
    number: int | None = None
    first_day: date | None = None
    last_day: date | None = None


WHOLE = Excerpt()


def books_of(
    session: Session, excerpt: Excerpt = WHOLE, *, made_at: datetime | None = None
) -> Books:
    """The journal as it stands in this session; entries are read as they are written."""
    source, values = _source(excerpt)
    days = session.execute(
        text("SELECT coalesce(min(e.booked_on), current_date),"
             f" coalesce(max(e.booked_on), current_date) {source}"), values,
    ).one()  # fmt: skip
    # Summed from the transfers themselves, so that the export checks our running totals too.
    balances = session.execute(
        text(f"""
            WITH moved AS (SELECT t.* {source.replace(" entry e", " entry e JOIN transfer t"
                                                      " ON t.entry_id = e.id", 1)})
            SELECT a.code, a.kind, a.currency, sum(side.cents)::bigint AS cents
              FROM (SELECT debit_account AS id, amount_cents AS cents FROM moved
                    UNION ALL SELECT credit_account, -amount_cents FROM moved) side
              JOIN account a ON a.id = side.id
             GROUP BY a.code, a.kind, a.currency ORDER BY a.code"""), values,
    )  # fmt: skip
    named = {account_name(row.code, row.kind): (row.cents, row.currency) for row in balances}
    first = excerpt.first_day or days[0]
    last = excerpt.last_day or days[1]
    at = made_at or datetime.now(UTC)
    return Books(first, last, named, _entries(session, source, values), excerpt.number, at)


def account_name(code: str, kind: str) -> str:
    """`371000/W-000017` of a liability becomes `Liabilities:371000:W-000017`."""
    parts = (part[:1].upper() + part[1:] for part in code.split("/"))
    return ":".join((PARENT[kind], *parts))


def units(cents: int, point: str = ".") -> str:
    """Cents as a decimal number: -150 is `-1.50`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}{point}{abs(cents) % 100:02d}"


def _source(excerpt: Excerpt) -> tuple[str, dict[str, Any]]:
    if excerpt.format is not None:
        values = {"format": excerpt.format, "number": excerpt.number}
        return ("FROM entry e JOIN export_entry x ON x.entry_id = e.id"
                " WHERE x.format = :format AND x.number = :number"), values  # fmt: skip
    if excerpt.first_day is None and excerpt.last_day is None:
        return "FROM entry e", {}
    period = {"first": excerpt.first_day or date.min, "last": excerpt.last_day or date.max}
    return "FROM entry e WHERE e.booked_on BETWEEN :first AND :last", period


def _entries(session: Session, source: str, values: dict[str, Any]) -> Iterator[ExportedEntry]:
    accounts = {
        row.id: (account_name(row.code, row.kind), row.code)
        for row in session.execute(text("SELECT id, code, kind FROM account"))
    }
    rules = session.execute(text("SELECT event, body->>'title' AS title FROM posting_rule"))
    titles = {"reversal": REVERSAL} | {row.event: row.title for row in rules}
    lines = source.replace(" entry e", " entry e JOIN transfer t ON t.entry_id = e.id", 1)
    columns = ", ".join(f"t.{name}" for name in DIMENSIONS)
    found = session.execute(
        text(f"""SELECT e.id, e.booked_on, e.recorded_at, e.event, e.reference, e.reverses,
                        t.debit_account, t.credit_account, t.amount_cents, t.currency, {columns}
                 {lines} ORDER BY e.id, t.line"""), values,
        execution_options={"yield_per": 5000},
    )  # fmt: skip
    with found as rows:
        for _, grouped in groupby(rows, key=attrgetter("id")):
            of_one = list(grouped)
            transfers = tuple(_transfer(row, accounts) for row in of_one)
            first = of_one[0]
            title = titles.get(first.event) or first.event
            yield ExportedEntry(
                first.id, first.booked_on, first.recorded_at, first.event, title,
                first.reference, first.reverses, transfers,
            )  # fmt: skip


def _transfer(row: Row[Any], accounts: Mapping[int, tuple[str, str]]) -> ExportedTransfer:
    debit, debit_code = accounts[row.debit_account]
    credit, credit_code = accounts[row.credit_account]
    return ExportedTransfer(
        debit, credit, row.amount_cents, row.currency, debit_code, credit_code,
        Dimensions(*row[-len(DIMENSIONS):]),
    )  # fmt: skip
