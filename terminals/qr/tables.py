"""The printed guest codes that are out, and those that were taken back."""

from sqlalchemy import Column, Computed, DateTime, ForeignKey, Integer, Table, Text

from ledger.tables import metadata

Instant = DateTime(timezone=True)

guest_code = Table(
    "guest_code", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False, index=True),
    Column("wallet", Text, Computed("'wallet'", persisted=True), ForeignKey("wallet.code")),
    Column("pass", Text, Computed("'pass'", persisted=True), ForeignKey("sold_pass.code")),
    Column("issued_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("revoked_at", Instant),
)  # fmt: skip
