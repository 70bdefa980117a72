"""Tables of a gate's journal, in SQLite."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

from terminals.till.journal.columns import Instant

metadata = MetaData()

# What the centre said last that is not a ticket or a pass: keys, houses, blocked cards, the day.
gate_news = Table(
    "gate_news", metadata,
    Column("name", Text, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("heard_at", Instant, nullable=False),
)  # fmt: skip

known_ticket = Table(
    "known_ticket", metadata,
    Column("code", Text, primary_key=True),
    Column("body", JSON, nullable=False),
)  # fmt: skip

known_pass = Table(
    "known_pass", metadata,
    Column("code", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("body", JSON, nullable=False),
)  # fmt: skip

# state: asked (written before anybody was asked), opened, refused, withdrawn. is_told: the centre
# knows that it opened.
scan = Table(
    "scan", metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("is_told", Boolean, nullable=False, default=False),
    Column("reason", Text),
    Column("data", JSON),
    Column("visits_left", Integer),
    sqlite_autoincrement=True,
)  # fmt: skip
# A single ticket opens this gate once, whatever the program thinks.
Index(
    "scan_ticket_once", scan.c.code, unique=True,
    sqlite_where=text("kind = 'ticket' AND state = 'opened'"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Uuid, nullable=False, unique=True),
    Column("scan", Uuid, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", JSON),
    Column("answered_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("outbox_waiting", outbox.c.seq, sqlite_where=text("state = 'waiting'"))
