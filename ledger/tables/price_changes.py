"""Prices changed at the desk: what one person drafted and what another one said to it."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Table, Text, Uuid

from ledger.tables import metadata

Instant = DateTime(timezone=True)

price_change = Table(
    "price_change", metadata,
    Column("id", Uuid, primary_key=True),
    Column("product", Text, ForeignKey("product.code"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("replaced_from", Date, nullable=False),
    Column("replaced_cents", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, ForeignKey("staff.code"), nullable=False),
    Column("asked_at", Instant, nullable=False),
)  # fmt: skip

price_change_decision = Table(
    "price_change_decision", metadata,
    Column("request", Uuid, ForeignKey("price_change.id"), primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, ForeignKey("staff.code"), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("reason", Text),
)  # fmt: skip
