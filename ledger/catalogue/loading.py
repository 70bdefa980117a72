"""Brings a city's files into the database: adds what is new, retells what only describes.

Everything is compared first. What would change the past is refused with file and line, and then
nothing at all is written, so a load is a decision of the whole city or none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from ledger.accounts import open_account
from ledger.catalogue.faults import Fault, Place
from ledger.catalogue.model import City, Price, Product
from ledger.catalogue.price_history import last_sold, price_refusals
from ledger.catalogue.product_checks import price_faults
from ledger.catalogue.rows import (
    Placed,
    facility_rows,
    group_rows,
    plain_rows,
    price_rows,
    product_rows,
    role_rows,
    rule_rows,
)
from ledger.catalogue.stored import stored_catalogue
from ledger.locks import LOADING, have_alone
from ledger.money import Money
from ledger.tables import catalogue as tables
from ledger.tables.books import account

_ACCOUNT_FIXED = frozenset({"kind", "guarded", "floor_cents", "is_control", "clearing"})
_KEYS = {"product_group": "group", "amount_cents": "cents"}  # columns that files call otherwise


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many rows a load added, changed and found as they should be, and what it refused.

    With anything refused, nothing was written and the first two are 0.
    """

    added: int
    changed: int
    unchanged: int
    refused: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Plan:
    """What a load will do to one table."""

    table: Table
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)


def load_city(session: Session, city: City) -> LoadResult:
    """Make the database agree with the city's files; a second load of the same files does nothing.

    Refused, as faults at their line: another amount for a price that is recorded, a new price
    for days on which the product was already sold, a recorded price or product that is gone
    from the files, and a change of what a thing is (an account's kind, a period's tax rate).
    """
    have_alone(session, LOADING)  # two loads would both find the same things missing
    plans = [_planned(session, account, _account_rows(city), fixed=_ACCOUNT_FIXED)]
    plans.extend(_catalogue_plans(session, city))
    refused = [fault for plan in plans for fault in plan.refused]
    refused.extend(price_refusals(session, city))
    unchanged = sum(plan.unchanged for plan in plans)
    if refused:
        return LoadResult(0, 0, unchanged, tuple(refused))
    for plan in plans:
        _carry_out(session, plan)
    return LoadResult(
        added=sum(len(plan.added) for plan in plans),
        changed=sum(len(plan.changed) for plan in plans),
        unchanged=unchanged,
    )


def add_price(session: Session, code: str, price: Price) -> tuple[Fault, ...]:
    """Record one more price of a product, checked as a load checks; with a fault, nothing is.

    code: of a product that the database has. Neither a price that is recorded nor one of days
    on which the product was sold.
    """
    have_alone(session, LOADING)
    catalogue = stored_catalogue(session)
    product = next(known for known in catalogue.products if known.code == code)
    priced = with_price(product, price)
    faults = list(price_faults(priced, catalogue))
    if last_sold(session, code, price.valid_from) is not None:
        faults.append(price.place.fault(f"{code} was sold from {price.valid_from} on"))
    if faults:
        return tuple(faults)
    only = replace(catalogue, products=(replace(product, prices=(price,)),))
    session.execute(insert(tables.price), [row for row, _ in price_rows(only)])
    return ()


def with_price(product: Product, price: Price) -> Product:
    """The product with one more price in its place; the end of its sale stays where it was."""
    until = product.prices[-1].valid_until if product.prices else None
    prices = sorted(
        (replace(known, valid_until=None) for known in (*product.prices, price)),
        key=lambda known: known.valid_from,
    )
    prices[-1] = replace(prices[-1], valid_until=until)
    return replace(product, prices=tuple(prices))


def _account_rows(city: City) -> Iterator[Placed]:
    """The chart, then what hangs below it from the start: tills and authorities."""
    columns = ("name", "kind", "guarded", "floor_cents", "is_control", "clearing")
    controls = {}
    for item in city.accounts:
        row = {"code": item.number, **{name: getattr(item, name) for name in columns}}
        controls[item.number] = row
        yield row, item.place
    below = [(f"{body.account}/{body.code}", body.name, body.place) for body in city.authorities]
    for house in city.catalogue.facilities:
        for till in house.tills:
            name = f"{house.name}, {till.name}"
            below.extend((f"{cash}/{till.code}", name, till.place) for cash in _cash(city))
    for code, name, place in below:
        control = controls[code.partition("/")[0]]
        yield {**control, "code": code, "name": name, "is_control": False}, place


