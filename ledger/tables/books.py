"""The books: accounts, guards, answers, entries, transfers, holds, closed days and blocks."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

account = Table(
    "account", metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("guarded", Boolean, nullable=False),
    Column("floor_cents", BigInteger, nullable=False),
    Column("is_control", Boolean, nullable=False),
    Column("control_id", Integer, ForeignKey("account.id")),
    Column("clearing", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
)  # fmt: skip

guard = Table(
    "guard", metadata,
    Column("account_id", Integer, ForeignKey("account.id"), primary_key=True),
    Column("normal", SmallInteger, nullable=False),
    Column("posted", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("floor", BigInteger, nullable=False),
)  # fmt: skip

answer = Table(
    "answer", metadata,
    Column("key", Uuid, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("entry_id", BigInteger),
    Column("refused", Text),
    Column("data", JSONB),
)  # fmt: skip

entry = Table(
    "entry", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("reverses", BigInteger, ForeignKey("entry.id")),
    Column("booked_on", Date, nullable=False),
    Column("line_count", SmallInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("reference", Text),
    Column("canonical", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, Computed("sha256('\\x00'::bytea || canonical)", persisted=True)),
)  # fmt: skip

transfer = Table(
    "transfer", metadata,
    Column("entry_id", BigInteger, primary_key=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("case_id", BigInteger),
    Column("debit_account", Integer, nullable=False),
    Column("credit_account", Integer, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("line", SmallInteger, primary_key=True),
    Column("currency", CHAR(3), nullable=False),
    Column("facility", Text),
    Column("product", Text),
    Column("cost_centre", Text),
    Column("tax_code", Text),
    Column("sphere", Text),
    Column("channel", Text),
    Column("till", Text),
    Column("shift", Text),
)  # fmt: skip

case_reference = Table(
    "case_reference", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("salt", LargeBinary),
    Column("value", Text),
)  # fmt: skip

hold = Table(
    "hold", metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Integer, ForeignKey("guard.account_id"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("purpose", Text, nullable=False),
)  # fmt: skip

hold_resolution = Table(
    "hold_resolution", metadata,
    Column("hold_id", Uuid, ForeignKey("hold.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("captured_cents", BigInteger, nullable=False),
    Column("entry_key", Uuid, unique=True),
    Column("resolved_at", Instant, nullable=False),
)  # fmt: skip

closed_day = Table(
    "closed_day", metadata,
    Column("day", Date, primary_key=True),
    Column("closed_at", Instant, nullable=False),
    Column("closed_by", Text, nullable=False),
)  # fmt: skip

frontier = Table(
    "frontier", metadata,
    Column("last_entry", BigInteger, primary_key=True),
    Column("read_at", Instant, nullable=False),
)  # fmt: skip

block = Table(
    "block", metadata,
    Column("number", BigInteger, primary_key=True),
    Column(
        "last_entry", BigInteger, ForeignKey("frontier.last_entry"), nullable=False, unique=True
    ),
    Column("entry_count", BigInteger, nullable=False),
    Column("tree_size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("compact_range", LargeBinary, nullable=False),
    Column("sealed_at", Instant, nullable=False),
)  # fmt: skip

account_total = Table(
    "account_total", metadata,
    Column("account_id", Integer, primary_key=True),
    Column("block_number", BigInteger, primary_key=True),
    Column("debit_cents", BigInteger, nullable=False),
    Column("credit_cents", BigInteger, nullable=False),
)  # fmt: skip

turnover = Table(
    "turnover", metadata,
    Column("account_id", Integer, primary_key=True),
    Column("booked_on", Date, primary_key=True),
    Column("block_number", BigInteger, primary_key=True),
    Column("debit_cents", BigInteger, nullable=False),
    Column("credit_cents", BigInteger, nullable=False),
)  # fmt: skip
