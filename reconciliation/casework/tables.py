"""What people did with differences and whom they asked, as SQLAlchemy sees it."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ledger.tables import books, metadata
from ledger.tables.staff import staff
from reconciliation.tables import difference

Instant = DateTime(timezone=True)

difference_step = Table(
    "difference_step", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("difference", Text, ForeignKey(difference.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("person", Text, ForeignKey(staff.c.code), nullable=False),
    Column("at", Instant, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), unique=True),
    Column("undoes", BigInteger, ForeignKey("difference_step.id"), unique=True),
)  # fmt: skip

match_decision = Table(
    "match_decision", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    *(Column(name, ARRAY(Text), nullable=False) for name in (
        "expected_codes", "provider_codes", "bank_codes")),
    Column("step", BigInteger, ForeignKey(difference_step.c.id), nullable=False),
    Column("decided_by", Text, ForeignKey(staff.c.code), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("ended_at", Instant),
)  # fmt: skip

release_request = Table(
    "release_request", metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("difference", Text, ForeignKey(difference.c.id)),
    Column("receipt", BigInteger, ForeignKey(books.entry.c.id)),
    Column("amount_cents", BigInteger, nullable=False),
    Column("postings", JSONB, nullable=False),
    Column("codes", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, ForeignKey(staff.c.code), nullable=False),
    Column("asked_at", Instant, nullable=False),
)  # fmt: skip

release_decision = Table(
    "release_decision", metadata,
    Column("request", Uuid, ForeignKey(release_request.c.id), primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, ForeignKey(staff.c.code), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("reason", Text),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), unique=True),
)  # fmt: skip

kept_filter = Table(
    "kept_filter", metadata,
    Column("person", Text, ForeignKey(staff.c.code), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("query", Text, nullable=False),
)  # fmt: skip
