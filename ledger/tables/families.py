"""Families: standing orders, second payers, menus, cases, reminders and closing accounts."""

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from ledger.tables import metadata

Instant = DateTime(timezone=True)

standing_order = Table(
    "standing_order", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("child", Integer, ForeignKey("child.number"), nullable=False),
    Column("products", ARRAY(Text), nullable=False),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("ends_before", Date),
    Column("made_at", Instant, nullable=False),
)  # fmt: skip

second_payer = Table(
    "second_payer", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("child", Integer, ForeignKey("child.number"), nullable=False),
    Column("wallet", Text, nullable=False),
    Column("wallet_kind", Text, Computed("'kita'", persisted=True), nullable=False),
    Column("weekdays", ARRAY(SmallInteger)),
    Column("valid_from", Date, nullable=False),
    Column("ends_before", Date),
    Column("made_at", Instant, nullable=False),
)  # fmt: skip

menu = Table(
    "menu", metadata,
    Column("facility", Text, ForeignKey("facility.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("dish", Text, nullable=False),
    Column("dish_en", Text, nullable=False),
    Column("allergens", ARRAY(Text), nullable=False),
)  # fmt: skip

payer_case = Table(
    "payer_case", metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("wallet", Text, ForeignKey("wallet.code")),
    Column("subject", Text),
    Column("reason", Text, nullable=False),
    Column("words", Text),
    Column("amount_cents", BigInteger),
    Column("paid_on", Date),
    Column("iban_end", Text),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

payer_case_step = Table(
    "payer_case_step", metadata,
    Column("payer_case", Uuid, ForeignKey("payer_case.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff", Text, ForeignKey("staff.code")),
    Column("words", Text),
    Column("amount_cents", BigInteger),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("approval", Uuid, ForeignKey("approval.id")),
)  # fmt: skip

unclear_assignment = Table(
    "unclear_assignment", metadata,
    Column("receipt", BigInteger, ForeignKey("entry.id"), primary_key=True),
    Column("payer_case", Uuid, ForeignKey("payer_case.id"), nullable=False),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
)  # fmt: skip

subsidy_moved = Table(
    "subsidy_moved", metadata,
    Column("child", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
    Column("amount_cents", BigInteger, nullable=False),
)  # fmt: skip

low_mark = Table(
    "low_mark", metadata,
    Column("wallet", Text, ForeignKey("wallet.code"), primary_key=True),
    Column("mark_cents", BigInteger, nullable=False),
)  # fmt: skip

told = Table(
    "told", metadata,
    Column("wallet", Text, ForeignKey("wallet.code"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),
    Column("over_at", Instant),
)  # fmt: skip

wallet_closing = Table(
    "wallet_closing", metadata,
    Column("id", Uuid, primary_key=True),
    Column("wallet", Text, ForeignKey("wallet.code"), nullable=False),
    Column("state", Text, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("iban", Text),
    Column("holder", Text),
    Column("requested_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("released_by", Text, ForeignKey("staff.code")),
    Column("amount_cents", BigInteger),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

closing_payout = Table(
    "closing_payout", metadata,
    Column("id", Uuid, primary_key=True),
    Column("closing", Uuid, ForeignKey("wallet_closing.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("payment", Uuid),
    Column("amount_cents", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("paid_entry", BigInteger, ForeignKey("entry.id"), unique=True),
    Column("returned_entry", BigInteger, ForeignKey("entry.id"), unique=True),
)  # fmt: skip
