"""Exports: the journal in formats that other programs check, one folder for each.

A folder's `__init__.py` has an `EXPORT` with a name and a `write`:

    EXPORT = Export("ledger_cli", write)

    def write(books: Books, stream: TextIO) -> None:
        for entry in books.entries:
            stream.write(f"{entry.booked_on} {entry.event}\n")

`load()` finds it; nothing else is to be registered.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import TextIO

from sqlalchemy import text
from sqlalchemy.orm import Session

PARENT = {
    "asset": "Assets", "liability": "Liabilities", "equity": "Equity",
    "income": "Income", "expense": "Expenses",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportedTransfer:
    """One Buchungssatz with exported account names."""

    debit: str
    credit: str
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """One entry, in order of its id."""

    id: int
    booked_on: date
    event: str
    reference: str | None
    transfers: tuple[ExportedTransfer, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """What an export writes: every account's balance and, once through, every entry.

    balances: (debits less credits in cents, currency) by exported account name.
    """

    first_day: date
    last_day: date
    balances: Mapping[str, tuple[int, str]]
    entries: Iterable[ExportedEntry]


@dataclass(frozen=True, slots=True)
class Export:
    """One format."""

    name: str
    write: Callable[[Books, TextIO], None]


@cache
def load() -> Mapping[str, Export]:
    """Every export: the `EXPORT` of each folder here, by name."""
    folders = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    exports = (importlib.import_module(f"{__name__}.{name}").EXPORT for name in folders)
    return {export.name: export for export in exports}


def books_of(session: Session) -> Books:
    """The whole journal as it stands in this session; entries are read as they are written."""
    days = session.execute(
        text("SELECT coalesce(min(booked_on), current_date), coalesce(max(booked_on), current_date)"
             " FROM entry")
    ).one()  # fmt: skip
    # Summed from the transfers themselves, so that the export checks our running totals too.
    balances = session.execute(
        text("""
            SELECT a.code, a.kind, a.currency, sum(moved.cents)::bigint AS cents
              FROM (SELECT debit_account AS id, amount_cents AS cents FROM transfer
                    UNION ALL SELECT credit_account, -amount_cents FROM transfer) moved
              JOIN account a ON a.id = moved.id
             GROUP BY a.code, a.kind, a.currency ORDER BY a.code""")
    )
    named = {account_name(row.code, row.kind): (row.cents, row.currency) for row in balances}
    return Books(days[0], days[1], named, _entries(session))


def account_name(code: str, kind: str) -> str:
    """`371000/W-000017` of a liability becomes `Liabilities:371000:W-000017`."""
    parts = (part[:1].upper() + part[1:] for part in code.split("/"))
    return ":".join((PARENT[kind], *parts))


def units(cents: int) -> str:
    """Cents as a decimal number: -150 is `-1.50`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _entries(session: Session) -> Iterator[ExportedEntry]:
    names = {
        row.id: account_name(row.code, row.kind)
        for row in session.execute(text("SELECT id, code, kind FROM account"))
    }
    rows = session.execute(
        text("""SELECT e.id, e.booked_on, e.event, e.reference, t.debit_account, t.credit_account,
                       t.amount_cents, t.currency
                  FROM entry e JOIN transfer t ON t.entry_id = e.id ORDER BY e.id, t.line"""),
        execution_options={"yield_per": 5000},
    )
    for (entry_id, booked_on, event, reference), lines in groupby(rows, key=lambda row: row[:4]):
        transfers = tuple(
            ExportedTransfer(
                names[line.debit_account], names[line.credit_account], line.amount_cents,
                line.currency,
            )
            for line in lines
        )  # fmt: skip
        yield ExportedEntry(entry_id, booked_on, event, reference, transfers)
