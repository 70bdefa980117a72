"""Devices that may call the API, and what the tills among them enrolled with and sent."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

device = Table(
    "device", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("facility", Text, ForeignKey("facility.code")),
    Column("till", Text, ForeignKey("till.code")),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
)  # fmt: skip

enrolment = Table(
    "enrolment", metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("token_hash", LargeBinary),
)  # fmt: skip

till_item = Table(
    "till_item", metadata,
    Column("key", Uuid, primary_key=True),
    Column("device", Text, ForeignKey("device.name"), nullable=False),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("happened_at", Instant),
    Column("body", JSONB, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("data", JSONB(none_as_null=True)),
    Column("entry_id", BigInteger, ForeignKey("entry.id")),
)  # fmt: skip

till_attempt = Table(
    "till_attempt", metadata,
    Column("attempt", Uuid, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("basket", Uuid),
    Column("kind", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("terminal", Text),
    Column("adapter", Text),
    Column("state", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("reason", Text),
    Column("statement", Text),
    Column("statement_by", Text),
)  # fmt: skip

till_shift = Table(
    "till_shift", metadata,
    Column("till", Text, ForeignKey("till.code"), primary_key=True),
    Column("shift", Text, primary_key=True),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("float_cents", BigInteger, nullable=False),
    Column("float_entry", BigInteger, ForeignKey("entry.id")),
    Column("closed_at", Instant),
    Column("closed_by", Text),
    Column("business_day", Date),
    Column("expected_cents", BigInteger),
    Column("counted_cents", BigInteger),
    Column("difference_cents", BigInteger),
    Column("reason", Text),
    Column("z_number", BigInteger),
    Column("summary", JSONB(none_as_null=True)),
)  # fmt: skip

cash_bag = Table(
    "cash_bag", metadata,
    Column("number", Text, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("dropped_at", Instant, nullable=False),
    Column("dropped_by", Text, nullable=False),
    Column("witness", Text),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
)  # fmt: skip

terminal_total = Table(
    "terminal_total", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("terminal", Text, ForeignKey("terminal.code"), nullable=False),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("day", Date, nullable=False),
    Column("number", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("expected_cents", BigInteger, nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("totals", JSONB, nullable=False),
    Column("reported_at", Instant, nullable=False),
    UniqueConstraint("terminal", "day", "number", name="terminal_total_once"),
)  # fmt: skip