def _cash(city: City) -> Iterator[str]:
    """The accounts that have one sub-account per till."""
    return (item.number for item in city.accounts if item.sub_ledger == "till")


def _catalogue_plans(session: Session, city: City) -> Iterator[_Plan]:
    """Each table after those it refers to; the columns that may never change are named."""
    catalogue = city.catalogue
    houses = catalogue.facilities
    tills = [till for house in houses for till in house.tills]
    terminals = [terminal for house in houses for terminal in house.terminals]
    banks = plain_rows(city.bank_accounts, "account", "name", "iban", "bank")
    yield _planned(session, tables.bank_account, banks)
    taxes = plain_rows(catalogue.tax_codes, *tables.tax_code.columns.keys())
    yield _planned(
        session, tables.tax_code, taxes, fixed={"kind", "rate_percent", "account", "sphere"}
    )
    tariffs = plain_rows(city.card_tariffs, *tables.card_tariff.columns.keys())
    yield _planned(session, tables.card_tariff, tariffs, fixed={"basis_points", "fixed_cents"})
    concessions = plain_rows(catalogue.concessions, *tables.concession.columns.keys())
    yield _planned(session, tables.concession, concessions)
    yield _planned(session, tables.product_group, group_rows(catalogue))
    yield _planned(session, tables.facility, facility_rows(catalogue), fixed={"kind"})
    drawers = plain_rows(tills, *tables.till.columns.keys())
    yield _planned(session, tables.till, drawers, fixed={"facility"})
    machines = plain_rows(terminals, *tables.terminal.columns.keys())
    yield _planned(session, tables.terminal, machines, fixed={"facility"})
    products = product_rows(catalogue)
    yield _planned(session, tables.product, products, fixed={"facility_kind", "kind"})
    yield _planned(
        session, tables.price, price_rows(catalogue), fixed={"amount_cents", "legal_basis"}
    )
    yield _planned(session, tables.posting_role, role_rows(city))
    yield _planned(session, tables.posting_rule, rule_rows(city))


def _planned(
    session: Session,
    table: Table,
    rows: Iterable[Placed],
    *,
    fixed: Iterable[str] = (),
) -> _Plan:
    """Compare the rows of the files with those of the table; other rows there are left alone."""
    rows = list(rows)
    query = select(table)
    keys = tuple(table.primary_key.columns.keys())
    if table is account:  # wallets and terminal days are accounts too, and many
        keys = ("code",)
        query = query.where(account.c.code.in_([row["code"] for row, _ in rows]))
    stored = {tuple(row[name] for name in keys): row for row in session.execute(query).mappings()}
    plan = _Plan(table)
    for row, place in rows:
        found = stored.get(tuple(row[name] for name in keys))
        if found is None:
            plan.added.append(row)
            continue
        changes = {name: value for name, value in row.items() if found[name] != value}
        refused = sorted(changes.keys() & set(fixed))
        plan.refused.extend(_refusal(table, name, (found, row), place) for name in refused)
        if changes:
            plan.changed.append(({name: row[name] for name in keys}, changes))
        else:
            plan.unchanged += 1
    return plan


def _refusal(
    table: Table, name: str, rows: tuple[Mapping[Any, Any], dict[str, Any]], place: Place
) -> Fault:
    """Column `name` differs between the (stored, written) rows and may not."""
    found, row = rows
    key = _KEYS.get(name, name)
    if table is tables.price:
        amount = Money(found["amount_cents"])
        return place.fault(
            f"{row['product']} is already recorded at {amount} from {row['valid_from']}"
            f" ({found['legal_basis']}): a price never changes, add one with a new valid_from",
            key,
        )
    called = row.get("code") or " ".join(str(row[column.name]) for column in table.primary_key)
    what = f"{table.name.replace('_', ' ')} {called}"
    return place.fault(f"{what} is recorded with {key} {found[name]}, not {row[name]}", key)


def _carry_out(session: Session, plan: _Plan) -> None:
    if plan.table is account:
        for row in plan.added:
            number, _, below = row["code"].partition("/")
            open_account(session, **row, control=number if below else None)
    elif plan.added:
        session.execute(insert(plan.table), plan.added)
    for key, changes in plan.changed:
        same = [plan.table.c[name] == value for name, value in key.items()]
        session.execute(update(plan.table).where(*same).values(changes))
