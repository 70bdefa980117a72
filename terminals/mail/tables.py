"""Letters on their way: what they say goes as soon as they are sent."""

from sqlalchemy import Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

letter = Table(
    "letter", metadata,
    Column("key", Uuid, primary_key=True),
    Column("recipient", Text),
    Column("language", Text, nullable=False),
    Column("subject", Text),
    Column("paragraphs", JSONB(none_as_null=True)),
    Column("button", JSONB(none_as_null=True)),
    Column("written_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant),
    Column("sent_at", Instant),
    Column("given_up_at", Instant),
    Column("trouble", Text),
)  # fmt: skip
