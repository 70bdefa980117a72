"""Statements of the bank, matches, differences and night runs, as SQLAlchemy sees them."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import books, catalogue, metadata

Instant = DateTime(timezone=True)

statement_file = Table(
    "statement_file", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
)  # fmt: skip

bank_statement = Table(
    "bank_statement", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("file_id", BigInteger, ForeignKey("statement_file.id"), nullable=False),
    Column("account", Text, ForeignKey(catalogue.bank_account.c.account), nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("sequence", BigInteger),
    Column("page", Integer, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("opening_cents", BigInteger),
    Column("closing_cents", BigInteger),
    Column("closing_on", Date),
    Column("line_count", Integer, nullable=False),
    Column("movement_cents", BigInteger, nullable=False),
)  # fmt: skip

bank_line = Table(
    "bank_line", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("statement_id", BigInteger, ForeignKey("bank_statement.id"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("detail", Integer, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date),
    Column("currency", CHAR(3), nullable=False),
    Column("end_to_end_id", Text),
    Column("rf_reference", Text),
    Column("remittance", Text),
    Column("counterparty_name", Text),
    Column("counterparty_iban", Text),
    Column("bank_tx_code", Text),
    Column("gvc", Text),
    Column("return_reason", Text),
    Column("mandate_id", Text),
)  # fmt: skip

bank_match = Table(
    "bank_match", metadata,
    Column("bank_line_id", BigInteger, ForeignKey("bank_line.id"), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("rule_version", SmallInteger, nullable=False),
    Column("key_used", Text, nullable=False),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), nullable=False, unique=True),
    Column("matched_at", Instant, nullable=False),
)  # fmt: skip

difference = Table(
    "difference", metadata,
    Column("id", Text, primary_key=True),
    Column("class", Text, nullable=False, key="kind"),
    Column("subject", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("since", Date, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)  # fmt: skip

night_run = Table(
    "night_run", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("day", Date, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("result", JSONB, nullable=False),
)  # fmt: skip
