"""Season and holiday cards: they are used up by days passing, not by visits."""

from datetime import date

from ledger.entries import Dimensions
from ledger.facilities import Card, NotReturnable
from ledger.rules import Posting


def day_count(valid_from: date, valid_until: date) -> int:
    """The days a card is sold for, both ends included: its units."""
    if valid_until < valid_from:
        raise ValueError(f"a card valid from {valid_from} cannot end on {valid_until}")
    return (valid_until - valid_from).days + 1


def days_due(valid_from: date, card: Card, on: date) -> int:
    """How many days are to be released at the close of `on`; 0 if none or already done.

    A night that did not run is made up for by the next, and a second run on one day adds
    nothing, because the card says how many are done.
    """
    passed = (on - valid_from).days + 1
    return max(0, min(passed, card.units) - card.used)


def take_back(card: Card, at: Dimensions) -> Posting:  # noqa: ARG001  the contract's shape
    """A season card is not taken back; always raises NotReturnable."""
    raise NotReturnable(card.account)
