"""Whether a city's files leave the prices of the past as they were."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.catalogue.faults import Fault
from ledger.catalogue.model import City, Product
from ledger.tables import catalogue as tables
from ledger.tables.books import entry, transfer


def price_refusals(session: Session, city: City) -> Iterator[Fault]:
    """Faults for recorded products and prices that are gone and for prices set back in time."""
    recorded: dict[str, set[date]] = {
        code: set() for code in session.scalars(select(tables.product.c.code))
    }
    for code, valid_from in session.execute(
        select(tables.price.c.product, tables.price.c.valid_from)
    ):
        recorded[code].add(valid_from)
    products = {product.code: product for product in city.catalogue.products}
    for code in sorted(recorded.keys() - products.keys()):
        yield city.place.fault(
            f"product {code} is recorded but gone from the files: end its last price instead"
        )
    for code in sorted(recorded.keys() & products.keys()):
        yield from _gone(products[code], recorded[code])
        yield from _back_dated(session, products[code], recorded[code])


def _gone(product: Product, recorded: set[date]) -> Iterator[Fault]:
    for valid_from in sorted(recorded - {price.valid_from for price in product.prices}):
        yield product.place.fault(
            f"the price of {product.code} from {valid_from} is recorded but gone from the files",
            "prices",
        )


def _back_dated(session: Session, product: Product, recorded: set[date]) -> Iterator[Fault]:
    """A new price for days on which the product was sold would belie their receipts."""
    for price in product.prices:
        if price.valid_from in recorded:
            continue
        last_sold = session.scalar(
            select(func.max(entry.c.booked_on))
            .join(transfer, transfer.c.entry_id == entry.c.id)
            .where(entry.c.booked_on >= price.valid_from, transfer.c.product == product.code)
        )
        if last_sold is not None:
            yield price.place.fault(
                f"{product.code} was sold until {last_sold}: a new price begins after that day",
                "valid_from",
            )
