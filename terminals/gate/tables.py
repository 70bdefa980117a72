"""Tickets, what ended them, what gates let in, and orders of people without an account."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

ticket_order = Table(
    "ticket_order", metadata,
    Column("id", Uuid, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    Column("language", Text, nullable=False),
    Column("email", Text),
    Column("ordered_at", Instant, nullable=False),
)  # fmt: skip

ticket = Table(
    "ticket", metadata,
    Column("code", Text, primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False),
    Column("line", SmallInteger, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("product", Text, ForeignKey("product.code"), nullable=False),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("price_cents", BigInteger, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("issued_at", Instant, nullable=False),
    UniqueConstraint("charge", "number", name="ticket_number_once"),
)  # fmt: skip

ticket_end = Table(
    "ticket_end", metadata,
    Column("ticket", Text, ForeignKey("ticket.code"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("entry_id", BigInteger, ForeignKey("entry.id")),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

admission = Table(
    "admission", metadata,
    Column("key", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ticket", Text, Computed("code", persisted=True), ForeignKey("ticket.code")),
    Column("pass", Text, Computed("code", persisted=True), ForeignKey("sold_pass.code")),
    Column("turn", Integer, nullable=False),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("gate", Text, nullable=False),
    Column("device", Text, ForeignKey("device.name"), nullable=False),
    Column("admitted_at", Instant, nullable=False),
    Column("day", Date, nullable=False),
    Column("was_offline", Boolean, nullable=False),
    Column("reason", Text),
    Column("data", JSONB(none_as_null=True)),
    Column("other", Uuid, ForeignKey("admission.key")),
    Column("visit", Uuid),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

admission_withdrawal = Table(
    "admission_withdrawal", metadata,
    Column("admission", Uuid, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("device", Text, ForeignKey("device.name"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip
