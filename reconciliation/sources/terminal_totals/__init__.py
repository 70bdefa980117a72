"""End-of-day totals of card terminals as our own CSV, for terminals that no till reports.

What tills report needs no file: the centre has it. The columns are those of `HEADER`, one row for
each end of day; `closed_at` is city time, `amount_cents` what the terminal took less what it gave
back, `count` its transactions, first and last receipt may be empty. See `plain_rows`.
"""

from collections.abc import Iterator
from typing import BinaryIO

from reconciliation.sources.errors import Problem, UnreadableStatement
from reconciliation.sources.plain_rows import PlainRow, begins_with, plain_rows
from reconciliation.sources.provider_lines import (
    ProviderEnd,
    ProviderFile,
    ProviderLine,
    ProviderPart,
    RecordType,
)

HEADER = (
    "terminal", "number", "closed_at", "first_receipt", "last_receipt", "count", "amount_cents",
    "currency",
)  # fmt: skip


class TerminalTotalsSource:
    """The totals of any number of terminals."""

    name = "terminal_totals"

    def recognises(self, head: bytes) -> bool:
        """The header, as it is."""
        return begins_with(head, HEADER)

    def read_provider(self, stream: BinaryIO) -> Iterator[ProviderPart]:
        """The parts of the file, one line for each end of day. Raises UnreadableStatement."""
        days, count, total = [], 0, 0
        for row in plain_rows(stream, HEADER, "amount_cents"):
            line = _line(row)
            if count == 0:
                yield ProviderFile("zvt", "Kassenschnitte", line.account, line.txn_id)
            count += 1
            total += line.net_cents
            days.append(row.local_time("closed_at").date())
            yield line
        if count == 0:
            raise UnreadableStatement(Problem.NO_STATEMENT)
        yield ProviderEnd(count, total, min(days), max(days))


def end_of_day_id(terminal: str, day: str, number: str) -> str:
    """What tells one end of day from every other, wherever it was reported."""
    return f"EOD-{terminal}-{day}-{number}"


def _line(row: PlainRow) -> ProviderLine:
    terminal, closed_at = row.text("terminal"), row.local_time("closed_at")
    number, cents = row.text("number"), row.whole("amount_cents")
    return ProviderLine(
        record_type=RecordType.EOD,
        account=terminal,
        txn_id=end_of_day_id(terminal, closed_at.date().isoformat(), number),
        gross_cents=cents,
        net_cents=cents,
        currency=row.currency("currency"),
        local_at=closed_at,
        terminal=terminal,
        first_receipt=row.cells["first_receipt"].strip() or None,
        receipt=row.cells["last_receipt"].strip() or None,
        batch=number,
        item_count=row.count("count"),
    )


SOURCE = TerminalTotalsSource()

__all__ = ["HEADER", "SOURCE", "TerminalTotalsSource", "end_of_day_id"]
