"""The rules of the catalogue that the database keeps itself, each by its name."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from psycopg import Error
from sqlalchemy import Executable, create_engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import config
from config.database import Database
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.tables import metadata

AACHEN = Path(config.__file__).parent / "cities" / "aachen"
FIRST, LAST = date(2021, 1, 1), date(2020, 12, 31)

# A row of each table that the database would take.
GOOD: dict[str, dict[str, Any]] = {
    "bank_account": {"account": "183900", "name": "x", "iban": "x", "bank": "x"},
    "tax_code": {
        "code": "X", "valid_from": FIRST, "name": "x", "kind": "taxable", "rate_percent": 7,
        "account": "372007", "sphere": "commercial", "legal_basis": "x",
    },
    "card_tariff": {
        "provider": "stripe", "kind": "uk", "valid_from": FIRST, "basis_points": 250,
        "fixed_cents": 25, "contract": "x",
    },
    "concession": {"code": "x", "name": "x", "name_en": "x", "proof": "x"},
    "product_group": {"code": "x", "name": "x", "name_en": "x", "position": 0},
    "facility": {
        "code": "X1", "kind": "pool", "name": "x", "cost_centre": "x", "budget_product": "x",
        "children": 0, "closings": [],
    },
    "till": {
        "code": "X", "facility": "B01", "name": "x", "float_cents": 0, "cash_limit_cents": 0,
    },
    "terminal": {"code": "X", "facility": "B01", "till": "B01-1", "name": "x"},
    "product": {
        "code": "X", "facility_kind": "pool", "kind": "ticket", "name": "x", "name_en": "x",
        "product_group": "meals", "position": 0, "tax_code": "VAT19", "sphere": "commercial",
        "revenue_account": "441100", "facilities": [], "terms": {},
    },
    "price": {
        "product": "PA24", "valid_from": date(2027, 1, 1), "amount_cents": 1, "legal_basis": "x",
    },
    "posting_role": {"name": "x", "accounts": ["181000"]},
    "posting_rule": {"event": "x", "body": {}},
}  # fmt: skip

# Constraint · the table it stands on · what makes the good row a bad one.
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "bank_account_key": ("bank_account", {"account": "181000"}),
    "bank_account_in_chart": ("bank_account", {"account": "999999"}),
    "bank_account_iban_once": ("bank_account", {"iban": "DE04999000010000181000"}),
    "tax_code_key": ("tax_code", {"code": "VAT19"}),
    "tax_code_kind": ("tax_code", {"kind": "perhaps", "rate_percent": 0, "account": None}),
    "tax_code_rate": ("tax_code", {"rate_percent": 100}),
    "tax_code_account_in_chart": ("tax_code", {"account": "999999"}),
    "tax_code_sphere": ("tax_code", {"sphere": "celestial"}),
    "tax_code_period": ("tax_code", {"valid_until": LAST}),
    "tax_code_taxed": ("tax_code", {"kind": "exempt"}),
    "card_tariff_key": (
        "card_tariff",
        {"provider": "acquirer", "kind": "girocard", "valid_from": date(2024, 1, 1)},
    ),
    "card_tariff_provider": ("card_tariff", {"provider": "paper"}),
    "card_tariff_share": ("card_tariff", {"basis_points": 10_001}),
    "card_tariff_fixed": ("card_tariff", {"fixed_cents": -1}),
    "concession_key": ("concession", {"code": "reduced"}),
    "product_group_key": ("product_group", {"code": "meals"}),
    "facility_key": ("facility", {"code": "B01"}),
    "facility_children": ("facility", {"children": -1}),
    "till_key": ("till", {"code": "B01-1"}),
    "till_at_facility": ("till", {"facility": "X9"}),
    "till_float": ("till", {"float_cents": 1}),
    "terminal_key": ("terminal", {"code": "B01-1"}),
    "terminal_at_facility": ("terminal", {"facility": "X9"}),
    "terminal_at_till": ("terminal", {"till": "X9-1"}),
    "product_key": ("product", {"code": "PA24"}),
    "product_in_group": ("product", {"product_group": "x"}),
    "product_sphere": ("product", {"sphere": "celestial"}),
    "product_revenue_in_chart": ("product", {"revenue_account": "999999"}),
    "product_for_concession": ("product", {"concession": "x"}),
    "product_deferred_in_chart": ("product", {"deferred_account": "999999"}),
    "price_key": ("price", {"valid_from": date(2026, 2, 7)}),
    "price_of_product": ("price", {"product": "X"}),
    "price_not_negative": ("price", {"amount_cents": -1}),
    "posting_role_key": ("posting_role", {"name": "tender"}),
    "posting_role_accounts": ("posting_role", {"accounts": []}),
    "posting_rule_key": ("posting_rule", {"event": "sale"}),
    "posting_rule_body": ("posting_rule", {"body": []}),
}


@pytest.fixture
def loaded(session: Session) -> Session:
    load_city(session, city_from(AACHEN))
    return session


def refusal_of(session: Session, statement: Executable) -> Error:
    with pytest.raises(DBAPIError) as caught, session.begin_nested():
        session.execute(statement)
    assert isinstance(caught.value.orig, Error)
    return caught.value.orig


def test_a_good_row_of_each_table_is_taken(loaded: Session) -> None:
    for table, row in GOOD.items():
        loaded.execute(insert(metadata.tables[table]).values(row))


def test_each_constraint_refuses_the_row_that_breaks_it(loaded: Session) -> None:
    for name, (table, wrong) in BAD.items():
        row = {**GOOD[table], **wrong}
        refused = refusal_of(loaded, insert(metadata.tables[table]).values(row))
        assert refused.diag.constraint_name == name


def test_each_constraint_of_the_catalogue_has_a_bad_row_above(loaded: Session) -> None:
    names = loaded.scalars(
        text(
            "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE contype <> 'n' AND relname = ANY (:tables)"
        ),
        {"tables": list(GOOD)},
    )
    assert set(names) == BAD.keys()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE price SET amount_cents = 1",
        "DELETE FROM price",
        "TRUNCATE price",
        "UPDATE tax_code SET rate_percent = 5",
        "UPDATE card_tariff SET fixed_cents = 5",
        "UPDATE product SET kind = 'shop'",
        "UPDATE facility SET kind = 'pool'",
        "DELETE FROM product",
        "DELETE FROM posting_rule",
    ],
)
def test_the_application_may_not_change_what_was_in_force(loaded: Session, statement: str) -> None:
    assert "permission denied" in str(refusal_of(loaded, text(statement)))


@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_not_even_a_superuser_changes_a_price(database: Database, mode: str) -> None:
    with database.transaction() as session:
        load_city(session, city_from(AACHEN))
    engine = create_engine(database.admin_url)
    with Session(engine) as session:
        session.execute(text(f"SET session_replication_role = {mode}"))
        for statement in (
            "UPDATE price SET amount_cents = 1",
            "DELETE FROM price",
            "TRUNCATE price",
        ):
            assert "only ever added to" in str(refusal_of(session, text(statement)))
    engine.dispose()
