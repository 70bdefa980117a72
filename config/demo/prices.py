"""What the tills show on a day: prices by product, and ready lines of a basket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.baskets import BasketLine
from ledger.catalogue.model import Facility
from ledger.catalogue.posted import PostedCatalogue
from ledger.catalogue.queries import catalogue_for


@dataclass(frozen=True, slots=True)
class PriceList:
    """Cents by product as one facility sells them on one day; what is not sold is not there."""

    house: Facility
    cents: Mapping[str, int]

    def line(self, product: str, quantity: int = 1, **more: str) -> BasketLine:
        """A line with the price the till shows."""
        return BasketLine(product, quantity, self.cents[product], **more)

    def total(self, lines: Sequence[BasketLine]) -> int:
        """What the basket costs, in cents; visits and waived fees cost nothing."""
        return sum(
            (line.unit_cents or 0) * line.quantity for line in lines if not line.waiver_reason
        )


def price_list(catalogue: PostedCatalogue, house: Facility, day: date) -> PriceList:
    """The price list that hangs at this facility on this day."""
    offers = catalogue_for(catalogue.offers, house, day)
    return PriceList(
        house,
        {
            offer.product.code: offer.price.amount.cents
            for offer in offers
            if offer.price and not offer.blocked
        },
    )
