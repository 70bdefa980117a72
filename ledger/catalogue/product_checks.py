"""Whether the products of a city can be sold: known codes, a price and a tax for every day."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from ledger.catalogue.faults import Fault
from ledger.catalogue.model import Account, Catalogue, Price, Product, TaxCode

# What each kind of product must say beyond the rest; all else of these is refused there.
_TERMS = {
    "ticket": (),
    "free_ticket": (),
    "pass": ("visits", "valid_months", "deferred_account"),
    "season_pass": ("visits_per_day", "valid_days", "deferred_account"),
    "combi": ("shares", "valid_months", "deferred_account"),
    "shop": (),
    "meal": (),
    "snack": (),
    "guest_meal": (),
    "fee": (),
    "fee_with_federal_share": ("federal_share",),
    "surcharge": ("applies_to",),
}
_ALL_TERMS = sorted({term for terms in _TERMS.values() for term in terms} | {"doubles"})
_ONE_DAY = timedelta(days=1)


def product_faults(catalogue: Catalogue, chart: Mapping[str, Account]) -> Iterator[Fault]:
    """Every fault of every product. A blank kind or sphere was reported when the file was read."""
    for product in catalogue.products:
        yield from _code_faults(product, catalogue)
        yield from _account_faults(product, chart)
        yield from _term_faults(product)
        yield from _share_faults(product)
        yield from price_faults(product, catalogue)


def price_faults(product: Product, catalogue: Catalogue) -> Iterator[Fault]:
    """Prices that cannot follow each other, and days of theirs without a tax."""
    yield from _price_faults(product)
    yield from _tax_faults(product, catalogue)


def _code_faults(product: Product, catalogue: Catalogue) -> Iterator[Fault]:
    kinds = {house.code: house.kind for house in catalogue.facilities}
    products = {other.code for other in catalogue.products}
    at = product.place
    if product.group not in {group.code for group in catalogue.groups}:
        yield at.fault(f"unknown group {product.group}", "group")
    if product.concession not in {None, *(known.code for known in catalogue.concessions)}:
        yield at.fault(f"unknown concession {product.concession}", "concession")
    for key, houses in (
        ("facilities", product.facilities),
        ("shares", tuple(share.facility for share in product.shares)),
    ):
        for house in houses:
            if house not in kinds:
                yield at.fault(f"unknown facility {house}", key)
            elif kinds[house] != product.facility_kind:
                yield at.fault(f"facility {house} is no {product.facility_kind}", key)
    for other in product.applies_to:
        if other not in products or other == product.code:
            yield at.fault(f"{product.code} cannot go with {other}", "applies_to")


def _account_faults(product: Product, chart: Mapping[str, Account]) -> Iterator[Fault]:
    at = product.place
    revenue = chart.get(product.revenue_account)
    if revenue is None:
        yield at.fault(f"unknown account {product.revenue_account}", "revenue_account")
    elif revenue.kind not in ("income", "") or revenue.is_control:
        yield at.fault(
            f"account {revenue.number} takes no revenue: it is no income account of its own",
            "revenue_account",
        )
    if product.deferred_account is not None:
        deferred = chart.get(product.deferred_account)
        if deferred is None:
            yield at.fault(f"unknown account {product.deferred_account}", "deferred_account")
        elif deferred.sub_ledger != "pass":
            yield at.fault(
                f'account {deferred.number} has no sub-ledger "pass"', "deferred_account"
            )
    if product.federal_share is not None:
        federal = chart.get(product.federal_share.account)
        if federal is None or federal.kind not in ("liability", "") or federal.is_control:
            yield at.fault(
                f"{product.federal_share.account} is no account for money of others",
                "federal_share",
            )


def _term_faults(product: Product) -> Iterator[Fault]:
    if not product.kind:
        return
    needed = _TERMS[product.kind]
    for term in _ALL_TERMS:
        is_given = bool(getattr(product, term))
        if term in needed and not is_given:
            yield product.place.fault(
                f'{product.code} is a {product.kind} and needs "{term}"', term
            )
        elif term not in needed and is_given and (term, product.kind) != ("doubles", "surcharge"):
            yield product.place.fault(f'a {product.kind} has no "{term}"', term)


def _share_faults(product: Product) -> Iterator[Fault]:
    if any(share.weight < 1 for share in product.shares):
        yield product.place.fault("every house has a share of at least 1", "shares")
    federal = product.federal_share
    if federal is not None and not 0 < federal.parts < federal.of:
        yield product.place.fault("a share is less than the whole", "federal_share")


def _price_faults(product: Product) -> Iterator[Fault]:
    at, prices = product.place, product.prices
    if product.doubles and prices:
        yield at.fault(f"{product.code} doubles other fees and has no price of its own", "prices")
    if not product.doubles and not prices:
        yield at.fault(f"{product.code} has no price", "prices")
    for price in prices:
        yield from _amount_faults(product, price)
        if price.valid_until is not None and price.valid_until < price.valid_from:
            yield price.place.fault("the price ends before it begins", "valid_until")
    for earlier, later in pairwise(prices):
        yield from _succession_faults(product, earlier, later)


def _amount_faults(product: Product, price: Price) -> Iterator[Fault]:
    cents = price.amount.cents
    if cents < 0:
        yield price.place.fault("a price is never negative", "cents")
    elif product.kind == "free_ticket" and cents:
        yield price.place.fault("a free ticket costs 0", "cents")
    elif cents == 0 and product.kind not in ("free_ticket", "fee"):
        # A fee may be waived by law (Meldebescheinigung for the pension office); a sale may not.
        yield price.place.fault(f"a {product.kind} costs something", "cents")


def _succession_faults(product: Product, earlier: Price, later: Price) -> Iterator[Fault]:
    """Prices stand in order; each holds until the next, or until its own end just before it."""
    if later.valid_from <= earlier.valid_from:
        yield later.place.fault(
            f"{product.code} has a price from {earlier.valid_from} already: prices stand in"
            " order, one for a day",
            "valid_from",
        )
    elif earlier.valid_until is not None and earlier.valid_until >= later.valid_from:
        yield later.place.fault(
            f"{product.code} still has the price before it until {earlier.valid_until}",
            "valid_from",
        )
    elif earlier.valid_until is not None and earlier.valid_until + _ONE_DAY < later.valid_from:
        yield later.place.fault(
            f"{product.code} has no price from {earlier.valid_until + _ONE_DAY} on", "valid_from"
        )


def _tax_faults(product: Product, catalogue: Catalogue) -> Iterator[Fault]:
    periods = [tax for tax in catalogue.tax_codes if tax.code == product.tax_code]
    if not periods:
        yield product.place.fault(f"unknown tax code {product.tax_code}", "tax_code")
        return
    if any(tax.sphere not in (product.sphere, "") for tax in periods):
        yield product.place.fault(
            f"{product.code} is {product.sphere} but its tax code {product.tax_code} is not",
            "sphere",
        )
    for price, end in _priced_periods(product):
        untaxed = _first_untaxed_day(periods, price.valid_from, end)
        if untaxed is not None:
            yield price.place.fault(
                f"tax code {product.tax_code} does not hold on {untaxed}", "valid_from"
            )


def _priced_periods(product: Product) -> Iterator[tuple[Price, date | None]]:
    """Each price with its last day, None for the one in force until further notice."""
    for price, after in zip(product.prices, (*product.prices[1:], None), strict=False):
        end = price.valid_until
        if end is None and after is not None:
            end = after.valid_from - _ONE_DAY
        yield price, end


def _first_untaxed_day(periods: list[TaxCode], first: date, last: date | None) -> date | None:
    day = first
    while last is None or day <= last:
        tax = next((tax for tax in periods if tax.holds_on(day)), None)
        if tax is None:
            return day
        if tax.valid_until is None:
            return None
        day = tax.valid_until + _ONE_DAY
    return None
