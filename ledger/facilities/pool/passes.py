"""Passes of many visits: sold into deferred revenue, released visit by visit, returned, expired.

The tax is due when the pass is sold: place and rate are fixed then (§ 3 (14) UStG, a voucher
for a single purpose). So only the net amount is deferred.
"""

from ledger.entries import Dimensions
from ledger.facilities import Booking, Card, CardUsedUp, Item, booked, dimensions, gross
from ledger.money import Money
from ledger.rules import Posting
from ledger.tenders import Tender
from ledger.vat import split_vat


def sell(item: Item, tender: Tender) -> Booking:
    """One pass or card with an account of its own under `item.accounts["pass"]`."""
    if item.quantity != 1:
        raise ValueError(f"{item.product}: every pass is a line of its own")
    split = split_vat(gross(item), item.vat_rate)
    roles = {"tender": tender.account, **item.accounts}
    if item.vat_account is not None:
        roles["vat"] = item.vat_account
    amounts = {"net": split.net, "tax": split.tax}
    return booked(Posting("pass_sale", amounts, roles, dimensions(item, tender)))


def release(card: Card, at: Dimensions, units: int = 1) -> Posting:
    """The next visits or days become revenue of the place in `at`; raises CardUsedUp.

    Visit n of N gets share n of the net amount, so N visits release it to the last cent.
    """
    if units < 1:
        raise ValueError(f"one unit or more is released, not {units}")
    if units > card.left:
        raise CardUsedUp(card.account, card.left)
    share = _sum(_shares(card.net, card)[card.used : card.used + units])
    return Posting(
        "pass_visit", {"share": share}, {"pass": card.account, "revenue": card.revenue}, at
    )


def expire(card: Card, at: Dimensions) -> Posting:
    """What was never used is other revenue once the pass has lapsed; raises CardUsedUp."""
    if not card.left:
        raise CardUsedUp(card.account, 0)
    return Posting("pass_expired", {"rest": _rest(card)}, {"pass": card.account}, at)


def take_back(card: Card, at: Dimensions) -> Posting:
    """The unused visits are paid back at what they cost, with their tax; raises CardUsedUp.

    Net of the refund and rest of the account can differ by a cent: the rounding goes to
    goodwill, and the pass account is empty afterwards.
    """
    if not card.left:
        raise CardUsedUp(card.account, 0)
    refund = _sum(_shares(card.net + card.tax, card)[card.used :])
    split, rest = split_vat(refund, card.vat_rate), _rest(card)
    nothing = Money(0, refund.currency)
    amounts = {
        "net": min(split.net, rest),
        "tax": split.tax,
        "rounding": max(split.net - rest, nothing),
        "surplus": max(rest - split.net, nothing),
    }
    roles = {"pass": card.account}
    if card.vat_account is not None:
        roles["vat"] = card.vat_account
    return Posting("pass_return", amounts, roles, at)


def _rest(card: Card) -> Money:
    return _sum(_shares(card.net, card)[card.used :])


def _shares(amount: Money, card: Card) -> tuple[Money, ...]:
    return amount.split([1] * card.units)


def _sum(amounts: tuple[Money, ...]) -> Money:
    return sum(amounts, start=Money(0))
