"""Facility types: how a basket line of a daycare centre, a pool, ... becomes postings.

A facility type is a folder beside this file; `load()` finds it, nothing is registered. It only
translates: no tables, no routes, no prices of its own. A complete one, `library/__init__.py`:

    from ledger.facilities import Booking, FacilityType, Item, sale
    from ledger.tenders import Tender

    def book(item: Item, tender: Tender) -> Booking:
        return sale(item, tender)

    FACILITY = FacilityType(
        code="library", title="Bibliothek", kinds=frozenset({"reader_card"}),
        ways=frozenset({"girocard", "cash"}), book=book,
    )

with at least one `samples/*.toml`: a basket and the transfers expected of it.
"""

import pkgutil
from importlib import import_module

from ledger.facilities.basket import Basket, book_basket
from ledger.facilities.contract import (
    Booking,
    Card,
    CardRules,
    Counted,
    FacilityType,
    Item,
    booked,
    counted,
    dimensions,
    gross,
    sale,
)
from ledger.facilities.refusals import (
    AlreadyVisited,
    CardUsedUp,
    CaseReferenceMissing,
    FacilityRefusal,
    HouseNotCovered,
    KindNotSold,
    NotReturnable,
    ReasonMissing,
    SurchargeNotDue,
    TaxUndecided,
    WayNotAccepted,
)

__all__ = [
    "AlreadyVisited",
    "Basket",
    "Booking",
    "Card",
    "CardRules",
    "CardUsedUp",
    "CaseReferenceMissing",
    "Counted",
    "FacilityRefusal",
    "FacilityType",
    "HouseNotCovered",
    "Item",
    "KindNotSold",
    "NotReturnable",
    "ReasonMissing",
    "SurchargeNotDue",
    "TaxUndecided",
    "WayNotAccepted",
    "book_basket",
    "booked",
    "counted",
    "dimensions",
    "gross",
    "load",
    "sale",
]


def load() -> dict[str, FacilityType]:
    """Every facility type by its code: the FACILITY of each folder of this package.

    Raises ValueError where a type is not called as its folder is.
    """
    types: dict[str, FacilityType] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            facility: FacilityType = import_module(f"{__name__}.{module.name}").FACILITY
            if facility.code != module.name:
                raise ValueError(f"the folder {module.name} holds the type {facility.code}")
            types[facility.code] = facility
    return types
