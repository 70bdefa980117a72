"""Whether a city's files leave the prices of the past, and those released at the desk, alone."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.catalogue.faults import Fault
from ledger.catalogue.model import City, Product
from ledger.tables import catalogue as tables
from ledger.tables.books import entry, transfer
from ledger.tables.price_changes import price_change, price_change_decision


def price_refusals(session: Session, city: City) -> Iterator[Fault]:
    """Faults for recorded products and prices that are gone and for prices set back in time.

    A price that was released at the desk needs no line in the files, but its product must still
    be sold then.
    """
    recorded: dict[str, set[date]] = {
        code: set() for code in session.scalars(select(tables.product.c.code))
    }
    for code, valid_from in session.execute(
        select(tables.price.c.product, tables.price.c.valid_from)
    ):
        recorded[code].add(valid_from)
    released = _released(session)
    products = {product.code: product for product in city.catalogue.products}
    for code in sorted(recorded.keys() - products.keys()):
        yield city.place.fault(
            f"product {code} is recorded but gone from the files: end its last price instead"
        )
    for code in sorted(recorded.keys() & products.keys()):
        yield from _gone(products[code], recorded[code] - released.get(code, set()))
        yield from _ended(products[code], released.get(code, set()))
        yield from _back_dated(session, products[code], recorded[code])


def last_sold(session: Session, code: str, since: date) -> date | None:
    """The newest business day from `since` on with a sale of this product; None without one."""
    newest: date | None = session.scalar(
        select(func.max(entry.c.booked_on))
        .join(transfer, transfer.c.entry_id == entry.c.id)
        .where(entry.c.booked_on >= since, transfer.c.product == code)
    )
    return newest


def _released(session: Session) -> dict[str, set[date]]:
    """The first days of prices from the desk, by product."""
    decision = price_change_decision.c
    rows = session.execute(
        select(price_change.c.product, price_change.c.valid_from)
        .join(price_change_decision, decision.request == price_change.c.id)
        .where(decision.decision == "released")
    )
    found: dict[str, set[date]] = {}
    for code, valid_from in rows:
        found.setdefault(code, set()).add(valid_from)
    return found


def _ended(product: Product, released: set[date]) -> Iterator[Fault]:
    until = product.prices[-1].valid_until if product.prices else None
    for valid_from in sorted(released):
        if until is not None and until < valid_from:
            yield product.place.fault(
                f"a price of {product.code} from {valid_from} was released at the desk: it"
                f" cannot end on {until}",
                "prices",
            )


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
        newest = last_sold(session, product.code, price.valid_from)
        if newest is not None:
            yield price.place.fault(
                f"{product.code} was sold until {newest}: a new price begins after that day",
                "valid_from",
            )
