"""CSV files into the matcher's tables: the database reads them as they are, line by line.

Nothing of a file is held here. It is copied into a typed staging table with the columns of its
header, and from there in one statement into the tables the matcher reads.
"""

import csv
import re
from pathlib import Path
from typing import Any, BinaryIO

from psycopg import Error
from psycopg.sql import SQL, Composable, Identifier
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from reconciliation.plain_files.errors import PlainFileError

_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 16

LEDGER = {
    "ledger_id": "text NOT NULL", "kind": "text NOT NULL", "channel": "text NOT NULL",
    "office": "text", "till_id": "text", "terminal_id": "text", "trace_no": "text",
    "receipt_no": "text", "auth_code": "text", "order_ref": "text", "psp_ref": "text",
    "booked_at": "timestamptz NOT NULL", "business_date": "date NOT NULL",
    "amount_cents": "bigint NOT NULL", "currency": "char(3) NOT NULL", "payer_name": "text",
    "related_ref": "text",
}  # fmt: skip
SETTLEMENT = {
    "file_id": "text NOT NULL", "file_version": "int NOT NULL", "delivery_no": "int NOT NULL",
    "source": "text NOT NULL", "record_type": "text NOT NULL", "account": "text NOT NULL",
    "txn_id": "text NOT NULL", "psp_ref": "text", "order_ref": "text", "terminal_id": "text",
    "trace_no": "text", "receipt_no": "text", "first_receipt_no": "text", "auth_code": "text",
    "scheme": "text", "card_region": "text", "created_at": "timestamp NOT NULL",
    "tz": "text NOT NULL CONSTRAINT tz_is_utc_or_local CHECK (lower(tz) IN ('utc', 'local'))",
    "gross_cents": "bigint NOT NULL", "auth_cents": "bigint", "fee_cents": "bigint NOT NULL",
    "net_cents": "bigint NOT NULL", "currency": "char(3) NOT NULL", "batch_id": "text",
    "settle_date": "date", "item_count": "int", "trace_id": "text",
}  # fmt: skip
BANK = {
    "row_type": "text NOT NULL CONSTRAINT row_type_is_known"
                " CHECK (row_type IN ('OPBD', 'NTRY', 'CLBD'))",
    "statement_id": "text NOT NULL", "statement_seq": "bigint", "booking_date": "date NOT NULL",
    "value_date": "date", "amount_cents": "bigint NOT NULL", "currency": "char(3) NOT NULL",
    "credit_debit": "text NOT NULL CONSTRAINT credit_debit_is_known"
                    " CHECK (credit_debit IN ('CRDT', 'DBIT'))",
    "acct_svcr_ref": "text", "end_to_end_id": "text", "bank_txn_code": "text",
    "reversal_ind": "text", "counterparty_name": "text", "counterparty_iban": "text",
    "remittance": "text",
}  # fmt: skip

# What a column of ledger.csv is called in expected_item, where the names differ.
_PLACES = {
    "ledger_id": "code", "till_id": "till", "terminal_id": "terminal", "trace_no": "trace",
    "receipt_no": "receipt", "business_date": "business_day", "payer_name": "payer",
}  # fmt: skip
_NAMES = {place: name for name, place in _PLACES.items()}

_INTO_EXPECTED = """
INSERT INTO expected_item (code, kind, channel, office, till, terminal, trace, receipt,
       auth_code, order_ref,
       psp_ref, booked_at, business_day, amount_cents, currency, payer, related_ref)
SELECT ledger_id, kind, channel, office, till_id, terminal_id, trace_no, receipt_no, auth_code,
       order_ref,
       psp_ref, booked_at, business_date, amount_cents, currency, payer_name, related_ref
  FROM pg_temp.staged
"""
_INTO_LINES = """
INSERT INTO provider_line (file_code, file_version, delivery, source, record_type, account,
       txn_id, psp_ref,
       order_ref, terminal, trace, receipt, first_receipt, auth_code, scheme, card_region,
              happened_at,
       local_at, gross_cents, auth_cents, fee_cents, net_cents, currency, batch, settle_on,
              item_count,
       trace_id, received_at)
SELECT file_id, file_version, delivery_no, source, record_type, account, txn_id, psp_ref,
       order_ref, terminal_id, trace_no, receipt_no, first_receipt_no, auth_code, scheme,
              card_region,
       CASE WHEN lower(tz) = 'utc' THEN created_at AT TIME ZONE 'UTC' END,
       CASE WHEN lower(tz) = 'local' THEN created_at END, gross_cents, auth_cents, fee_cents,
              net_cents,
       currency, batch_id, settle_date, item_count, trace_id, now()
  FROM pg_temp.staged
"""
# Opening, entries and closing of a statement come as rows of one file.
_INTO_STATEMENTS = """
INSERT INTO bank_statement (file_id, account, statement_id, sequence, page, currency, opening_cents,
       closing_cents, closing_on, line_count, movement_cents)
SELECT :file_id, :account, statement_id, max(statement_seq), 1, min(currency),
       sum(signed) FILTER (WHERE row_type = 'OPBD'), sum(signed) FILTER (WHERE row_type = 'CLBD'),
       coalesce(max(booking_date) FILTER (WHERE row_type = 'CLBD'), max(booking_date)),
       count(*) FILTER (WHERE row_type = 'NTRY'),
              coalesce(sum(signed) FILTER (WHERE row_type = 'NTRY'), 0)
  FROM (SELECT *, CASE credit_debit WHEN 'DBIT' THEN -amount_cents ELSE amount_cents END AS signed
          FROM pg_temp.staged) row
 GROUP BY statement_id ORDER BY 9, 4, 3
"""
_INTO_BANK_LINES = """
INSERT INTO bank_line (statement_id, amount_cents, ordinal, detail, booked_on, value_on, currency,
       end_to_end_id, remittance, counterparty_name, counterparty_iban, bank_tx_code,
              bank_reference, is_reversal)
SELECT s.id, CASE credit_debit WHEN 'DBIT' THEN -amount_cents ELSE amount_cents END,
       row_number() OVER (
       PARTITION BY s.id ORDER BY acct_svcr_ref, booking_date, amount_cents, remittance), 1,
       booking_date, value_date, b.currency, end_to_end_id, remittance, counterparty_name,
       counterparty_iban, bank_txn_code, acct_svcr_ref, coalesce(lower(reversal_ind) IN ('true',
              '1'), false)
  FROM pg_temp.staged b JOIN bank_statement s USING (statement_id)
 WHERE row_type = 'NTRY'
"""


