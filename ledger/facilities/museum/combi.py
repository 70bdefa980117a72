"""The museum card "six for six": one price, split over the houses as they are visited.

Each house earns its share at the first visit of a card; the last house takes the cents the
division leaves over. What is never visited is other revenue when the card lapses.
"""

from ledger.entries import Dimensions
from ledger.facilities import (
    AlreadyVisited,
    Booking,
    Card,
    CardUsedUp,
    HouseNotCovered,
    Item,
    NotReturnable,
    booked,
    dimensions,
    gross,
)
from ledger.money import Money
from ledger.rules import Posting
from ledger.tenders import Tender


def sell(item: Item, tender: Tender) -> Booking:
    """One card, exempt from tax, with an account of its own under `item.accounts["pass"]`."""
    if item.quantity != 1:
        raise ValueError(f"{item.product}: every card is a line of its own")
    if item.vat_rate:
        raise ValueError(f"{item.product}: museums are exempt, § 4 Nr. 20 a UStG")
    roles = {"tender": tender.account, **item.accounts}
    amounts = {"amount": gross(item)}
    return booked(Posting("combi_sale", amounts, roles, dimensions(item, tender)))


def release(card: Card, at: Dimensions, units: int = 1) -> Posting:
    """The share of the house in `at.facility`, at its first visit.

    Raises HouseNotCovered, AlreadyVisited and CardUsedUp.
    """
    house = at.facility
    if house is None or units != 1:
        raise ValueError("a museum card opens one house at a time, and the house is named")
    if house not in card.weights:
        raise HouseNotCovered(card.account, house)
    if house in card.visited:
        raise AlreadyVisited(card.account, house)
    if not card.left:
        raise CardUsedUp(card.account, 0)
    share = _rest(card) if card.left == 1 else _share(card, house)
    return Posting(
        "combi_visit", {"share": share}, {"pass": card.account, "revenue": card.revenue}, at
    )


def expire(card: Card, at: Dimensions) -> Posting:
    """The shares of the houses never visited; raises CardUsedUp if there are none."""
    if not card.left:
        raise CardUsedUp(card.account, 0)
    return Posting("combi_expired", {"rest": _rest(card)}, {"pass": card.account}, at)


def take_back(card: Card, at: Dimensions) -> Posting:  # noqa: ARG001  the contract's shape
    """A museum card is not taken back; always raises NotReturnable."""
    raise NotReturnable(card.account)


def _share(card: Card, house: str) -> Money:
    cents = card.net.cents * card.weights[house] // sum(card.weights.values())
    return Money(cents, card.net.currency)


def _rest(card: Card) -> Money:
    """What is still deferred: the whole less the rounded-down shares of the houses visited."""
    return sum((-_share(card, house) for house in card.visited), start=card.net)
