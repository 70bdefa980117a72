"""What a site sells most, learned from the week before a shift and frozen while it runs."""

from collections import Counter
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from terminals.till.journal.tables import sale

WEEK = timedelta(days=7)
REMEMBERED = 16  # shifts: those of a site's tills that run, and some before
MOST = 10  # one for each digit of the keyboard


def most_sold(connection: Connection, before: datetime) -> tuple[str, ...]:
    """Products by how often they were sold at this site in the week before, the first one most.

    The same instant gives the same order: no tile moves under a finger. Read once, remembered.
    """
    known = _remembered.setdefault(connection.engine, {})
    if before not in known:
        if len(known) >= REMEMBERED:
            known.clear()
        known[before] = _counted(connection, before)
    return known[before]


def _counted(connection: Connection, before: datetime) -> tuple[str, ...]:
    sold: Counter[str] = Counter()
    found = select(sale.c.lines).where(
        sale.c.sold_at >= before - WEEK, sale.c.sold_at < before, sale.c.state != "voided"
    )
    for lines in connection.scalars(found):
        sold.update({line["product"]: 1 for line in lines})
    return tuple(sorted(sold, key=lambda product: (-sold[product], product)))


_remembered: WeakKeyDictionary[Engine, dict[datetime, tuple[str, ...]]] = WeakKeyDictionary()
