"""The catalogue as it hangs at every counter: read once, by code, with rules and facility types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ledger import facilities
from ledger.catalogue.model import Catalogue, Facility, Product, TaxCode, Terminal, Till
from ledger.catalogue.queries import price_on, tax_code_on
from ledger.catalogue.stored import stored_catalogue, stored_rulebook
from ledger.entries import Dimensions
from ledger.facilities import FacilityType, Item
from ledger.money import Money
from ledger.rules import Rulebook
from ledger.tables.services import catalogue_version


@dataclass(frozen=True, slots=True)
class PostedCatalogue:
    """One version of the catalogue by code, with the posting rules and the facility types.

    offers: what it was made of, in the order of the city's files. priced: baskets that were
    priced by it, for the next ones like them; see `ledger.charges`.
    """

    version: UUID
    offers: Catalogue
    facilities: Mapping[str, Facility]
    products: Mapping[str, Product]
    tills: Mapping[str, Till]
    terminals: Mapping[str, Terminal]
    rulebook: Rulebook
    types: Mapping[str, FacilityType]
    priced: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)


def posted_catalogue(session: Session) -> PostedCatalogue:
    """The catalogue in force, remembered per engine until a load changes it.

    A session that sees one moment of the books alone (`session.info`) asks no second time.
    """
    seen: PostedCatalogue | None = session.info.get("catalogue")
    if seen is not None:
        return seen
    engine = session.get_bind().engine
    # Read before the catalogue: one that changes meanwhile is read again at the next call.
    version = session.scalars(select(catalogue_version.c.version)).one()
    known = _remembered.get(engine)
    if known is None or known.version != version:
        known = _remembered[engine] = _read(session, version)
    if session.info.get("sees_one_moment"):
        session.info["catalogue"] = known
    return known


def sold_here(product: Product, facility: Facility) -> bool:
    """Whether this facility sells the product at all."""
    if product.facility_kind != facility.kind:
        return False
    return not product.facilities or facility.code in product.facilities


def item_on(
    catalogue: PostedCatalogue, product: Product, facility: Facility, day: date
) -> Item | None:
    """One piece of the product as the facility sells it on this day; None if it does not.

    A surcharge that doubles its fee has no price of its own and comes at 0.
    """
    price = price_on(product, day)
    tax = tax_code_on(catalogue.offers, product.tax_code, day)
    if not sold_here(product, facility) or tax is None or (price is None and not product.doubles):
        return None
    federal = product.federal_share
    return Item(
        product=product.code,
        facility_type=product.facility_kind,
        kind=product.kind,
        price=price.amount if price else Money(0),
        revenue=product.revenue_account,
        vat_rate=tax.rate_percent,
        vat_account=tax.account,
        is_tax_decided=tax.kind != "to_decide",
        federal_share=(federal.parts, federal.of) if federal else None,
        dimensions=dimensions_of(product, facility, tax),
    )


def dimensions_of(product: Product, facility: Facility, tax: TaxCode) -> Dimensions:
    """What every transfer for this product at this facility belongs to."""
    return Dimensions(
        facility=facility.code, product=product.code, cost_centre=facility.cost_centre,
        tax_code=tax.code, sphere=tax.sphere,
    )  # fmt: skip


_remembered: WeakKeyDictionary[Engine, PostedCatalogue] = WeakKeyDictionary()


def _read(session: Session, version: UUID) -> PostedCatalogue:
    offers = stored_catalogue(session)
    return PostedCatalogue(
        version=version,
        offers=offers,
        facilities={house.code: house for house in offers.facilities},
        products={product.code: product for product in offers.products},
        tills={till.code: till for house in offers.facilities for till in house.tills},
        terminals={each.code: each for house in offers.facilities for each in house.terminals},
        rulebook=stored_rulebook(session),
        types=facilities.load(),
    )
