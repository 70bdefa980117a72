"""Payouts, what was booked of the provider's facts, and how far its records have been read."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Text,
)

from ledger.tables import books, metadata

Instant = DateTime(timezone=True)

payout = Table(
    "payout", metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("source", "account", "state")),
    Column("amount_cents", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("arrives_on", Date, nullable=False),
    Column("is_automatic", Boolean, nullable=False),
    Column("is_complete", Boolean, nullable=False),
    *(Column(name, Text) for name in ("trace_id", "descriptor", "failure", "problem")),
    *(Column(name, Integer) for name in ("line_count", "charge_count")),
    *(Column(name, BigInteger) for name in (
        "charge_cents", "refund_cents", "fee_cents", "other_cents")),
    Column("read_at", Instant, nullable=False),
)  # fmt: skip

provider_booking = Table(
    "provider_booking", metadata,
    Column("ref", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), nullable=False),
    Column("booked_at", Instant, nullable=False),
)  # fmt: skip

provider_window = Table(
    "provider_window", metadata,
    Column("id", BigInteger, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("source", "account")),
    *(Column(name, Instant, nullable=False) for name in ("since", "until")),
    *(Column(name, Integer, nullable=False) for name in ("line_count", "changed_count")),
    Column("read_at", Instant, nullable=False),
)  # fmt: skip

provider_balance = Table(
    "provider_balance", metadata,
    Column("id", BigInteger, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("source", "account")),
    *(Column(name, BigInteger, nullable=False) for name in ("available_cents", "pending_cents")),
    Column("currency", CHAR(3), nullable=False),
    Column("read_at", Instant, nullable=False),
)  # fmt: skip
