"""A bank's statement into the database: whole, once, and in the place of the one it corrects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from psycopg import Copy
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reconciliation.errors import ForeignAccount, IncompleteStatement
from reconciliation.inbox.overlap import fold_overlaps, supersede
from reconciliation.inbox.parts import Diff, Digest, Part, State, Told, judge
from reconciliation.sources import (
    EntryDetail,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
    unexplained_cents,
)
from reconciliation.tables import bank_statement

_LINE = (
    "COPY bank_line (statement_id, amount_cents, ordinal, detail, booked_on, value_on, currency,"
    " end_to_end_id, rf_reference, remittance, counterparty_name, counterparty_iban,"
    " bank_tx_code, gvc, return_reason, mandate_id, bank_reference, is_reversal, batch_id,"
    " batch_count, charges_cents) FROM STDIN (FORMAT binary)"
)
_LINE_TYPES = (
    "int8", "int8", "int4", "int4", "date", "date", *["text"] * 11, "bool", "text", "int4", "int8",
)  # fmt: skip
_NO_REFERENCE = frozenset({"NONREF", "NOTPROVIDED", "NOREF"})


@dataclass(slots=True)
class _Copied:
    """What went into the table for one statement."""

    end: StatementEnd
    digest: Digest
    count: int = 0
    first_on: date | None = None
    last_on: date | None = None


def take_statement(
    session: Session, file_id: int, head: StatementHead, parts: Iterator[StatementPart], told: Told
) -> Part:
    """Import the statement that begins with `head`; what it brought.

    Nothing is imported of one that is known or outdated. Raises ForeignAccount,
    IncompleteStatement, HeldBack, SourceError; the caller's transaction undoes the rest.
    """
    account = account_of(head, told)
    newest = _newest_version(session, account, head)
    if newest is None:
        return _bring(session, file_id, head, parts, replace(told, version=told.version or 1))[0]
    version = told.version if told.version and told.version > newest else newest + 1
    savepoint = session.begin_nested()
    part, before = _bring(session, file_id, head, parts, replace(told, version=version))
    state = judge(session, part, told, newest)
    if state is not State.CORRECTED:
        savepoint.rollback()
        kept = newest if state is State.KNOWN else told.version or 1
        return replace(part, state=state, version=kept, bank_statement_id=None, folded=0)
    diff = supersede(session, before, part.bank_statement_id or 0)
    savepoint.commit()
    return replace(part, state=state, diff=diff, folded=0)


def account_of(head: StatementHead, told: Told) -> str:
    """Our account the statement is of. Raises ForeignAccount and IncompleteStatement."""
    if head.account_iban not in told.accounts:
        raise ForeignAccount(head.account_iban)
    if not head.statement_id:
        raise IncompleteStatement("an id that tells a repeated statement from a new one")
    return told.accounts[head.account_iban]


def payments_of(entry: StatementEntry) -> Iterable[tuple[StatementEntry | EntryDetail, int]]:
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


def identity_of(head: StatementHead) -> str:
    """What tells the statement from every other of its account."""
    number = "" if head.sequence is None else str(head.sequence)
    return f"{head.statement_id}/{number}/{head.page}"


def bank_reference_of(entry: StatementEntry) -> str | None:
    """The bank's own reference, None for the words banks write where they have none."""
    found = entry.bank_reference
    return None if found is None or found.upper() in _NO_REFERENCE else found


def _newest_version(session: Session, account: str, head: StatementHead) -> int | None:
    newest: int | None = session.scalar(
        select(func.max(bank_statement.c.version)).where(
            bank_statement.c.account == account,
            bank_statement.c.statement_id == head.statement_id,
            bank_statement.c.sequence.is_not_distinct_from(head.sequence),
            bank_statement.c.page == head.page,
        )
    )
    return newest


