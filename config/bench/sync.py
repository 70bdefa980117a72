"""What a till sold while the line was down, sent to the centre when it is back.

The whole way: from the journal on the site's disk over HTTP into the books, and the answers back
into the journal.
"""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection

from config.bench import sites
from config.bench.measure import MeasuredNonsense, Size, Slice, inputs_aside, inserted
from config.bench.sites import TERMINAL, TILL, Sites
from terminals.till import baskets
from terminals.till.baskets import Basket
from terminals.till.journal import Journal
from terminals.till.line import Line
from terminals.till.outbox import count_waiting, put, rejected
from terminals.till.push import Push
from terminals.till.sales import charge_document

ARTICLES = ("POOL-AD", "POOL-RED", "POOL-FAM", "POOL-SAUNA")


def after_outage(site: Sites, size: Size) -> Mapping[str, Slice]:
    """`size.queued` charges through `Push.send_all`, one request after the other."""
    with site.centre() as (books, centre), site.journal() as journal:
        push = Push(journal, centre, TILL, Line(lambda: None))
        push.send_all()  # the morning's sales: both sides are warm then
        with journal.write() as connection:
            _queue(connection, size.queued)
        books.checkpoint()
        before = books.count("charge")
        with inputs_aside():
            started = time.perf_counter_ns()
            push.send_all()
            took = time.perf_counter_ns() - started
        inserted(before, books.count("charge"), size.queued)
        _all_taken(journal)
    return {f"sync {size.queued}": Slice(size.queued, took)}


def _queue(connection: Connection, count: int) -> None:
    """Charges as sales put them into the outbox: by card and in cash, one to three articles."""
    offers, shift = sites.on_offer(connection), sites.the_shift(connection)
    for number in range(1, count + 1):
        at = datetime.now(UTC)
        sold = Basket(uuid4(), TILL, shift.code, "paid", (), None, None, at)
        for article in random.sample(ARTICLES, *random.choices((1, 2, 3), (70, 22, 8))):
            (quantity,) = random.choices((1, 2, 3), (70, 20, 10))
            sold = baskets.add(sold, offers.articles[article], quantity)
        way, device = random.choice((("cash", None), ("girocard", TERMINAL)))
        receipt = f"{TILL}-{900_000 + number:06d}"
        body = charge_document(sold, way, at, terminal=device, receipt_number=receipt)
        put(connection, TILL, "charge", body, at=at)


def _all_taken(journal: Journal) -> None:
    with journal.read() as connection:
        left = count_waiting(connection, TILL) + len(rejected(connection, TILL))
    if left:
        raise MeasuredNonsense(f"{left} charges were not taken")