def load_ledger(session: Session, file: Path) -> int:
    """Read a ledger.csv into expected_item; returns its lines. Raises PlainFileError."""
    with file.open("rb") as stream:
        header = _header(file, stream, LEDGER)
        if set(header) == set(LEDGER):  # every column has its place: no detour
            names = SQL(", ").join(Identifier(_PLACES.get(name, name)) for name in header)
            return _copy(session, file, stream, SQL("expected_item ({})").format(names))
        _stage(session, file, stream, header=header, columns=LEDGER)
    return _into(session, file, _INTO_EXPECTED)


def load_settlement(session: Session, file: Path) -> int:
    """Read a psp.csv into provider_line; returns its lines. Raises PlainFileError."""
    _stage_file(session, file, SETTLEMENT)
    return _into(session, file, _INTO_LINES)


def load_bank(session: Session, file: Path, *, account: str, file_id: int) -> int:
    """Read a bank.csv into statements and lines of `account`; returns its entries."""
    _stage_file(session, file, BANK)
    _into(session, file, _INTO_STATEMENTS, account=account, file_id=file_id)
    return _into(session, file, _INTO_BANK_LINES)


def _stage_file(session: Session, file: Path, columns: dict[str, str]) -> None:
    with file.open("rb") as stream:
        _stage(session, file, stream, header=_header(file, stream, columns), columns=columns)


def _stage(
    session: Session, file: Path, stream: BinaryIO, *, header: list[str], columns: dict[str, str]
) -> None:
    """Copy the file into table `staged`; columns it has beside the known ones are left aside."""
    definitions = [_definition(name, columns.get(name, "text")) for name in header]
    cursor = session.connection().connection.cursor()
    cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")
    table = SQL("CREATE TEMP TABLE staged ({}) ON COMMIT DROP")
    cursor.execute(table.format(SQL(", ").join(definitions)))
    _copy(session, file, stream, SQL("pg_temp.staged"))


def _definition(name: str, kind: str) -> Composable:
    """A column of the staging table; days that no calendar of ours reaches are no days."""
    column = SQL("{} {}").format(Identifier(name), SQL(kind))
    if not kind.startswith(("date", "timestamp")):
        return column
    check = SQL("{} CONSTRAINT {} CHECK ({} BETWEEN '1990-01-01' AND '2199-12-31')")
    return check.format(column, Identifier(f"{name}_is_in_our_time"), Identifier(name))


def _copy(session: Session, file: Path, stream: BinaryIO, target: Composable) -> int:
    cursor = session.connection().connection.cursor()
    command = SQL("COPY {} FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(target)
    try:
        _pour(stream, cursor.copy(command))
    except Error as problem:
        raise _problem(file, problem) from problem
    return int(cursor.rowcount)


def _pour(stream: BinaryIO, target: Any) -> None:
    with target as copy:
        while chunk := stream.read(_CHUNK):
            copy.write(chunk)


def _header(file: Path, stream: BinaryIO, columns: dict[str, str]) -> list[str]:
    first = stream.readline(_LONGEST_HEADER)
    try:
        names = next(csv.reader([first.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error) as problem:
        raise PlainFileError(file, "does not begin with a header in UTF-8", 1) from problem
    names = [name.strip() for name in names]
    if not all(names) or not names or not first.endswith(b"\n"):
        raise PlainFileError(file, "does not begin with a header that names every column", 1)
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise PlainFileError(file, f"names the column {', '.join(sorted(twice))} twice", 1)
    missing = [name for name in columns if name not in names]
    if missing:
        raise PlainFileError(file, f"has no column {', '.join(missing)}", 1)
    return names


def _into(session: Session, file: Path, statement: str, **values: object) -> int:
    try:
        result = session.execute(text(statement), values)
    except DBAPIError as problem:
        if isinstance(problem.orig, Error):
            raise _problem(file, problem.orig) from problem
        raise
    assert isinstance(result, CursorResult)
    return result.rowcount


_WHERE = re.compile(r"COPY \w+, line (\d+)(?:, column (\w+)(?:: \"(.*)\")?)?")


def _problem(file: Path, problem: Error) -> PlainFileError:
    """PostgreSQL says the line and the column; the header is a line of its own."""
    said = " ".join(filter(None, (problem.diag.message_primary, problem.diag.message_detail)))
    context = problem.diag.context or ""
    found = _WHERE.search(context)
    line = int(found[1]) + 1 if found else None
    column = problem.diag.column_name or (found[2] if found else None)
    column = _NAMES.get(column, column) if column and "expected_item" in context else column
    return PlainFileError(
        file, f"column {column}: {said}" if column else said or str(problem), line
    )
