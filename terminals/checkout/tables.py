"""Online payments in the database: what was asked for, what the provider said, what was booked."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

online_customer = Table(
    "online_customer", metadata,
    Column("payer", Text, primary_key=True),
    Column("customer", Text, unique=True),
    Column("made_at", Instant, nullable=False),
)  # fmt: skip

online_forgetting = Table(
    "online_forgetting", metadata,
    Column("ref", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payer", Text, ForeignKey("online_customer.payer"), nullable=False),
    Column("wanted_at", Instant, nullable=False),
    Column("done_at", Instant),
)  # fmt: skip

online_way = Table(
    "online_way", metadata,
    Column("payer", Text, ForeignKey("online_customer.payer"), primary_key=True),
    Column("method", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)  # fmt: skip

online_payment = Table(
    "online_payment", metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("ways", ARRAY(Text), nullable=False),
    Column("payer", Text, ForeignKey("online_customer.payer")),
    Column("keeps_way", Boolean, nullable=False),
    Column("back_url", Text),
    Column("cancelled_url", Text),
    Column("page_until", Instant),
    Column("begun_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("way", Text),
    Column("page", Text),
    Column("method", Text),
    Column("session", Text, unique=True),
    Column("intent", Text, unique=True),
    Column("reason", Text),
    Column("ended_at", Instant),
    Column("credited_at", Instant),
    Column("has_fee", Boolean, nullable=False, server_default="false"),
)  # fmt: skip

online_payment_key = Table(
    "online_payment_key", metadata,
    Column("key", Uuid, primary_key=True),
    Column("payment", Uuid, ForeignKey("online_payment.id"), nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
)  # fmt: skip

online_booking = Table(
    "online_booking", metadata,
    Column("kind", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("payment", Uuid, ForeignKey("online_payment.id")),
    Column("amount_cents", BigInteger, nullable=False),
    Column("entry_id", BigInteger, ForeignKey("entry.id")),
    Column("booked_at", Instant, nullable=False),
)  # fmt: skip

online_refund = Table(
    "online_refund", metadata,
    Column("id", Uuid, primary_key=True),
    Column("payment", Uuid, ForeignKey("online_payment.id"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("refund", Text, unique=True),
    Column("failure", Text),
    Column("changed_at", Instant, nullable=False),
    Column("released_by", Text),
    Column("entry_id", BigInteger, ForeignKey("entry.id")),
)  # fmt: skip

online_dispute = Table(
    "online_dispute", metadata,
    Column("id", Text, primary_key=True),
    Column("payment", Uuid, ForeignKey("online_payment.id"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("due_by", Instant),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

provider_event = Table(
    "provider_event", metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("object_id", Text),
    Column("created", Instant, nullable=False),
    Column("payload", Text),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("worked_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("trouble", Text),
)  # fmt: skip

online_case = Table(
    "online_case", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("payment", Uuid, ForeignKey("online_payment.id")),
    Column("amount_cents", BigInteger),
    Column("detail", JSONB, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Text),
    Column("answer", Text),
    UniqueConstraint("kind", "ref", name="online_case_once"),
)  # fmt: skip

auto_top_up = Table(
    "auto_top_up", metadata,
    Column("wallet", Text, ForeignKey("wallet.code"), primary_key=True),
    Column("payer", Text, nullable=False),
    Column("threshold_cents", BigInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("month_cap_cents", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("paused_until", Date),
    Column("decline_count", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

auto_consent = Table(
    "auto_consent", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("wallet", Text, ForeignKey("wallet.code"), nullable=False),
    Column("payer", Text, nullable=False),
    Column("threshold_cents", BigInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("month_cap_cents", BigInteger, nullable=False),
    Column("text_version", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
)  # fmt: skip
