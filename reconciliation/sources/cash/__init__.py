"""Safebags as the counting house lists them: what one cash credit of the bank is made of.

The bank credits several bags in one sum (GVC 082); this list tells the bags apart. It is a
notification: its bags take the place of the one line of the statement and are never added to it.
The columns are those of `HEADER`, one row for each bag; rows of one credit stand together, and
`bank_reference` may be empty. See `plain_rows`.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO

from reconciliation.sources.plain_rows import PlainRow, begins_with, plain_rows
from reconciliation.sources.statements import (
    EntryDetail,
    Kind,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
)

HEADER = (
    "account_iban",
    "list",
    "credited_on",
    "bank_reference",
    "bag",
    "amount_cents",
    "currency",
)
CASH_IN = "082"  # the German code for cash paid in


class CashSource:
    """Lists of counted safebags."""

    name = "cash"

    def recognises(self, head: bytes) -> bool:
        """The header, as it is."""
        return begins_with(head, HEADER)

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        """One notification for each account and list. Raises UnreadableStatement."""
        rows = plain_rows(stream, HEADER, "amount_cents")
        for (iban, number), of_list in groupby(rows, key=lambda row: _texts(row, 2)):
            yield StatementHead(
                "safebags", Kind.NOTIFICATION, account_iban=iban, statement_id=number,
                currency="EUR",
            )  # fmt: skip
            count = movement = 0
            for _, bags in groupby(of_list, key=lambda row: _texts(row, 4)):
                count += 1
                entry = _credit(list(bags), count)
                movement += entry.amount_cents
                yield entry
            yield StatementEnd(count, movement)


def _texts(row: PlainRow, columns: int) -> tuple[str, ...]:
    return tuple(row.cells[name].strip() for name in HEADER[:columns])


def _credit(bags: list[PlainRow], ordinal: int) -> StatementEntry:
    first = bags[0]
    details = tuple(
        EntryDetail(
            bag.whole("amount_cents"), bag.currency("currency"), gvc=CASH_IN,
            remittance=f"SAFEBAG {bag.text('bag')}",
        )
        for bag in bags
    )  # fmt: skip
    return StatementEntry(
        ordinal=ordinal,
        amount_cents=sum(bag.whole("amount_cents") for bag in bags),
        currency=first.currency("currency"),
        booking_date=first.day("credited_on"),
        gvc=CASH_IN,
        details=details,
        bank_reference=first.cells["bank_reference"].strip() or None,
        batch_count=len(bags),
    )


SOURCE = CashSource()

__all__ = ["CASH_IN", "HEADER", "SOURCE", "CashSource"]
