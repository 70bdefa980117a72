"""Prices for the eye: what is in force, what comes next, what was before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.catalogue.model import Catalogue, Price, Product, TaxCode
from ledger.catalogue.posted import sold_here
from ledger.catalogue.price_changes import PriceChange
from ledger.catalogue.queries import price_on, tax_code_on
from reconciliation.german import NO_BREAK_SPACE

KINDS: Mapping[str, str] = {
    "daycare": "Kitas", "pool": "Bäder", "museum": "Museen", "citizens_office": "Bürgerservice",
}  # fmt: skip
_TAXED: Mapping[str, str] = {
    "exempt": "steuerfrei", "not_taxable": "nicht steuerbar", "to_decide": "noch nicht entschieden",
}  # fmt: skip
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A price with the days it holds. until: None until further notice; is_now: in force."""

    price: Price
    until: date | None
    is_now: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A product with its prices, the oldest first. where: its facilities; concession: by name."""

    product: Product
    concession: str | None
    where: str
    tax: str
    periods: tuple[Period, ...]

    @property
    def now(self) -> Period | None:
        """The price in force; None before the first and after the last."""
        return next((one for one in self.periods if one.is_now), None)

    @property
    def coming(self) -> Sequence[Period]:
        """Prices that are recorded for days to come."""
        return [one for one in self.periods if one.is_next]

    @property
    def earlier(self) -> Sequence[Period]:
        """Prices that were in force, the newest first."""
        past = [one for one in self.periods if not one.is_now and not one.is_next]
        return past[::-1]


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """All products of one kind of facility, in the order of the city's files."""

    kind: str
    title: str
    houses: int
    lines: tuple[PriceLine, ...]


def price_groups(catalogue: Catalogue, today: date) -> list[PriceGroup]:
    """Every product by kind of facility."""
    groups = []
    for kind, title in KINDS.items():
        houses = sum(house.kind == kind for house in catalogue.facilities)
        lines = tuple(
            price_line(catalogue, product, today)
            for product in catalogue.products
            if product.facility_kind == kind
        )
        if lines:
            groups.append(PriceGroup(kind, title, houses, lines))
    return groups


def price_line(catalogue: Catalogue, product: Product, today: date) -> PriceLine:
    """One product with all its prices."""
    concessions = {known.code: known.name for known in catalogue.concessions}
    tax = tax_code_on(catalogue, product.tax_code, today)
    return PriceLine(
        product, concessions.get(product.concession or ""), _where(catalogue, product),
        tax_words(tax), periods_of(product, today),
    )  # fmt: skip


def periods_of(product: Product, today: date) -> tuple[Period, ...]:
    """Its prices with the last day of each."""
    now = price_on(product, today)
    periods = []
    for number, price in enumerate(product.prices):
        later = product.prices[number + 1 : number + 2]
        until = later[0].valid_from - _ONE_DAY if later else price.valid_until
        periods.append(Period(price, until, price is now, price.valid_from > today))
    return tuple(periods)


def tax_words(tax: TaxCode | None) -> str:
    """`7 %`, or why there is none."""
    if tax is None:
        return "kein Steuerschlüssel"
    return _TAXED.get(tax.kind) or f"{tax.rate_percent}{NO_BREAK_SPACE}%"


def file_line(change: PriceChange) -> str:
    """The price as the city's files would say it."""
    basis = json.dumps(change.legal_basis, ensure_ascii=False)  # a basic string of TOML as well
    return f"{{ valid_from = {change.valid_from}, cents = {change.cents}, legal_basis = {basis} }},"


def _where(catalogue: Catalogue, product: Product) -> str:
    if not product.facilities:
        return "überall"
    named = [house.code for house in catalogue.facilities if sold_here(product, house)]
    return ", ".join(named)