def _bring(
    session: Session, file_id: int, head: StatementHead, parts: Iterator[StatementPart], told: Told
) -> tuple[Part, list[int]]:
    """The statement in the database, and the ids of the versions before it."""
    account, version = told.accounts[head.account_iban], told.version or 1
    row = {
        "file_id": file_id, "account": account, "statement_id": head.statement_id,
        "sequence": head.sequence, "page": head.page, "currency": head.currency or "EUR",
        "opening_cents": head.opening_cents, "version": version,
    }  # fmt: skip
    inserted = insert(bank_statement).values(row).returning(bank_statement.c.id)
    statement_id = session.scalars(inserted).one()
    copied = _copy_lines(session, statement_id, parts)
    end = copied.end
    _refuse_unexplained(head, end)
    session.execute(
        bank_statement.update()
        .where(bank_statement.c.id == statement_id)
        .values(
            closing_cents=end.closing_cents, closing_on=end.closing_on,
            line_count=copied.count, movement_cents=end.movement_cents,
        )
    )  # fmt: skip
    before = _versions_before(session, account, head, version)
    folded = 0 if before else fold_overlaps(session, statement_id)
    copied.digest.add((head.opening_cents, end.closing_cents, end.closing_on, head.currency))
    part = Part(
        series=f"bank:{account}", identity=identity_of(head), version=version, state=State.TAKEN,
        content_hash=copied.digest.value(), line_count=copied.count, account=account,
        sequence=head.sequence, period_from=copied.first_on or end.closing_on,
        period_to=end.closing_on or copied.last_on, opening_cents=head.opening_cents,
        closing_cents=end.closing_cents, folded=folded, diff=Diff(new=copied.count - folded),
        bank_statement_id=statement_id,
    )  # fmt: skip
    return part, before


def _versions_before(
    session: Session, account: str, head: StatementHead, version: int
) -> list[int]:
    rows = session.scalars(
        select(bank_statement.c.id).where(
            bank_statement.c.account == account,
            bank_statement.c.statement_id == head.statement_id,
            bank_statement.c.sequence.is_not_distinct_from(head.sequence),
            bank_statement.c.page == head.page,
            bank_statement.c.version < version,
        )
    )
    return list(rows)


def _refuse_unexplained(head: StatementHead, end: StatementEnd) -> None:
    unexplained = unexplained_cents(head, end)
    if unexplained:
        raise IncompleteStatement(f"lines for {unexplained} cents between its two balances")


def _copy_lines(session: Session, statement_id: int, parts: Iterator[StatementPart]) -> _Copied:
    driver: Any = session.connection().connection.driver_connection
    copied = _Copied(StatementEnd(0, 0), Digest())
    with driver.cursor().copy(_LINE) as copy:
        copy.set_types(_LINE_TYPES)
        for part in parts:
            if isinstance(part, StatementEnd):
                copied.end = part
                return copied
            if isinstance(part, StatementEntry):
                _copy_entry(copy, statement_id, part, copied)
    raise IncompleteStatement("an end")


def _copy_entry(copy: Copy, statement_id: int, entry: StatementEntry, copied: _Copied) -> None:
    booked_on = entry.booking_date
    if booked_on is None:
        raise IncompleteStatement(f"the booking date of entry {entry.ordinal}")
    reference = bank_reference_of(entry)
    for number, (payment, amount_cents) in enumerate(payments_of(entry)):
        row = (
            amount_cents, entry.ordinal, number, booked_on, entry.value_date, entry.currency,
            payment.end_to_end_id, payment.rf_reference, payment.remittance,
            payment.counterparty_name, payment.counterparty_iban,
            payment.bank_tx_code or entry.bank_tx_code, payment.gvc or entry.gvc,
            payment.return_reason, payment.mandate_id, reference, entry.reversal, entry.batch_id,
            entry.batch_count, payment.charges_cents,
        )  # fmt: skip
        copy.write_row((statement_id, *row))
        copied.digest.add(row)
        copied.count += 1
    copied.first_on = min(copied.first_on or booked_on, booked_on)
    copied.last_on = max(copied.last_on or booked_on, booked_on)
