"""The devices that may call the API, each known by the hash of its token alone."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, func

from ledger.tables import metadata

device = Table(
    "device", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("facility", Text, ForeignKey("facility.code")),
    Column("till", Text, ForeignKey("till.code")),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
)  # fmt: skip
