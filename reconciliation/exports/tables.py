"""Batches, their files and what became of them; orders to the bank: as SQLAlchemy sees them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from ledger.tables import books, catalogue, metadata, services, staff

Instant = DateTime(timezone=True)


def _of_a_batch() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["format", "number"], ["export_batch.format", "export_batch.number"]
    )


export_batch = Table(
    "export_batch", metadata,
    Column("format", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("entry_count", BigInteger, nullable=False),
    Column("transfer_count", BigInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("format", "number", "created_by", name="export_batch_has_maker"),
)  # fmt: skip

export_entry = Table(
    "export_entry", metadata,
    Column("format", Text, primary_key=True),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), primary_key=True),
    Column("number", Integer, nullable=False),
    _of_a_batch(),
)  # fmt: skip

export_part = Table(
    "export_part", metadata,
    Column("format", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    _of_a_batch(),
)  # fmt: skip

export_file = Table(
    "export_file", metadata,
    Column("format", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    _of_a_batch(),
)  # fmt: skip

export_step = Table(
    "export_step", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("format", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff", Text, nullable=False),
    Column("words", Text),
    _of_a_batch(),
)  # fmt: skip

export_decision = Table(
    "export_decision", metadata,
    Column("format", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_by", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, ForeignKey(staff.staff.c.code), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("words", Text),
    _of_a_batch(),
)  # fmt: skip

mandate = Table(
    "mandate", metadata,
    Column("id", Text, primary_key=True),
    Column("wallet", Text, ForeignKey(services.wallet.c.code), nullable=False),
    Column("iban", Text),
    Column("holder", Text),
    Column("signed_on", Date, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("ended_at", Instant),
)  # fmt: skip

payment_order = Table(
    "payment_order", metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("bank_account", Text, ForeignKey(catalogue.bank_account.c.account), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("iban", Text),
    Column("holder", Text),
    Column("purpose", Text, nullable=False),
    Column("end_to_end_id", Text, nullable=False, unique=True),
    Column("booked_entry", BigInteger, ForeignKey(books.entry.c.id)),
    Column("mandate", Text, ForeignKey("mandate.id")),
    Column("sequence", Text),
    Column("due_on", Date),
    Column("requested_by", Text, ForeignKey(staff.staff.c.code)),
    Column("requested_at", Instant, nullable=False),
    Column("released_by", Text, ForeignKey(staff.staff.c.code)),
    Column("released_at", Instant),
    Column("state", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    *(Column(name, BigInteger, ForeignKey(books.entry.c.id), unique=True) for name in (
        "submitted_entry", "paid_entry", "returned_entry")),
    UniqueConstraint("kind", "subject", name="payment_order_once"),
)  # fmt: skip

export_payment = Table(
    "export_payment", metadata,
    Column("format", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("payment_order", Uuid, ForeignKey("payment_order.id"), primary_key=True),
    Column("payment_info", Text, nullable=False),
    Column("is_live", Boolean, nullable=False),
    _of_a_batch(),
)  # fmt: skip
