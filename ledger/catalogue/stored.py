"""The catalogue and the posting rules as they stand in the database."""

from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.catalogue.model import (
    BankAccount,
    Catalogue,
    Concession,
    ProductGroup,
    TaxCode,
    Terminal,
    Till,
)
from ledger.catalogue.rows import facility_from, product_from
from ledger.rules import Rulebook, rulebook_from
from ledger.tables import catalogue as tables


def stored_catalogue(session: Session) -> Catalogue:
    """Everything a running system sells from; products and groups in the order of the files."""
    tills = [
        Till(row.code, row.facility, row.name, row.float_cents, row.cash_limit_cents)
        for row in session.execute(select(tables.till).order_by("code"))
    ]
    terminals = [
        Terminal(row.code, row.facility, row.name, row.till)
        for row in session.execute(select(tables.terminal).order_by("code"))
    ]
    prices = session.execute(select(tables.price).order_by("product", "valid_from"))
    by_product = {code: list(rows) for code, rows in groupby(prices, lambda row: row.product)}
    return Catalogue(
        facilities=tuple(
            facility_from(row, tills, terminals)
            for row in session.execute(select(tables.facility).order_by("code"))
        ),
        groups=tuple(
            ProductGroup(row.code, row.name, row.name_en)
            for row in session.execute(select(tables.product_group).order_by("position"))
        ),
        products=tuple(
            product_from(row, by_product.get(row.code, ()))
            for row in session.execute(select(tables.product).order_by("position", "code"))
        ),
        concessions=tuple(
            Concession(row.code, row.name, row.name_en, row.proof)
            for row in session.execute(select(tables.concession).order_by("code"))
        ),
        tax_codes=stored_tax_codes(session),
    )


def stored_tax_codes(session: Session) -> tuple[TaxCode, ...]:
    """All tax codes with all their periods, oldest first."""
    rows = session.execute(select(tables.tax_code).order_by("code", "valid_from"))
    return tuple(
        TaxCode(
            code=row.code,
            name=row.name,
            kind=row.kind,
            rate_percent=row.rate_percent,
            account=row.account,
            sphere=row.sphere,
            legal_basis=row.legal_basis,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    )


def stored_rulebook(session: Session) -> Rulebook:
    """The posting rules in force. Raises BadRule if the stored ones do not fit together."""
    roles = session.execute(select(tables.posting_role))
    rules = session.execute(select(tables.posting_rule).order_by("event"))
    return rulebook_from(
        {
            "roles": {row.name: {"accounts": row.accounts} for row in roles},
            "rule": [row.body for row in rules],
        }
    )


def stored_bank_accounts(session: Session) -> tuple[BankAccount, ...]:
    """The city's bank accounts with the ledger accounts that mirror them."""
    rows = session.execute(select(tables.bank_account).order_by("account"))
    return tuple(BankAccount(row.account, row.name, row.iban, row.bank) for row in rows)
