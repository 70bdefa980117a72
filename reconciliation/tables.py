"""What was delivered, matched and found to differ, as SQLAlchemy sees it."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ledger.tables import books, catalogue, metadata

Instant = DateTime(timezone=True)

source_file = Table(
    "source_file", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
)  # fmt: skip

bank_statement = Table(
    "bank_statement", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("file_id", BigInteger, ForeignKey("source_file.id"), nullable=False),
    Column("account", Text, ForeignKey(catalogue.bank_account.c.account), nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("sequence", BigInteger),
    Column("page", Integer, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("opening_cents", BigInteger),
    Column("closing_cents", BigInteger),
    Column("closing_on", Date),
    Column("line_count", Integer, nullable=False),
    Column("movement_cents", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("superseded_by", BigInteger, ForeignKey("bank_statement.id")),
)  # fmt: skip

bank_line = Table(
    "bank_line", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("statement_id", BigInteger, ForeignKey("bank_statement.id"), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("detail", Integer, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date),
    Column("currency", CHAR(3), nullable=False),
    Column("end_to_end_id", Text),
    Column("rf_reference", Text),
    Column("remittance", Text),
    Column("counterparty_name", Text),
    Column("counterparty_iban", Text),
    Column("bank_tx_code", Text),
    Column("gvc", Text),
    Column("return_reason", Text),
    Column("mandate_id", Text),
    Column("bank_reference", Text),
    Column("is_reversal", Boolean, nullable=False),
    Column("batch_id", Text),
    Column("batch_count", Integer),
    Column("charges_cents", BigInteger),
)  # fmt: skip

expected_item = Table(
    "expected_item", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id)),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    *(Column(name, Text) for name in (
        "office", "till", "terminal", "trace", "receipt", "auth_code", "order_ref", "psp_ref")),
    Column("booked_at", Instant, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("payer", Text),
    Column("related_ref", Text),
)  # fmt: skip

provider_line = Table(
    "provider_line", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("file_id", BigInteger, ForeignKey("source_file.id")),
    Column("file_code", Text, nullable=False),
    Column("file_version", Integer, nullable=False),
    Column("delivery", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in (
        "source", "record_type", "account", "txn_id")),
    *(Column(name, Text) for name in (
        "psp_ref", "order_ref", "terminal", "trace", "receipt", "first_receipt", "auth_code",
        "scheme", "card_region")),
    Column("happened_at", Instant),
    Column("local_at", DateTime),
    Column("gross_cents", BigInteger, nullable=False),
    Column("auth_cents", BigInteger),
    Column("fee_cents", BigInteger, nullable=False),
    Column("net_cents", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("batch", Text),
    Column("settle_on", Date),
    Column("item_count", Integer),
    Column("trace_id", Text),
    Column("received_at", Instant, nullable=False),
)  # fmt: skip

bank_match = Table(
    "bank_match", metadata,
    Column("bank_line_id", BigInteger, ForeignKey("bank_line.id"), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("rule_version", SmallInteger, nullable=False),
    Column("key_used", Text, nullable=False),
    Column("entry_id", BigInteger, ForeignKey(books.entry.c.id), nullable=False, unique=True),
    Column("matched_at", Instant, nullable=False),
)  # fmt: skip

difference = Table(
    "difference", metadata,
    Column("id", Text, primary_key=True),
    Column("class", Text, nullable=False, key="kind"),
    Column("subject", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("since", Date, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("severity", Text, nullable=False),
    *(Column(name, Text) for name in ("channel", "place", "reference")),
    Column("expected_cents", BigInteger),
    Column("confirmed_cents", BigInteger),
    *(Column(name, ARRAY(Text), nullable=False) for name in (
        "expected_codes", "provider_codes", "bank_codes")),
    Column("tier", SmallInteger),
    Column("proposal", JSONB),
    Column("explanation", Text),
    Column("account", Text),
    Column("opened_run", Uuid, ForeignKey("night_start.run")),
    Column("closed_run", Uuid, ForeignKey("night_start.run")),
)  # fmt: skip

night_start = Table(
    "night_start", metadata,
    Column("run", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("day", Date, nullable=False),
    Column("started_at", Instant, nullable=False),
)  # fmt: skip

night_step = Table(
    "night_step", metadata,
    Column("run", Uuid, ForeignKey("night_start.run"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("counts", JSONB, nullable=False),
)  # fmt: skip

night_total = Table(
    "night_total", metadata,
    Column("run", Uuid, ForeignKey("night_start.run"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("ledger_cents", BigInteger, nullable=False),
    Column("other_cents", BigInteger, nullable=False),
)  # fmt: skip

night_channel = Table(
    "night_channel", metadata,
    Column("run", Uuid, ForeignKey("night_start.run"), primary_key=True),
    Column("channel", Text, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in (
        "checked", "closed", "in_time", "suggestions", "differences", "opened",
        "in_transit_cents", "unexplained_cents")),
    Column("oldest_days", Integer),
)  # fmt: skip

night_account = Table(
    "night_account", metadata,
    Column("run", Uuid, ForeignKey("night_start.run"), primary_key=True),
    Column("account", Text, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in (
        "balance_cents", "in_time_cents", "suggestion_cents", "difference_cents")),
    Column("case_count", Integer, nullable=False),
    Column("oldest_days", Integer),
    Column("at_zero_on", Date),
)  # fmt: skip

night_run = Table(
    "night_run", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("day", Date, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("run", Uuid, ForeignKey("night_start.run"), unique=True),
)  # fmt: skip

provider_line_ended = Table(
    "provider_line_ended", metadata,
    Column("provider_id", BigInteger, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("ended_at", Instant, nullable=False),
)  # fmt: skip

item_match = Table(
    "item_match", metadata,
    Column("expected_id", BigInteger),
    Column("provider_id", BigInteger),
    Column("rule", Text, nullable=False),
    Column("rule_version", SmallInteger, nullable=False),
    Column("key_used", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("matched_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Uuid),
)  # fmt: skip

credit_match = Table(
    "credit_match", metadata,
    Column("bank_line_id", BigInteger),
    Column("provider_id", BigInteger),
    Column("expected_id", BigInteger),
    Column("rule", Text, nullable=False),
    Column("rule_version", SmallInteger, nullable=False),
    Column("key_used", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("matched_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Uuid),
)  # fmt: skip

finding = Table(
    "finding", metadata,
    Column("id", Text, primary_key=True),
    Column("class", Text, nullable=False, key="kind"),
    Column("subject", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("since", Date, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("severity", Text, nullable=False),
    *(Column(name, Text) for name in ("channel", "place", "reference")),
    Column("expected_cents", BigInteger),
    Column("confirmed_cents", BigInteger),
    *(Column(name, ARRAY(Text), nullable=False) for name in (
        "expected_codes", "provider_codes", "bank_codes")),
    Column("tier", SmallInteger),
    Column("proposal", JSONB),
    Column("explanation", Text, nullable=False),
)  # fmt: skip

match_run = Table(
    "match_run", metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("as_of", Instant, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("finished_at", Instant, nullable=False),
)  # fmt: skip

till_audit = Table(
    "till_audit", metadata,
    Column("number", BigInteger, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("till", Text, nullable=False),
    Column("frozen_at", Instant, nullable=False),
    Column("frozen", JSONB, nullable=False),
    Column("expected_cents", BigInteger, nullable=False),
    Column("auditor", Text, nullable=False),
    Column("counts", JSONB),
    Column("counted_cents", BigInteger),
    Column("difference_cents", BigInteger),
    Column("remarks", Text),
    Column("finished_at", Instant),
)  # fmt: skip
