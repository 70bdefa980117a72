"""Tables of the site's journal, in SQLite.

What must never be false stands here as an index: a basket has one payment that is open or went
through, a terminal one order whose end is open, a till one shift that is open, and every number
of a receipt exists once.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

from terminals.till.journal.columns import Instant

metadata = MetaData()

# A token the site made, kept before it is sent: a lost answer is asked for again with it.
enrolment = Table(
    "enrolment", metadata,
    Column("code", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answer", JSON),
)  # fmt: skip

till = Table(
    "till", metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("facility", Text, nullable=False),
    Column("facility_kind", Text, nullable=False),
    Column("facility_name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("terminal", Text),
    Column("token", Text, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("next_receipt", Integer, nullable=False, default=1),
    Column("next_z", Integer, nullable=False, default=1),
    Column("person", Text),
    Column("is_locked", Boolean, nullable=False, default=False),
)  # fmt: skip

browser = Table(
    "browser", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("bound_at", Instant, nullable=False),
)  # fmt: skip

# What the centre said last: offers of a day, people with their PINs, keys of guest codes.
document = Table(
    "document", metadata,
    Column("name", Text, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), primary_key=True),
    Column("etag", Text),
    Column("body", JSON, nullable=False),
    Column("fetched_at", Instant, nullable=False),
)  # fmt: skip

pin_failure = Table(
    "pin_failure", metadata,
    Column("id", Integer, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("at", Instant, nullable=False),
)  # fmt: skip

shift = Table(
    "shift", metadata,
    Column("till", Text, ForeignKey("till.code"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("float_cents", Integer, nullable=False),
    Column("carried_cents", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("closed_at", Instant),
    Column("closing", JSON),
    Index("one_open_shift", "till", unique=True, sqlite_where=text("closed_at IS NULL")),
)  # fmt: skip

basket = Table(
    "basket", metadata,
    Column("id", Uuid, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("state", Text, nullable=False),  # open, paying, parked, paid, dropped
    Column("lines", JSON, nullable=False),
    Column("case_reference", Text),
    Column("marked", Integer),
    Column("changed_at", Instant, nullable=False),
    Index("one_open_basket", "till", unique=True,
          sqlite_where=text("state IN ('open', 'paying')")),
)  # fmt: skip

attempt = Table(
    "attempt", metadata,
    Column("id", Uuid, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("basket", Uuid, ForeignKey("basket.id")),
    Column("sale", Uuid),  # what a reversal or refund takes back
    Column("terminal", Text, nullable=False),
    Column("adapter", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("state", Text, nullable=False),  # started, unknown, approved, declined, aborted
    Column("started_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("lost_at", Instant),  # since when it is unknown
    Column("cancelled_at", Instant),  # the cashier asked for its end
    Column("reason", Text),
    Column("code", Text),
    Column("last_news", JSON(none_as_null=True)),
    Column("last_known", JSON(none_as_null=True)),
    Column("had_none", Boolean, nullable=False, default=False),
    Column("original", JSON(none_as_null=True)),
    Column("claimed", JSON(none_as_null=True)),
    Column("evidence", JSON(none_as_null=True)),
    Column("checks", Integer, nullable=False, default=0),
    Column("statement", Text),
    Column("statement_by", Text),
    Index("one_payment_of_a_basket", "basket", unique=True,
          sqlite_where=text("kind = 'payment' AND state IN ('started', 'unknown', 'approved')")),
    Index("one_open_order_of_a_terminal", "terminal", unique=True,
          sqlite_where=text("state IN ('started', 'unknown') AND statement IS NULL")),
)  # fmt: skip

# What a terminal said was its newest transaction when it was asked how it is; null: it had none.
newest = Table(
    "newest", metadata,
    Column("terminal", Text, primary_key=True),
    Column("evidence", JSON(none_as_null=True)),
    Column("at", Instant, nullable=False),
)  # fmt: skip

frame = Table(
    "frame", metadata,
    Column("id", Integer, primary_key=True),
    Column("terminal", Text, nullable=False),
    Column("attempt", Uuid, ForeignKey("attempt.id")),
    Column("direction", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index("frame_of_attempt", "attempt"),
)  # fmt: skip

sale = Table(
    "sale", metadata,
    Column("key", Uuid, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("basket", Uuid, ForeignKey("basket.id"), nullable=False, unique=True),
    Column("attempt", Uuid, ForeignKey("attempt.id"), unique=True),
    Column("person", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("total_cents", Integer, nullable=False),
    Column("guests", Integer, nullable=False),
    Column("passes", Integer, nullable=False),
    Column("sold_at", Instant, nullable=False),
    Column("completed_at", Instant, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("tender", JSON, nullable=False),
    Column("receipt_token", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),  # paid, voiding, voided, refunded
    Index("receipt_number_once", "till", "number", unique=True),
    Index("sale_of_shift", "till", "shift"),
)  # fmt: skip

# A pass that a sale sold, once the centre has given it its code.
sold_pass = Table(
    "sold_pass", metadata,
    Column("code", Text, primary_key=True),
    Column("sale", Uuid, ForeignKey("sale.key"), nullable=False),
    Column("product", Text, nullable=False),
    Column("visits", Integer, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("token", Text, nullable=False),
    Column("printed_at", Instant),
    Index("pass_of_sale", "sale"),
)  # fmt: skip

# A visit with a pass that this site let in. was_alone: without asking the centre.
pass_visit = Table(
    "pass_visit", metadata,
    Column("sale", Uuid, ForeignKey("sale.key"), primary_key=True),
    Column("code", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("was_alone", Boolean, nullable=False),
    Index("visit_of_pass", "code"),
    Index("visit_by_time", "at"),
)  # fmt: skip

# What the centre said of a pass last; its visits are those of `day`.
known_pass = Table(
    "known_pass", metadata,
    Column("till", Text, ForeignKey("till.code"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("body", JSON, nullable=False),
)  # fmt: skip

take_back = Table(
    "take_back", metadata,
    Column("id", Uuid, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("sale", Uuid, ForeignKey("sale.key"), nullable=False),
    Column("kind", Text, nullable=False),  # void, refund
    Column("amount_cents", Integer, nullable=False),
    Column("lines", JSON),
    Column("reason", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # pending, approved, paying, done, refused, withdrawn
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("decision_reason", Text),
    Column("way", Text, nullable=False),
    Column("done_at", Instant),
)  # fmt: skip

cash_drop = Table(
    "cash_drop", metadata,
    Column("bag", Text, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
)  # fmt: skip

terminal_total = Table(
    "terminal_total", metadata,
    Column("id", Integer, primary_key=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("shift", Text, nullable=False),
    Column("terminal", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("number", Text, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("expected_cents", Integer, nullable=False),
    Column("totals", JSON, nullable=False),
)  # fmt: skip

# What this browser is in the middle of: a count, a refund, a language; never money.
draft = Table(
    "draft", metadata,
    Column("till", Text, ForeignKey("till.code"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", JSON, nullable=False),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("till", Text, ForeignKey("till.code"), nullable=False),
    Column("key", Uuid, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", Text, nullable=False),  # waiting, taken, refused, conflict, invalid
    Column("outcome", JSON),
    Column("answered_at", Instant),
    Index("outbox_waiting", "till", "seq", sqlite_where=text("state = 'waiting'")),
    sqlite_autoincrement=True,
)  # fmt: skip
