"""Who pays for children, how they sign in, and whom they share with; all that is personal."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ledger.tables import metadata

Instant = DateTime(timezone=True)

payer_number = Sequence("payer_number", metadata=metadata)

payer = Table(
    "payer", metadata,
    Column("code", Text, primary_key=True),
    Column("email", Text, unique=True),
    Column("language", Text, nullable=False),
    Column("wallet", Text, ForeignKey("wallet.code"), nullable=False),
    Column("wallet_kind", Text, Computed("'kita'", persisted=True)),
    Column("handle", Uuid, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("tells_low", Boolean, nullable=False),
    Column("low_mark_cents", BigInteger, nullable=False),
    Column("tells_arrived", Boolean, nullable=False),
    Column("tells_menu", Boolean, nullable=False),
    Column("tells_closed", Boolean, nullable=False),
    Column("dismissed", ARRAY(Text), nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("erased_at", Instant),
)  # fmt: skip

payer_child = Table(
    "payer_child", metadata,
    Column("payer", Text, ForeignKey("payer.code"), primary_key=True),
    Column("child", Text, ForeignKey("child.code"), primary_key=True),
    Column("nickname", Text),
    Column("sign", Text, nullable=False),
)  # fmt: skip

activation_code = Table(
    "activation_code", metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("child", Text, ForeignKey("child.code"), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", Text, ForeignKey("payer.code")),
    Column("revoked_at", Instant),
)  # fmt: skip

payer_session = Table(
    "payer_session", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("payer", Text, ForeignKey("payer.code"), nullable=False),
    Column("way", Text, nullable=False),
    Column("signed_in_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("browser", Text, nullable=False),
    Column("mark_hash", LargeBinary, nullable=False),
)  # fmt: skip

sign_in_link = Table(
    "sign_in_link", metadata,
    Column("id", Uuid, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("code_hash", LargeBinary, ForeignKey("activation_code.code_hash")),
    Column("next_page", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)  # fmt: skip

passkey = Table(
    "passkey", metadata,
    Column("id", Uuid, primary_key=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("payer", Text, ForeignKey("payer.code"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("used_at", Instant),
)  # fmt: skip

passkey_challenge = Table(
    "passkey_challenge", metadata,
    Column("challenge", LargeBinary, primary_key=True),
    Column("payer", Text, ForeignKey("payer.code")),
    Column("expires_at", Instant, nullable=False),
)  # fmt: skip

portal_try = Table(
    "portal_try", metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("about", LargeBinary),
    Column("at", Instant, nullable=False),
)  # fmt: skip

invitation = Table(
    "invitation", metadata,
    Column("id", Uuid, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("payer", Text, ForeignKey("payer.code"), nullable=False),
    Column("child", Text, ForeignKey("child.code"), nullable=False),
    Column("pattern", JSONB, nullable=False),
    Column("email", Text),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("accepted_by", Text, ForeignKey("payer.code")),
)  # fmt: skip

closing_wish = Table(
    "closing_wish", metadata,
    Column("payer", Text, ForeignKey("payer.code"), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("key", Uuid, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("iban", Text),
    Column("holder", Text),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)  # fmt: skip

email_change = Table(
    "email_change", metadata,
    Column("payer", Text, ForeignKey("payer.code"), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("key", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)  # fmt: skip
