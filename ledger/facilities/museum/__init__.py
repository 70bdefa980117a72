"""Museums: exempt tickets, free ones only counted, the six-house card, a shop at two rates."""

from ledger.facilities import Booking, CardRules, FacilityType, Item, sale
from ledger.facilities.museum import combi
from ledger.tenders import Tender


def book(item: Item, tender: Tender) -> Booking:
    """Tickets and shop goods are sales; a free ticket is counted, the card deferred."""
    if item.kind == "combi":
        return combi.sell(item, tender)
    return sale(item, tender)


FACILITY = FacilityType(
    code="museum",
    title="Museum",
    kinds=frozenset({"ticket", "free_ticket", "combi", "shop"}),
    ways=frozenset({"girocard", "credit_card", "cash", "citizen_wallet", "online"}),
    book=book,
    cards={"combi": CardRules(combi.release, combi.expire, combi.take_back)},
)
