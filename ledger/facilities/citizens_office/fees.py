"""Fees: what a surcharge adds, what a waiver takes away, which part is the federation's."""

from collections.abc import Collection
from dataclasses import replace

from ledger.facilities import Item, SurchargeNotDue, gross
from ledger.money import Money

WAIVED = "waived"
FEES = frozenset({"fee", "surcharge", "fee_with_federal_share"})


def price(item: Item) -> Money:
    """What the line costs: nothing if it is waived."""
    return gross(item) * (0 if WAIVED in item.options else 1)


def surcharge(
    fee: Item, *, product: str, applies_to: Collection[str], amount: Money | None = None
) -> Item:
    """The line a surcharge puts beside its fee; it shares case, pieces and waiver with it.

    amount: a fixed surcharge per piece, e.g. express; None doubles the fee by adding its price
    once more, § 15 (2) PassV. applies_to: the products the law names, by the catalogue: off
    hours doubles temporary passports and changes (No. 1), an office that is not competent
    ordinary passports too (No. 2); fixed surcharges are never doubled. Raises SurchargeNotDue.
    """
    if fee.product not in applies_to or fee.kind == "surcharge":
        raise SurchargeNotDue(product, fee.product)
    added = fee.price if amount is None else amount
    return replace(fee, product=product, kind="surcharge", price=added, federal_share=None)


def federal_split(item: Item) -> tuple[Money, Money]:
    """The city's own part and the federation's; together the price, to the cent.

    A certificate of conduct leaves the office two fifths, § 30 (2) BZRG. Split per piece, so
    that what is owed each month is a whole number of single shares.
    """
    if (item.federal_share is None) == (item.kind == "fee_with_federal_share"):
        raise ValueError(f"{item.product}: a {item.kind} and its federal share do not agree")
    amount = price(item)
    if item.federal_share is None or not amount:
        return amount, amount * 0
    parts, of = item.federal_share
    own, federal = item.price.split((of - parts, parts))
    return own * item.quantity, federal * item.quantity
