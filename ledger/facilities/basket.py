"""A whole basket: its lines to their facility types, their postings to one entry's transfers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.entries import Transfer
from ledger.facilities.contract import Booking, Counted, FacilityType, Item
from ledger.facilities.refusals import KindNotSold, TaxUndecided, WayNotAccepted
from ledger.money import Money
from ledger.rules import Rulebook
from ledger.tenders import Tender


@dataclass(frozen=True, slots=True)
class Basket:
    """What a basket comes to.

    transfers: of one entry, empty if everything was free. counted: handed out without booking.
    total: price of all lines. due: what the tender is debited, less than the total only where
    an authority takes a share. events: names of the posting rules that book it.
    """

    transfers: tuple[Transfer, ...]
    counted: tuple[Counted, ...]
    total: Money
    due: Money
    events: frozenset[str] = frozenset()


def book_basket(
    items: Iterable[Item],
    tender: Tender,
    *,
    rulebook: Rulebook,
    types: Mapping[str, FacilityType],
) -> Basket:
    """The transfers of a priced basket paid by one tender; `types` is what `load()` found.

    Raises a FacilityRefusal for what must not be sold so, and ValueError where a facility type
    books another amount than its price: then its code is wrong.
    """
    total, bookings = Money(0), list[Booking]()
    for item in items:
        facility = types.get(item.facility_type)
        if facility is None or item.kind not in facility.kinds:
            raise KindNotSold(item.facility_type, item.kind)
        bookings.append(_line(item, tender, facility, rulebook))
        total += facility.price(item)
    postings = [posting for booking in bookings for posting in booking.postings]
    transfers = rulebook.book(postings)
    due = _sum(t.amount for t in transfers if t.debit == tender.account)
    free = tuple(entry for booking in bookings for entry in booking.counted)
    return Basket(transfers, free, total, due, frozenset(posting.event for posting in postings))


def _line(item: Item, tender: Tender, facility: FacilityType, rulebook: Rulebook) -> Booking:
    if not item.is_tax_decided:
        raise TaxUndecided(item.product)
    strange = sorted(item.options - facility.options)
    if strange:
        raise ValueError(f"{facility.code} knows no option {', '.join(strange)}")
    if tender.way not in facility.ways:
        raise WayNotAccepted(facility.code, tender.way)
    booking = facility.book(item, tender)
    booked = _sum(transfer.amount for transfer in rulebook.book(booking.postings))
    if booked != facility.price(item) or not (booking.postings or booking.counted):
        raise ValueError(f"{facility.code} books {booked} for {item.product}, not its price")
    return booking


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, start=Money(0))
