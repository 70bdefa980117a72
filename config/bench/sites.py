"""A site for the benchmark: a centre that is served as the product does, and a till's journal.

Made once: the city's books with one till enrolled, and the journal of that till in the middle of
a shift. Every slice works on copies of both.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Connection, make_url

from config.bench.measure import MeasuredNonsense, Size
from config.migrations import upgrade
from ledger.calendar import business_day
from ledger.catalogue.loading import load_city
from ledger.catalogue.reading import city_from
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from terminals.enrolment import make_code
from terminals.till import baskets, payments
from terminals.till.centre import Centre
from terminals.till.enrolled import bind_browser, change_till, enrol, find_till
from terminals.till.journal import Journal, open_journal
from terminals.till.line import Line
from terminals.till.offers import Offers, offers_on
from terminals.till.payments import Desk
from terminals.till.pull import Pull
from terminals.till.shifts import Shift, current_shift, open_shift

if TYPE_CHECKING:
    from config.bench.ground import Books, Ground

CITY = "city"
SITE, TILL, TERMINAL = "B01", "B01-1", "B01-1"
FLOAT = {"5000": 1, "1000": 5, "500": 6, "200": 5, "100": 10}
ARTICLES = ("POOL-AD", "POOL-RED", "POOL-FAM")

_FILES = Path(__file__).parents[1] / "cities" / "aachen"
_ADMINISTRATOR = Caller("S-0001", "administrator")
_JOURNAL = "journal.sqlite"
_SERVE = ("-c", "from config.cli import main; main()", "serve", "--port", "0")


@dataclass(frozen=True, slots=True)
class Sites:
    """What slices take copies of. person: who works at the till; browser: the cookie it has."""

    ground: "Ground"
    folder: Path
    person: str
    browser: str

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """A copy of the till's journal, on the disk of the database."""
        name = self.folder / uuid4().hex
        name.mkdir()
        shutil.copy(self.folder / _JOURNAL, name / _JOURNAL)
        journal = open_journal(name / _JOURNAL)
        try:
            yield journal
        finally:
            journal.close()
            shutil.rmtree(name)

    @contextmanager
    def centre(self) -> Iterator[tuple["Books", Centre]]:
        """A copy of the city's books, served over HTTP."""
        with self.ground.fresh(CITY) as books, _served(books, self.folder) as centre:
            yield books, centre

    def desk(self, connection: Connection) -> Desk:
        """The till with its cashier, now."""
        till = find_till(connection, TILL)
        assert till is not None
        return Desk(till, self.person, datetime.now(UTC))


def prepare(ground: "Ground", size: Size) -> Sites:
    """Load the city, enrol a till and let it sell for a while; all beside the server's data."""
    folder = ground.server.folder / "site"
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    books = ground.create(CITY)
    upgrade(make_url(books.server.url(books.name, "postgres")))
    with books.database() as database, database.transaction() as session:
        load_city(session, city_from(_FILES))
        post = Post("cashier", SITE)
        person = add_person(session, _ADMINISTRATOR, login="kern", name="Kern", post=post).code
        code = make_code(session, _ADMINISTRATOR, TILL, at=datetime.now(UTC)).code
    journal = open_journal(folder / _JOURNAL)
    try:
        with _served(books, folder) as centre:
            enrol(journal, centre, code, site=SITE, now=datetime.now(UTC))
            Pull(journal, centre, TILL, Line(lambda: None)).once()
        with journal.write() as connection:
            change_till(connection, TILL, person=person)
            browser = bind_browser(connection, TILL, datetime.now(UTC))
            open_shift(connection, TILL, person=person, counts=FLOAT, now=datetime.now(UTC))
        sites = Sites(ground, folder, person, browser)
        with journal.write() as connection:
            for _ in range(size.till_sales):
                fill(connection)
                payments.pay_in_cash(
                    connection, sites.desk(connection), key=uuid4(), tendered_cents=100_000
                )
            fill(connection)
    finally:
        journal.close()
    return sites


def fill(connection: Connection) -> None:
    """Put a family's articles on the counter."""
    offers, shift, now = on_offer(connection), the_shift(connection), datetime.now(UTC)
    on = baskets.current_basket(connection, TILL) or baskets.start_basket(
        connection, till=TILL, shift=shift.code, key=uuid4(), now=now
    )
    for article in ARTICLES:
        on = baskets.add(on, offers.articles[article])
    baskets.keep(connection, replace(on, marked=None), now)


def on_offer(connection: Connection) -> Offers:
    """What the till sells today."""
    offers = offers_on(connection, TILL, business_day(datetime.now(UTC)))
    assert offers is not None
    return offers


def the_shift(connection: Connection) -> Shift:
    """The shift the till is in."""
    shift = current_shift(connection, TILL)
    assert shift is not None
    return shift


@contextmanager
def _served(books: "Books", folder: Path) -> Iterator[Centre]:
    """`stadtkasse serve` over these books, in processes of its own, until the block is left."""
    environment = {
        **os.environ, "DATABASE_URL": books.url, "STADTKASSE_STATE": str(folder),
        "DATABASE_ADMIN_URL": books.server.url(books.name, "postgres"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, *_SERVE], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    centre = None
    try:
        said = process.stderr.readline()
        if not said.startswith("Listening on "):
            raise MeasuredNonsense(f"the centre does not answer: {said.strip()}")
        centre = Centre(said.split()[-1])
        yield centre
    finally:
        if centre is not None:
            centre.pool.clear()
        process.terminate()
        process.communicate()
