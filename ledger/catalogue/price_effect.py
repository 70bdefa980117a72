"""What another price would change, before anybody asks for it: nothing is written here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.catalogue.model import Catalogue, Facility, Price, Product, TaxCode, Till
from ledger.catalogue.posted import sold_here
from ledger.catalogue.queries import price_on, tax_code_on
from ledger.errors import LedgerError

MOST_CENTS = 10_000_000


class PriceChangeRefused(LedgerError):
    """`code` says why: see `ledger.catalogue.price_changes`."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data


@dataclass(frozen=True, slots=True)
class Draft:
    """Another gross price of a product from `valid_from` on, why, and by which decision."""

    product: str
    valid_from: date
    cents: int
    legal_basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a draft changes and whom it reaches.

    before: the price in force on its day without it. after: the one that is recorded for a later
    day already and ends it. facilities, tills: where the product is sold. sold: bookings of it
    from that day on, none while the day is to come. meals: ordered for its days, to be charged
    at the new price.
    """

    product: Product
    tax: TaxCode
    before: Price
    after: Price | None
    facilities: tuple[Facility, ...]
    tills: tuple[Till, ...]
    sold: int
    meals: int


def effect_of(catalogue: Catalogue, session: Session, draft: Draft, *, today: date) -> Effect:
    """Compare a draft with the catalogue as it stands.

    Raises PriceChangeRefused: price_change_product, _past, _same_day, _ended, _amount, _same.
    """
    product = next((one for one in catalogue.products if one.code == draft.product), None)
    if product is None or not product.prices:
        raise PriceChangeRefused("price_change_product")
    if draft.valid_from <= today:
        raise PriceChangeRefused("price_change_past")
    if any(price.valid_from == draft.valid_from for price in product.prices):
        raise PriceChangeRefused("price_change_same_day")
    before = price_on(product, draft.valid_from)
    tax = tax_code_on(catalogue, product.tax_code, draft.valid_from)
    if before is None or tax is None:
        raise PriceChangeRefused("price_change_ended")
    _check_amount(product, draft.cents)
    if before.amount.cents == draft.cents:
        raise PriceChangeRefused("price_change_same")
    later = (price for price in product.prices if price.valid_from > draft.valid_from)
    houses = tuple(house for house in catalogue.facilities if sold_here(product, house))
    tills = tuple(till for house in houses for till in house.tills)
    sold, meals = _reached(session, draft)
    return Effect(product, tax, before, next(later, None), houses, tills, sold, meals)


def _check_amount(product: Product, cents: int) -> None:
    is_free = product.kind == "free_ticket"
    # A fee may be waived by law; a sale may not.
    least = 0 if product.kind in ("fee", "free_ticket") else 1
    if not least <= cents <= MOST_CENTS or (is_free and cents):
        raise PriceChangeRefused("price_change_amount")


def _reached(session: Session, draft: Draft) -> tuple[int, int]:
    row = session.execute(
        text("""
        SELECT (SELECT count(DISTINCT e.id) FROM entry e JOIN transfer t ON t.entry_id = e.id
                 WHERE e.booked_on >= :day AND t.booked_on >= :day AND t.product = :product),
               (SELECT count(*) FROM meal_order o
                 WHERE o.day >= :day AND o.product = :product AND o.cancelled_at IS NULL)"""),
        {"day": draft.valid_from, "product": draft.product},
    ).one()
    return row[0], row[1]
