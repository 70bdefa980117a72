"""What needs a second person, what was decided, and the refunds that were asked for and paid."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

approval = Table(
    "approval", metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facility", Text, ForeignKey("facility.code")),
    Column("till", Text, ForeignKey("till.code")),
    Column("amount_cents", BigInteger, nullable=False),
    Column("limit_cents", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_by", Text, ForeignKey("staff.code"), nullable=False),
    Column("requested_at", Instant, nullable=False),
    UniqueConstraint("id", "requested_by", name="approval_has_requester"),
)  # fmt: skip

approval_decision = Table(
    "approval_decision", metadata,
    Column("approval", Uuid, primary_key=True),
    Column("requested_by", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("is_by_rule", Boolean, nullable=False),
    Column("decided_by", Text, ForeignKey("staff.code")),
    Column("decided_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("reason", Text),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    ForeignKeyConstraint(["approval", "requested_by"], ["approval.id", "approval.requested_by"]),
    UniqueConstraint("approval", "decision", name="approval_decision_is"),
)  # fmt: skip

refund = Table(
    "refund", metadata,
    Column("id", Uuid, ForeignKey("approval.id"), primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
)  # fmt: skip

refund_payment = Table(
    "refund_payment", metadata,
    Column("refund", Uuid, ForeignKey("refund.id"), primary_key=True),
    Column("decision", Text, Computed("'approved'", persisted=True), nullable=False),
    Column("way", Text, nullable=False),
    Column("attempt", Uuid),
    Column("paid_at", Instant, nullable=False),
    Column("paid_by", Text, nullable=False),
    Column("approved_entry", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
    Column("paid_entry", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
    ForeignKeyConstraint(
        ["refund", "decision"], ["approval_decision.approval", "approval_decision.decision"]
    ),
)  # fmt: skip
