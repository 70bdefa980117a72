"""Daycare centres: meals from the family's wallet, lunch subsidised, guests at 7 %.

No till and no cash: a centre sells nothing at a counter.
"""

from ledger.facilities import (
    Booking,
    FacilityType,
    Item,
    WayNotAccepted,
    booked,
    dimensions,
    gross,
    sale,
)
from ledger.facilities.daycare.meals import shares
from ledger.rules import Posting
from ledger.tenders import Tender

MEALS = frozenset({"meal", "snack"})


def book(item: Item, tender: Tender) -> Booking:
    """A child's meal from its family's wallet; a guest's meal is an ordinary sale.

    `item.accounts["authority"]` is set while the child has a subsidy; siblings with and
    without one share a basket and a wallet. Raises WayNotAccepted for a child's meal that is
    not paid from a wallet.
    """
    if item.kind not in MEALS:
        return sale(item, tender)
    if tender.way != "meal_wallet":
        raise WayNotAccepted("daycare", tender.way)
    if item.vat_rate:
        raise ValueError(f"{item.product}: children's meals are exempt, § 4 Nr. 23 UStG")
    share = shares(item.kind, gross(item), is_subsidised="authority" in item.accounts)
    roles = {"wallet": tender.account, "revenue": item.revenue, **item.accounts}
    amounts = {"subsidy": share.subsidy, "own": share.own}
    return booked(Posting("meal", amounts, roles, dimensions(item, tender)))


FACILITY = FacilityType(
    code="daycare",
    title="Kita",
    kinds=MEALS | {"guest_meal"},
    ways=frozenset({"meal_wallet", "online"}),
    book=book,
)
