"""The catalogue as rows of its tables, and back again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from ledger.catalogue.faults import Place
from ledger.catalogue.model import (
    Catalogue,
    City,
    Closing,
    Facility,
    FederalShare,
    Price,
    Product,
    Share,
    Terminal,
    Till,
)
from ledger.catalogue.queries import terms_of
from ledger.money import Money

Placed = tuple[dict[str, Any], Place]


def plain_rows(items: Iterable[Any], *columns: str) -> Iterator[Placed]:
    """Rows of values whose table has columns of the same names as their fields."""
    for item in items:
        yield {name: getattr(item, name) for name in columns}, item.place


def group_rows(catalogue: Catalogue) -> Iterator[Placed]:
    """Groups, numbered in the order of the files."""
    for position, group in enumerate(catalogue.groups):
        names = {"code": group.code, "name": group.name, "name_en": group.name_en}
        yield {**names, "position": position}, group.place


def facility_rows(catalogue: Catalogue) -> Iterator[Placed]:
    """Facilities; season and closings as JSON: [[5, 1], [9, 15]] and [[first, last], ...]."""
    columns = ("code", "kind", "name", "cost_centre", "budget_product", "children")
    rows = plain_rows(catalogue.facilities, *columns)
    for (row, place), house in zip(rows, catalogue.facilities, strict=True):
        row["season"] = None if house.season is None else [list(end) for end in house.season]
        row["closings"] = [[str(closed.first), str(closed.last)] for closed in house.closings]
        yield row, place


def product_rows(catalogue: Catalogue) -> Iterator[Placed]:
    """Products, numbered in the order of the files; the end of the last price ends the sale."""
    columns = (
        "code", "facility_kind", "kind", "name", "name_en", "tax_code", "sphere",
        "revenue_account", "concession", "deferred_account",
    )  # fmt: skip
    rows = plain_rows(catalogue.products, *columns)
    for position, (row, place) in enumerate(rows):
        product = catalogue.products[position]
        row["product_group"] = product.group
        row["position"] = position
        row["facilities"] = list(product.facilities)
        row["sold_until"] = product.prices[-1].valid_until if product.prices else None
        row["terms"] = dict(terms_of(product))
        yield row, place


def price_rows(catalogue: Catalogue) -> Iterator[Placed]:
    """Every price of every product."""
    for product in catalogue.products:
        for price in product.prices:
            row = {
                "product": product.code,
                "valid_from": price.valid_from,
                "amount_cents": price.amount.cents,
                "legal_basis": price.legal_basis,
            }
            yield row, price.place


def role_rows(city: City) -> Iterator[Placed]:
    """Roles of the posting rules with the chart numbers they stand for."""
    for role in city.roles:
        yield {"name": role.name, "accounts": list(role.accounts)}, role.place


def rule_rows(city: City) -> Iterator[Placed]:
    """Posting rules as they were written."""
    for posting in city.rules:
        yield {"event": posting.rule.event, "body": dict(posting.body)}, posting.place


def facility_from(row: Row[Any], tills: Iterable[Till], terminals: Iterable[Terminal]) -> Facility:
    """The facility of a stored row with its devices among `tills` and `terminals`."""
    season = None
    if row.season is not None:
        (first_month, first_day), (last_month, last_day) = row.season
        season = (first_month, first_day), (last_month, last_day)
    return Facility(
        code=row.code,
        kind=row.kind,
        name=row.name,
        cost_centre=row.cost_centre,
        budget_product=row.budget_product,
        children=row.children,
        season=season,
        closings=tuple(
            Closing(date.fromisoformat(first), date.fromisoformat(last))
            for first, last in row.closings
        ),
        tills=tuple(till for till in tills if till.facility == row.code),
        terminals=tuple(terminal for terminal in terminals if terminal.facility == row.code),
    )


def product_from(row: Row[Any], prices: Iterable[Row[Any]]) -> Product:
    """The product of a stored row with its stored prices, oldest first."""
    terms: Mapping[str, Any] = row.terms
    rows = list(prices)
    return Product(
        code=row.code,
        facility_kind=row.facility_kind,
        kind=row.kind,
        name=row.name,
        name_en=row.name_en,
        group=row.product_group,
        tax_code=row.tax_code,
        sphere=row.sphere,
        revenue_account=row.revenue_account,
        concession=row.concession,
        prices=tuple(_price_from(price, row.sold_until, price is rows[-1]) for price in rows),
        facilities=tuple(row.facilities),
        visits=terms.get("visits"),
        visits_per_day=terms.get("visits_per_day"),
        valid_months=terms.get("valid_months"),
        valid_days=terms.get("valid_days"),
        deferred_account=row.deferred_account,
        shares=tuple(Share(house, weight) for house, weight in terms.get("shares", ())),
        federal_share=_federal_share_from(terms.get("federal_share")),
        applies_to=tuple(terms.get("applies_to", ())),
        doubles=terms.get("doubles", False),
    )


def _price_from(row: Row[Any], sold_until: date | None, is_last: bool) -> Price:
    until = sold_until if is_last else None
    return Price(row.valid_from, Money(row.amount_cents), row.legal_basis, until)


def _federal_share_from(terms: Mapping[str, Any] | None) -> FederalShare | None:
    return None if terms is None else FederalShare(terms["parts"], terms["of"], terms["account"])
