"""Rows of the four files, and the streams that number and write them."""

import csv
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from tests.reconciliation.made_city.clock import BERLIN

LEDGER = [
    "ledger_id",
    "kind",
    "channel",
    "office",
    "till_id",
    "terminal_id",
    "trace_no",
    "receipt_no",
    "auth_code",
    "order_ref",
    "psp_ref",
    "booked_at",
    "business_date",
    "amount_cents",
    "currency",
    "payer_name",
    "related_ref",
]
PSP = [
    "line_id",
    "file_id",
    "file_version",
    "delivery_no",
    "source",
    "record_type",
    "account",
    "txn_id",
    "psp_ref",
    "order_ref",
    "terminal_id",
    "trace_no",
    "receipt_no",
    "first_receipt_no",
    "auth_code",
    "scheme",
    "card_region",
    "created_at",
    "tz",
    "gross_cents",
    "auth_cents",
    "fee_cents",
    "net_cents",
    "currency",
    "batch_id",
    "settle_date",
    "item_count",
    "trace_id",
]
BANK = [
    "file_id",
    "row_type",
    "statement_id",
    "statement_seq",
    "booking_date",
    "value_date",
    "amount_cents",
    "currency",
    "credit_debit",
    "acct_svcr_ref",
    "end_to_end_id",
    "bank_txn_code",
    "reversal_ind",
    "counterparty_name",
    "counterparty_iban",
    "remittance",
]
TRUTH = [
    "case_id",
    "class",
    "severity",
    "level",
    "ledger_ids",
    "psp_ids",
    "bank_ids",
    "delta_cents",
    "day",
    "detail",
]


@dataclass(slots=True, eq=False)
class LedgerRow:
    """What the city's books say; `id` is given when the row is written."""

    kind: str
    channel: str
    office: str
    booked_at: datetime
    amount: int
    till: str = ""
    terminal: str = ""
    trace: str = ""
    receipt: str = ""
    auth: str = ""
    order_ref: str = ""
    psp_ref: str = ""
    payer: str = ""
    related: str = ""
    id: str = ""

    @property
    def business_date(self) -> str:
        """The day on German calendars."""
        return self.booked_at.astimezone(BERLIN).date().isoformat()

    def cells(self) -> tuple[Any, ...]:
        """In the order of LEDGER."""
        return (
            self.id, self.kind, self.channel, self.office, self.till, self.terminal, self.trace,
            self.receipt, self.auth, self.order_ref, self.psp_ref, utc(self.booked_at),
            self.business_date, self.amount, "EUR", self.payer, self.related,
        )  # fmt: skip


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """A record of a provider or a terminal, without its number and its file's delivery."""

    file: str
    source: str
    record: str
    account: str
    txn: str
    created: datetime  # naive: German wall clock, aware: UTC
    gross: int
    fee: int = 0
    auth_cents: int | None = None
    net: int | None = None
    psp_ref: str = ""
    order_ref: str = ""
    terminal: str = ""
    trace: str = ""
    receipt: str = ""
    first_receipt: str = ""
    auth: str = ""
    scheme: str = ""
    region: str = ""
    currency: str = "EUR"
    batch: str = ""
    settle: str = ""
    items: int | None = None
    trace_id: str = ""

    @property
    def net_cents(self) -> int:
        """What is paid out for it."""
        return self.gross - self.fee if self.net is None else self.net

    def cells(self, *, version: int = 1, delivery: int = 1) -> tuple[Any, ...]:
        """In the order of PSP, without line_id."""
        local = self.created.tzinfo is None
        total = self.record in ("batch", "eod", "payout")
        asked = self.gross if self.auth_cents is None else self.auth_cents
        return (
            self.file, version, delivery, self.source, self.record, self.account, self.txn,
            self.psp_ref, self.order_ref, self.terminal, self.trace, self.receipt,
            self.first_receipt, self.auth, self.scheme, self.region,
            self.created.isoformat(timespec="seconds") if local else utc(self.created),
            "local" if local else "UTC", self.gross, 0 if total else asked, self.fee,
            self.net_cents, self.currency, self.batch, self.settle,
            "" if self.items is None else self.items, self.trace_id,
        )  # fmt: skip


def utc(at: datetime) -> str:
    """As all files write instants."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """Keeps rows until their day is over and writes them in the order of their booking."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("w", newline="", encoding="utf-8")
        self._csv = csv.writer(self._out, lineterminator="\n")
        self._csv.writerow(LEDGER)
        self._waiting: list[tuple[datetime, int, LedgerRow]] = []
        self._order = count()
        self.written = 0

    def add(self, row: LedgerRow) -> LedgerRow:
        """Take a row; it is written by the first flush after its booking."""
        heapq.heappush(self._waiting, (row.booked_at, next(self._order), row))
        return row

    def flush(self, until: datetime) -> None:
        """Number and write what was booked before `until`."""
        while self._waiting and self._waiting[0][0] < until:
            row = heapq.heappop(self._waiting)[2]
            self.written += 1
            row.id = f"L{self.written:09d}"
            self._csv.writerow(row.cells())

    def close(self) -> None:
        """Nothing may be left; what is booked after the end of the month was a mistake here."""
        assert not self._waiting, f"{len(self._waiting)} rows are booked after the end"
        self._out.close()


@dataclass(slots=True)
class Part:
    """A part of a file that is put together at the end: rows without their number."""

    path: Path
    rows: int = 0
    _out: Any = field(init=False)
    _csv: Any = field(init=False)

    def __post_init__(self) -> None:
        self._out = self.path.open("w", newline="", encoding="utf-8")
        self._csv = csv.writer(self._out, lineterminator="\n")

    def write(self, cells: Iterable[Any]) -> None:
        """One row."""
        self.rows += 1
        self._csv.writerow(cells)

    def close(self) -> None:
        """No more rows."""
        self._out.close()


def put_together(path: Path, header: list[str], parts: list[Part], *, letter: str) -> int:
    """Write `parts` into one file, rows numbered `<letter>000000001`…; the parts are removed."""
    number = 0
    width = 8 if letter == "C" else 9
    with path.open("w", newline="", encoding="utf-8") as out:
        out.write(",".join(header) + "\n")
        for part in parts:
            part.close()
            with part.path.open(newline="", encoding="utf-8") as lines:
                for line in lines:
                    number += 1
                    out.write(f"{letter}{number:0{width}d},{line}")
            part.path.unlink()
    return number
