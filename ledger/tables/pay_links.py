"""Pay links, what became of them, and the addresses of electronic receipts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

pay_link_number = Sequence("pay_link_number", metadata=metadata)

pay_link = Table(
    "pay_link", metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("token", Text, nullable=False, unique=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("facility", Text, ForeignKey("facility.code")),
    Column("till", Text, ForeignKey("till.code")),
    Column("shift", Text),
    Column("lines", JSONB(none_as_null=True)),
    Column("wallet", Text, ForeignKey("wallet.code")),
    Column("amount_cents", BigInteger, nullable=False),
    Column("case_reference", Text),
    Column("takes_transfers", Boolean, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)  # fmt: skip

pay_link_change = Table(
    "pay_link_change", metadata,
    Column("link", Uuid, ForeignKey("pay_link.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("lines", JSONB, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

pay_link_withdrawal = Table(
    "pay_link_withdrawal", metadata,
    Column("link", Uuid, ForeignKey("pay_link.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
)  # fmt: skip

pay_link_notice = Table(
    "pay_link_notice", metadata,
    Column("link", Uuid, ForeignKey("pay_link.id"), primary_key=True),
    Column("charge", Uuid, ForeignKey("charge.key"), nullable=False, unique=True),
    Column("noticed_at", Instant, nullable=False),
)  # fmt: skip

pay_link_wish = Table(
    "pay_link_wish", metadata,
    Column("link", Uuid, ForeignKey("pay_link.id"), primary_key=True),
    Column("wished_at", Instant, nullable=False),
)  # fmt: skip

pay_link_payment = Table(
    "pay_link_payment", metadata,
    Column("payment", Uuid, primary_key=True),
    Column("link", Uuid, ForeignKey("pay_link.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("use", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("back_cents", BigInteger, nullable=False),
    Column("entry_id", BigInteger, ForeignKey("entry.id"), nullable=False, unique=True),
    Column("paid_at", Instant, nullable=False),
)  # fmt: skip

pay_link_sale = Table(
    "pay_link_sale", metadata,
    Column("link", Uuid, ForeignKey("pay_link.id"), primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("receipt_number", Text, nullable=False),
    Column("sold_at", Instant, nullable=False),
    UniqueConstraint("till", "receipt_number", name="pay_link_sale_number_once"),
)  # fmt: skip

receipt_address = Table(
    "receipt_address", metadata,
    Column("entry_id", BigInteger, ForeignKey("entry.id"), primary_key=True),
    Column("token", Text, nullable=False, unique=True),
)  # fmt: skip

books_check = Table(
    "books_check", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("checked_at", Instant, nullable=False),
    Column("tree_size", BigInteger, nullable=False),
    Column("broken_block", BigInteger),
    Column("is_sound", Boolean, Computed("broken_block IS NULL", persisted=True)),
)  # fmt: skip
