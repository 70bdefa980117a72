"""Why a facility type says no: refusals a person can be told, each with its stable code.

LedgerError
└── FacilityRefusal
    ├── KindNotSold           the facility type does not sell this kind of product
    ├── TaxUndecided          the product's tax treatment is open; not sold until decided
    ├── WayNotAccepted        the facility type does not take this way to pay
    ├── CaseReferenceMissing  a fee belongs to a case and is not charged without it
    ├── ReasonMissing         a waived fee needs its reason
    ├── SurchargeNotDue       the surcharge does not go with this fee
    ├── CardUsedUp            fewer visits, days or houses are left than asked for
    ├── HouseNotCovered       the card does not open this house
    ├── AlreadyVisited        the card opens each house once, and this one it has opened
    └── NotReturnable         this kind of card is not taken back
"""

from dataclasses import dataclass

from ledger.errors import LedgerError


class FacilityRefusal(LedgerError):
    """Root of all refusals of facility types; the attributes explain them."""


@dataclass(eq=False)
class KindNotSold(FacilityRefusal):
    """The facility type does not sell this kind of product."""

    facility_type: str
    kind: str
    code = "kind_not_sold"


@dataclass(eq=False)
class TaxUndecided(FacilityRefusal):
    """The product's tax treatment is open; it is not sold until finance has decided."""

    product: str
    code = "tax_undecided"


@dataclass(eq=False)
class WayNotAccepted(FacilityRefusal):
    """The facility type does not take this way to pay."""

    facility_type: str
    way: str
    code = "way_not_accepted"


@dataclass(eq=False)
class CaseReferenceMissing(FacilityRefusal):
    """A fee belongs to a case; without its reference it is not charged."""

    product: str
    code = "case_reference_missing"


@dataclass(eq=False)
class ReasonMissing(FacilityRefusal):
    """A waived fee needs its reason."""

    product: str
    code = "reason_missing"


@dataclass(eq=False)
class SurchargeNotDue(FacilityRefusal):
    """The surcharge does not go with this fee."""

    product: str
    fee: str
    code = "surcharge_not_due"


@dataclass(eq=False)
class CardUsedUp(FacilityRefusal):
    """The card has fewer visits, days or houses left than asked for."""

    account: str
    left: int
    code = "card_used_up"


@dataclass(eq=False)
class HouseNotCovered(FacilityRefusal):
    """The card does not open this house."""

    account: str
    facility: str
    code = "house_not_covered"


@dataclass(eq=False)
class AlreadyVisited(FacilityRefusal):
    """The card opens each house once, and this one it has opened."""

    account: str
    facility: str
    code = "already_visited"


@dataclass(eq=False)
class NotReturnable(FacilityRefusal):
    """The kind of card is not taken back."""

    account: str
    code = "not_returnable"
