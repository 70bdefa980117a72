"""Between counter and journal: wallets, charges, free tickets, passes, children and meals."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

wallet_number = Sequence("wallet_number", metadata=metadata)
pass_number = Sequence("pass_number", metadata=metadata)
child_number = Sequence("child_number", metadata=metadata)

catalogue_version = Table(
    "catalogue_version", metadata,
    Column("only", Boolean, primary_key=True),
    Column("version", Uuid, nullable=False),
)  # fmt: skip

wallet = Table(
    "wallet", metadata,
    Column("code", Text, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("account", Text, ForeignKey("account.code"), nullable=False, unique=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("opened_at", Instant, nullable=False),
)  # fmt: skip

charge = Table(
    "charge", metadata,
    Column("key", Uuid, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("refused", Text),
    Column("data", JSONB(none_as_null=True)),
    Column("facility", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("charged_at", Instant, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("till", Text),
    Column("terminal", Text),
    Column("shift", Text),
    Column("receipt_number", Text),
    Column("total_cents", BigInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
)  # fmt: skip

charge_reversal = Table(
    "charge_reversal", metadata,
    Column("key", Uuid, primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False, unique=True),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("booked_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

counted = Table(
    "counted", metadata,
    Column("key", Uuid, primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("product", Text, ForeignKey("product.code"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("case_id", BigInteger, ForeignKey("case_reference.id")),
)  # fmt: skip

sold_pass = Table(
    "sold_pass", metadata,
    Column("code", Text, primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False),
    Column("account", Text, ForeignKey("account.code"), nullable=False, unique=True),
    Column("product", Text, ForeignKey("product.code"), nullable=False),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("units", Integer, nullable=False),
    Column("visits_per_day", Integer),
    Column("net_cents", BigInteger, nullable=False),
    Column("tax_cents", BigInteger, nullable=False),
    Column("revenue_account", Text, nullable=False),
    Column("vat_rate", SmallInteger, nullable=False),
    Column("vat_account", Text),
    Column("tax_code", Text, nullable=False),
    Column("sphere", Text, nullable=False),
    Column("houses", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

pass_visit = Table(
    "pass_visit", metadata,
    Column("pass", Text, ForeignKey("sold_pass.code"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("key", Uuid, nullable=False),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("visited_at", Instant, nullable=False),
    Column("day", Date, nullable=False),
    Column("number_of_day", Integer, nullable=False),
    Column("house", Text),
    Column("turn", Integer, primary_key=True, default=0),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

pass_visit_taken_back = Table(
    "pass_visit_taken_back", metadata,
    Column("pass", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("visit", Uuid, nullable=False, unique=True),
    Column("visit_turn", Integer, nullable=False),
    Column("key", Uuid, nullable=False, unique=True),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("taken_back_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

pass_release = Table(
    "pass_release", metadata,
    Column("pass", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("key", Uuid, ForeignKey("answer.key"), nullable=False),
    Column("turn", Integer, primary_key=True, default=0),
)  # fmt: skip

pass_end = Table(
    "pass_end", metadata,
    Column("pass", Text, ForeignKey("sold_pass.code"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)  # fmt: skip

child = Table(
    "child", metadata,
    Column("code", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("wallet", Text, ForeignKey("wallet.code"), nullable=False),
    Column("wallet_kind", Text, Computed("'kita'", persisted=True)),
    Column("registered_on", Date, nullable=False),
)  # fmt: skip

subsidy = Table(
    "subsidy", metadata,
    Column("child", Integer, ForeignKey("child.number"), primary_key=True),
    Column("account", Text, ForeignKey("account.code"), nullable=False),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date, nullable=False),
)  # fmt: skip

meal_order = Table(
    "meal_order", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("child", Text, ForeignKey("child.code"), nullable=False),
    Column("day", Date, nullable=False),
    Column("product", Text, ForeignKey("product.code"), nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("cancelled_why", Text),
)  # fmt: skip

meal_charge = Table(
    "meal_charge", metadata,
    Column("child", Text, ForeignKey("child.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
    Column("wallet", Text, ForeignKey("wallet.code"), nullable=False),
)  # fmt: skip
