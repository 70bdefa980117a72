"""What a house sells to people without an account: admissions and passes, in the city's order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.catalogue.model import Facility, Product
from ledger.catalogue.posted import PostedCatalogue, item_on

KINDS_OF_HOUSES = ("pool", "museum")
PASSES = frozenset({"pass", "season_pass", "combi"})
TICKETS = frozenset({"ticket", "free_ticket"})
# The catalogue has no word for it: these go with an admission and are none.
SUPPLEMENTS = frozenset({"POOL-SAUNA", "MUS-TOUR"})
_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Offer:
    """One product at one house today. proof_de, proof_en: the concession's name where the price is
    for some people only."""

    product: Product
    cents: int
    concession: str | None

    @property
    def is_pass(self) -> bool:
        return self.product.kind in PASSES


@dataclass(frozen=True, slots=True)
class House:
    """A house with something to sell. opens_on: the next open day where it is closed today."""

    facility: Facility
    is_open: bool
    opens_on: date | None


def houses(catalogue: PostedCatalogue, day: date) -> list[House]:
    """All houses that sell tickets, in the order of the city's files."""
    return [
        _house(each, day)
        for each in catalogue.offers.facilities
        if any(offers(catalogue, each, day))
    ]


def find_house(catalogue: PostedCatalogue, code: str, day: date) -> House | None:
    """The house of this code, None where it sells no tickets."""
    found = catalogue.facilities.get(code)
    return None if found is None or not any(offers(catalogue, found, day)) else _house(found, day)


def offers(catalogue: PostedCatalogue, house: Facility, day: date) -> Iterator[Offer]:
    """What the house sells on this day."""
    if house.kind not in KINDS_OF_HOUSES:
        return
    for product in catalogue.offers.products:
        if product.kind not in PASSES | TICKETS:
            continue
        item = item_on(catalogue, product, house, day)
        if item is not None and item.is_tax_decided:
            yield Offer(product, item.price.cents, product.concession)


def last_day(bought_on: date) -> date:
    """Until when a single ticket lets in: the end of the third year after, as long as the law
    lets its buyer claim it (§§ 195, 199 BGB)."""
    return date(bought_on.year + 3, 12, 31)


def _house(facility: Facility, day: date) -> House:
    is_open = facility.is_open(day)
    coming = (day + timedelta(days=n) for n in range(1, _A_YEAR + 1))
    opens_on = None if is_open else next((each for each in coming if facility.is_open(each)), None)
    return House(facility, is_open, opens_on)
