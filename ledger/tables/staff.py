"""The people who work here: how they prove it, where they are signed in, what they did."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    Sequence,
    Table,
    Text,
    func,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

staff_number = Sequence("staff_number", metadata=metadata)

staff = Table(
    "staff", metadata,
    Column("code", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("facility", Text, ForeignKey("facility.code")),
    Column("password_hash", Text),
    Column("password_until", Instant),
    Column("totp_secret", Text),
    Column("totp_last_step", BigInteger),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("added_at", Instant, nullable=False, server_default=func.clock_timestamp()),
)  # fmt: skip

staff_pin = Table(
    "staff_pin", metadata,
    Column("staff", Text, ForeignKey("staff.code"), primary_key=True),
    Column("pin_hash", Text, nullable=False),
    Column("set_at", Instant, nullable=False, server_default=func.clock_timestamp()),
)  # fmt: skip

staff_session = Table(
    "staff_session", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("staff", Text, ForeignKey("staff.code"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("signed_in_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
)  # fmt: skip

sign_in_attempt = Table(
    "sign_in_attempt", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("is_success", Boolean, nullable=False),
)  # fmt: skip

audit_log = Table(
    "audit_log", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", Text),
    Column("detail", JSONB, nullable=False),
)  # fmt: skip
