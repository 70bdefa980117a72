"""The city as data: what is sold where, at which price and tax, and what each event books."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ledger.tables import metadata

bank_account = Table(
    "bank_account", metadata,
    Column("account", Text, ForeignKey("account.code"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("iban", Text, nullable=False, unique=True),
    Column("bank", Text, nullable=False),
)  # fmt: skip

tax_code = Table(
    "tax_code", metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rate_percent", SmallInteger, nullable=False),
    Column("account", Text, ForeignKey("account.code")),
    Column("sphere", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
)  # fmt: skip

card_tariff = Table(
    "card_tariff", metadata,
    Column("provider", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("basis_points", Integer, nullable=False),
    Column("fixed_cents", Integer, nullable=False),
    Column("contract", Text, nullable=False),
)  # fmt: skip

concession = Table(
    "concession", metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("proof", Text, nullable=False),
)  # fmt: skip

product_group = Table(
    "product_group", metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("position", Integer, nullable=False),
)  # fmt: skip

facility = Table(
    "facility", metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("cost_centre", Text, nullable=False),
    Column("budget_product", Text, nullable=False),
    Column("children", Integer, nullable=False),
    Column("season", JSONB(none_as_null=True)),
    Column("closings", JSONB, nullable=False),
)  # fmt: skip

till = Table(
    "till", metadata,
    Column("code", Text, primary_key=True),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("float_cents", BigInteger, nullable=False),
    Column("cash_limit_cents", BigInteger, nullable=False),
)  # fmt: skip

terminal = Table(
    "terminal", metadata,
    Column("code", Text, primary_key=True),
    Column("facility", Text, ForeignKey("facility.code"), nullable=False),
    Column("till", Text, ForeignKey("till.code")),
    Column("name", Text, nullable=False),
)  # fmt: skip

product = Table(
    "product", metadata,
    Column("code", Text, primary_key=True),
    Column("facility_kind", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("product_group", Text, ForeignKey("product_group.code"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("tax_code", Text, nullable=False),
    Column("sphere", Text, nullable=False),
    Column("revenue_account", Text, ForeignKey("account.code"), nullable=False),
    Column("concession", Text, ForeignKey("concession.code")),
    Column("deferred_account", Text, ForeignKey("account.code")),
    Column("facilities", ARRAY(Text), nullable=False),
    Column("sold_until", Date),
    Column("terms", JSONB, nullable=False),
)  # fmt: skip

price = Table(
    "price", metadata,
    Column("product", Text, ForeignKey("product.code"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)  # fmt: skip

posting_role = Table(
    "posting_role", metadata,
    Column("name", Text, primary_key=True),
    Column("accounts", ARRAY(Text), nullable=False),
)  # fmt: skip

posting_rule = Table(
    "posting_rule", metadata,
    Column("event", Text, primary_key=True),
    Column("body", JSONB, nullable=False),
)  # fmt: skip
