"""Read a camt file of any size in little memory: an entry is forgotten once handed over."""

import re
from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType
from typing import BinaryIO

from reconciliation.sources.camt.entries import BOOKED, booked_entry, status_of
from reconciliation.sources.camt.heads import closing_balance, opening_balance, statement_head
from reconciliation.sources.camt.records import USUAL, Limits, Record, read_records, root_of
from reconciliation.sources.camt.scalars import fault
from reconciliation.sources.errors import Problem, UnreadableStatement, shown
from reconciliation.sources.statements import StatementEnd, StatementEntry, StatementPart

_FIRST_BYTES = 16_384
_MESSAGE = re.compile(r"camt\.05[234]\.001\.[0-9]{2}")


def read_camt(stream: BinaryIO, limits: Limits = USUAL) -> Iterator[StatementPart]:
    """The parts of every statement in the file, in order.

    Raises UnreadableStatement with the line, and the entry where it is in one; nothing that
    came before counts then.
    """
    first = stream.read(_FIRST_BYTES)
    root = root_of(first)
    message = _MESSAGE.search(root.namespace)
    if root.name != "Document" or message is None:
        found = shown(root.namespace or root.name)
        raise UnreadableStatement(Problem.WRONG_MESSAGE, root.line, found=found)
    statement: _OpenStatement | None = None
    statement_count = entry_count = 0
    for record in read_records(first, stream, root.namespace, limits):
        belongs_to = record.statement or record
        if statement is None or statement.record is not belongs_to:
            statement = _OpenStatement(belongs_to, message.group())
            statement_count += 1
            yield statement.head
        if record is belongs_to:
            yield statement.end()
            continue
        entry_count += 1
        if entry_count > limits.entries:
            raise UnreadableStatement(
                Problem.TOO_MANY_ENTRIES, record.line, found=f"> {limits.entries}"
            )
        if (entry := statement.entry(record)) is not None:
            yield entry
    if statement_count == 0:
        raise UnreadableStatement(Problem.NO_STATEMENT, root.line)


class _OpenStatement:
    """The statement being read: its head, and what was counted so far."""

    def __init__(self, record: Record, message: str) -> None:
        self.record = record
        self.head = statement_head(record.before_entries or record, message)
        self._ntry_count = self._booked_count = 0
        self._movement_cents = self._foreign_count = 0
        self._skipped: Counter[str] = Counter()

    def entry(self, record: Record) -> StatementEntry | None:
        """The entry, counted; None if it is not booked, counted as skipped."""
        self._ntry_count += 1
        try:
            status = status_of(record)
            if status != BOOKED:
                self._skipped[shown(status)] += 1
                return None
            entry = booked_entry(record, self._booked_count + 1, self.head.account_iban)
        except UnreadableStatement as error:
            error.entry = self._ntry_count
            raise
        self._booked_count += 1
        if entry.currency == self.head.currency:
            self._movement_cents += entry.amount_cents
        else:
            self._foreign_count += 1
        return entry

    def end(self) -> StatementEnd:
        """What the statement's end adds.

        Raises MISPLACED for an opening balance after the entries: the head is handed over by
        then, and no bank is known to write it last. A closing balance may stand anywhere.
        """
        opening = opening_balance(self.record, self.head.currency)
        if opening is not None and opening.cents != self.head.opening_cents:
            raise fault(Problem.MISPLACED, self.record, "Bal", opening.type)
        closing = closing_balance(self.record, self.head.currency)
        return StatementEnd(
            entry_count=self._booked_count,
            movement_cents=self._movement_cents,
            closing_cents=None if closing is None else closing.cents,
            closing_on=None if closing is None else closing.on,
            foreign_count=self._foreign_count,
            skipped=MappingProxyType(dict(self._skipped)),
        )
