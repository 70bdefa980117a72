"""Signatures and what was noted, as SQLAlchemy sees them."""

from sqlalchemy import (
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

from ledger.tables import metadata
from ledger.tables.books import closed_day
from ledger.tables.staff import staff

Instant = DateTime(timezone=True)

closing_signature = Table(
    "closing_signature", metadata,
    Column("scope", Text, primary_key=True),
    Column("period", Date, primary_key=True),
    Column("round", SmallInteger, primary_key=True),
    Column("place", SmallInteger, primary_key=True),
    Column("person", Text, ForeignKey(staff.c.code), nullable=False),
    Column("remark", Text),
    Column("totals", JSONB, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("signed_at", Instant, nullable=False),
)  # fmt: skip

late_items_noted = Table(
    "late_items_noted", metadata,
    Column("day", Date, ForeignKey(closed_day.c.day), primary_key=True),
    Column("until", Instant, primary_key=True),
    Column("item_count", Integer, nullable=False),
    Column("noted_by", Text, ForeignKey(staff.c.code), nullable=False),
    Column("noted_at", Instant, nullable=False),
)  # fmt: skip
