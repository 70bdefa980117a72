"""What was delivered and what became of it, as SQLAlchemy sees it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata
from reconciliation.tables import bank_line, bank_statement, source_file

Instant = DateTime(timezone=True)

bank_line_ended = Table(
    "bank_line_ended", metadata,
    Column("bank_line_id", BigInteger, ForeignKey(bank_line.c.id), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("lives_on", BigInteger, ForeignKey(bank_line.c.id)),
    Column("ended_at", Instant, nullable=False),
)  # fmt: skip

delivery = Table(
    "delivery", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("file_id", BigInteger, ForeignKey(source_file.c.id)),
    Column("sha256", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("archive", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("way", Text, nullable=False),
    Column("brought_by", Text, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("source", Text),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("data", JSONB, nullable=False),
    Column("releases", BigInteger, ForeignKey("delivery.id"), unique=True),
)  # fmt: skip

delivery_part = Table(
    "delivery_part", metadata,
    Column("delivery_id", BigInteger, ForeignKey("delivery.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("series", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("account", Text),
    Column("sequence", BigInteger),
    Column("period_from", Date),
    Column("period_to", Date),
    Column("opening_cents", BigInteger),
    Column("closing_cents", BigInteger),
    Column("line_count", Integer, nullable=False),
    Column("folded_count", Integer, nullable=False),
    Column("changed_count", Integer, nullable=False),
    Column("new_count", Integer, nullable=False),
    Column("gone_count", Integer, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("bank_statement_id", BigInteger, ForeignKey(bank_statement.c.id)),
)  # fmt: skip
