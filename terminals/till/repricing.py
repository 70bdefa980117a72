"""A basket that was filled at prices which are over, at those of another day."""

from collections.abc import Mapping
from dataclasses import replace

from terminals.till.baskets import Basket, Line
from terminals.till.offers import Offer


def at_prices_of(on: Basket, articles: Mapping[str, Offer]) -> Basket:
    """The same basket at these prices; what is not for sale there keeps the price it has."""
    return replace(on, lines=tuple(_priced(line, articles) for line in on.lines))


def _priced(line: Line, articles: Mapping[str, Offer]) -> Line:
    offer = articles.get(line.product)
    if offer is None or offer.blocked or line.pass_code is not None:
        return line
    # A surcharge that doubles costs what its fee does.
    priced = articles.get(line.applies_to or "") if offer.doubles else offer
    cents = priced.price_cents if priced is not None else line.unit_cents
    return replace(line, unit_cents=cents, vat_rate=offer.vat_rate)
