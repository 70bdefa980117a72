"""Taking in statement files: each stored once by its hash, its lines as the bank wrote them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import Copy
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.tables.catalogue import bank_account
from reconciliation.errors import (
    ForeignAccount,
    IncompleteStatement,
    NotAStatement,
    StatementKnown,
)
from reconciliation.sources import (
    EntryDetail,
    Kind,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
    read_statements,
    unexplained_cents,
)
from reconciliation.tables import bank_statement, statement_file

_LINE = (
    "COPY bank_line (statement_id, amount_cents, ordinal, detail, booked_on, value_on, currency,"
    " end_to_end_id, rf_reference, remittance, counterparty_name, counterparty_iban,"
    " bank_tx_code, gvc, return_reason, mandate_id) FROM STDIN (FORMAT binary)"
)
_LINE_TYPES = ("int8", "int8", "int4", "int4", "date", "date", *["text"] * 10)


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One statement that is now in the database."""

    account: str
    statement_id: str
    line_count: int
    closing_on: date | None
    closing_cents: int | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file brought; nothing when `is_new` is false, for then it was here before."""

    file_name: str
    is_new: bool
    statements: tuple[ImportedStatement, ...]


def import_file(session: Session, file: Path) -> ImportResult:
    """Import every statement of a file, or none: the caller's transaction decides.

    The same file again is known by its hash and changes nothing. Raises SourceError for a file
    that cannot be read and ReconciliationError for one that cannot be taken.
    """
    content = file.read_bytes()
    file_id = session.scalar(
        insert(statement_file)
        .values(sha256=hashlib.sha256(content).digest(), name=file.name, content=content)
        .on_conflict_do_nothing(index_elements=[statement_file.c.sha256])
        .returning(statement_file.c.id)
    )
    if file_id is None:
        return ImportResult(file.name, is_new=False, statements=())
    del content  # up to 100 MB, and the reader streams
    accounts = dict(session.execute(select(bank_account.c.iban, bank_account.c.account)).all())
    parts = read_statements(file)
    statements = [
        _import_statement(session, file_id, head, parts, accounts)
        for head in parts
        if isinstance(head, StatementHead)
    ]
    return ImportResult(file.name, is_new=True, statements=tuple(statements))


def _import_statement(
    session: Session,
    file_id: int,
    head: StatementHead,
    parts: Iterator[StatementPart],
    accounts: dict[str, str],
) -> ImportedStatement:
    account = _account_of(head, accounts)
    statement_id = session.scalar(
        insert(bank_statement)
        .values(
            file_id=file_id, account=account, statement_id=head.statement_id,
            sequence=head.sequence, page=head.page, currency=head.currency or "EUR",
            opening_cents=head.opening_cents,
        )
        .on_conflict_do_nothing()
        .returning(bank_statement.c.id)
    )  # fmt: skip
    if statement_id is None:
        raise StatementKnown(account, head.statement_id or "")
    line_count, end = _copy_lines(session, statement_id, parts)
    _refuse_unexplained(head, end)
    session.execute(
        bank_statement.update()
        .where(bank_statement.c.id == statement_id)
        .values(
            closing_cents=end.closing_cents, closing_on=end.closing_on,
            line_count=line_count, movement_cents=end.movement_cents,
        )
    )  # fmt: skip
    return ImportedStatement(
        account, head.statement_id or "", line_count, end.closing_on, end.closing_cents
    )


def _account_of(head: StatementHead, accounts: dict[str, str]) -> str:
    if head.kind is not Kind.STATEMENT:
        raise NotAStatement(head.message)
    if head.account_iban not in accounts:
        raise ForeignAccount(head.account_iban)
    if not head.statement_id:
        raise IncompleteStatement("an id that tells a repeated statement from a new one")
    return accounts[head.account_iban]


def _refuse_unexplained(head: StatementHead, end: StatementEnd) -> None:
    unexplained = unexplained_cents(head, end)
    if unexplained:
        raise IncompleteStatement(f"lines for {unexplained} cents between its two balances")


def _copy_lines(
    session: Session, statement_id: int, parts: Iterator[StatementPart]
) -> tuple[int, StatementEnd]:
    driver: Any = session.connection().connection.driver_connection
    lines = 0
    with driver.cursor().copy(_LINE) as copy:
        copy.set_types(_LINE_TYPES)
        for part in parts:
            if isinstance(part, StatementEnd):
                return lines, part
            if isinstance(part, StatementEntry):
                lines += _copy_entry(copy, statement_id, part)
    raise IncompleteStatement("an end")


def _copy_entry(copy: Copy, statement_id: int, entry: StatementEntry) -> int:
    if entry.booking_date is None:
        raise IncompleteStatement(f"the booking date of entry {entry.ordinal}")
    payments = list(_payments(entry))
    for number, (payment, amount_cents) in enumerate(payments):
        copy.write_row(
            (statement_id, amount_cents, entry.ordinal, number, entry.booking_date,
             entry.value_date, entry.currency, payment.end_to_end_id, payment.rf_reference,
             payment.remittance, payment.counterparty_name, payment.counterparty_iban,
             payment.bank_tx_code or entry.bank_tx_code, payment.gvc or entry.gvc,
             payment.return_reason, payment.mandate_id)
        )  # fmt: skip
    return len(payments)


def _payments(entry: StatementEntry) -> Iterable[tuple[StatementEntry | EntryDetail, int]]:
    """The single payments of an entry: its details where they add up to it, else itself."""
    amounts = [
        detail.amount_cents
        for detail in entry.details
        if detail.amount_cents and detail.currency in (None, entry.currency)
    ]
    if (
        len(amounts) > 1
        and len(amounts) == len(entry.details)
        and sum(amounts) == entry.amount_cents
    ):
        return zip(entry.details, amounts, strict=True)
    return [(entry, entry.amount_cents)] if entry.amount_cents else []
