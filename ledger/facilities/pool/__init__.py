"""Swimming pools: tickets at 7 %, sauna on its own line at 19 %, passes and season cards.

Pool and sauna in one price would put 19 % on the whole (FG Niedersachsen 5 K 3/22), so the
sauna is a supplement with a line, a rate and a revenue account of its own.
"""

from ledger.facilities import Booking, CardRules, FacilityType, Item, sale
from ledger.facilities.pool import passes, season
from ledger.tenders import Tender

CARDS = {
    "pass": CardRules(passes.release, passes.expire, passes.take_back),
    "season_pass": CardRules(passes.release, passes.expire, season.take_back),
}


def book(item: Item, tender: Tender) -> Booking:
    """A ticket is revenue at once, a pass or season card deferred until it is used."""
    if item.kind in CARDS:
        return passes.sell(item, tender)
    return sale(item, tender)


FACILITY = FacilityType(
    code="pool",
    title="Schwimmbad",
    kinds=frozenset({"ticket", "free_ticket", *CARDS}),
    ways=frozenset({"girocard", "credit_card", "cash", "citizen_wallet", "online"}),
    book=book,
    cards=CARDS,
)
