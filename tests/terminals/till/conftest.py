"""A whole site for tests: the centre on a socket over real books, a terminal, and the till."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from werkzeug.serving import WSGIRequestHandler, make_server

from config.app import create_app
from config.database import Database
from config.postgres import EmbeddedServer
from ledger.calendar import business_day
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from ledger.staff.pins import set_pin
from terminals import adapters
from terminals.enrolment import make_code
from terminals.queries import facility_catalogue
from terminals.simulators.zvt import Simulator
from terminals.till import baskets, payments, shifts
from terminals.till.attempts import Attempt, find_attempt
from terminals.till.centre import Centre
from terminals.till.counter.following import follow
from terminals.till.enrolled import Till, find_till
from terminals.till.journal import Journal, open_journal, tables
from terminals.till.offers import offers_on
from terminals.till.outbox import count_waiting
from terminals.till.payments import Desk
from terminals.till.pull import keep_document
from terminals.till.sales import Sale
from terminals.till.site import Device, Site
from tests.conftest import cloned_database
from tests.terminals.till.relay import Relay

ADMINISTRATOR = Caller("S-0001", "administrator")
CASHIER_PIN, MANAGER_PIN = "482916", "735204"
FLOAT = {"5000": 1, "1000": 5, "500": 6, "200": 5, "100": 10}


class Silent(WSGIRequestHandler):
    """Requests are not worth a line each in the report of a failing test."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Server:
    """The centre on a port that stays the same while it is gone and back."""

    database: Database
    port: int = 0
    address: str = ""

    def start(self) -> None:
        """Answer from now on."""
        app = create_app(database=self.database)
        self._server = make_server(
            "127.0.0.1", self.port, app, threaded=True, request_handler=Silent
        )
        self.port = self._server.port
        self.address = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Gone, as if the line were cut."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    _server: object = field(init=False, repr=False)
    _thread: object = field(init=False, repr=False)


@pytest.fixture
def centre(city: Database) -> Iterator[Server]:
    """The centre of a city, with a cashier and a manager at the pool B01."""
    with city.transaction() as session:
        for login, role, pin in (
            ("kern", "cashier", CASHIER_PIN), ("roth", "site_manager", MANAGER_PIN),
        ):  # fmt: skip
            post = Post(role, "B01")
            known = add_person(session, ADMINISTRATOR, login=login, name=login, post=post)
            set_pin(session, ADMINISTRATOR, known.code, pin, at=datetime.now(UTC))
    server = Server(city)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    """A card terminal without pauses."""
    with Simulator() as simulator:
        yield simulator


@dataclass(slots=True)
class Counter:
    """A till of a running site, and short ways to do what a cashier does."""

    site: Site
    till: Till
    person: str

    def desk(self) -> Desk:
        return Desk(self.till, self.person, datetime.now(UTC))

    def fill(self, *products: str) -> int:
        """Put articles into the basket; its total in cents."""
        with self.site.journal.write(self.till.code) as connection:
            now = datetime.now(UTC)
            offers = offers_on(connection, self.till.code, business_day(now))
            shift = shifts.current_shift(connection, self.till.code)
            on = baskets.current_basket(connection, self.till.code) or baskets.start_basket(
                connection, till=self.till.code, shift=shift.code, key=uuid4(), now=now
            )
            for product in products:
                on = baskets.add(on, offers.articles[product])
            baskets.keep(connection, on, now)
        return on.total_cents

    def pay_by_card(self, key: UUID | None = None) -> UUID:
        """Tap "Karte"; the key of the attempt."""
        key = key or uuid4()
        lane = self.site.lane(self.till.code)
        with self.site.journal.write(self.till.code) as connection:
            begun = payments.pay_by_card(
                connection, self.desk(), key=key, terminal=lane.terminal, adapter="zvt"
            )
        if begun is not None:
            lane.perform(key)
        return key

    def pay_in_cash(self, tendered_cents: int, key: UUID | None = None) -> Sale:
        with self.site.journal.write(self.till.code) as connection:
            return payments.pay_in_cash(
                connection, self.desk(), key=key or uuid4(), tendered_cents=tendered_cents
            )

    def attempt(self, key: UUID) -> Attempt:
        with self.site.journal.read() as connection:
            return find_attempt(connection, key)

    def ends(self, key: UUID, seconds: float = 10) -> Attempt:
        """The attempt once it has an end."""
        return self.until(lambda: self.attempt(key), lambda a: a.state not in {"started"}, seconds)

    def empty(self) -> None:
        """Take everything out of the basket."""
        with self.site.journal.write(self.till.code) as connection:
            on = baskets.current_basket(connection, self.till.code)
            if on is not None:
                baskets.keep(connection, replace(on, lines=(), marked=None), datetime.now(UTC))

    def check(self, key: UUID) -> None:
        """Tap "Jetzt prüfen", and wait until the terminal was asked."""
        seen = self.attempt(key).checks
        self.site.lane(self.till.code).resolve(key)
        self.until(lambda: self.attempt(key), lambda a: a.state != "unknown" or a.checks > seen)

    def until(self, look, is_so, seconds: float = 10):
        """What `look` returns as soon as it is so; fails where that takes too long."""
        deadline = datetime.now(UTC).timestamp() + seconds
        while not is_so(found := look()):
            assert datetime.now(UTC).timestamp() < deadline, found
            seen = self.site.journal.version(self.till.code)
            if not is_so(look()):
                self.site.journal.wait(self.till.code, seen, 1)
        return found

    def all_sent(self, seconds: float = 20) -> None:
        """Wait until the centre has answered for everything."""

        def left() -> int:
            with self.site.journal.read() as connection:
                return count_waiting(connection, self.till.code)

        self.site.nudge(self.till.code)
        self.until(left, lambda waiting: waiting == 0, seconds)


def device_on(port: int, **settings: str) -> Device:
    """The ZVT adapter on a terminal of this machine."""
    given = {"host": "127.0.0.1", "port": str(port), **settings}
    return Device("zvt", adapters.load()["zvt"].opened(given))


@pytest.fixture
def start_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start a site on the journal of this test; the same journal again after a stop."""
    begun: list[Site] = []

    def start(centre: Server, simulator: Simulator | None = None, **settings: str) -> Site:
        devices = {"B01-1": device_on(simulator.port, **settings)} if simulator else {}
        journal = open_journal(tmp_path / "journal.sqlite")
        site = Site("B01", journal, Centre(centre.address), devices, {}, follow)
        site.start()
        begun.append(site)
        return site

    yield start
    for site in begun:
        site.stop()


@pytest.fixture
def counter(centre: Server, terminal: Simulator, start_site: Callable[..., Site]) -> Counter:
    """Till B01-1, enrolled, with an open shift."""
    site = start_site(centre, terminal)
    with centre.database.transaction() as session:
        code = make_code(session, ADMINISTRATOR, "B01-1", at=datetime.now(UTC)).code
    till = site.enrol(code)
    with site.journal.write(till.code) as connection:
        shifts.open_shift(
            connection, till.code, person="S-0002", counts=FLOAT, now=datetime.now(UTC)
        )
    return Counter(site, till, "S-0002")


@pytest.fixture
def relay(centre: Server) -> Iterator[Relay]:
    """The line between the till and the centre."""
    line = Relay(centre.port)
    yield line
    line.stop()


@pytest.fixture
def far(centre: Server, relay: Relay, start_site: Callable[..., Site]) -> Counter:
    """Till B01-1 at the far end of the line, with an open shift and no terminal."""
    site = start_site(relay)
    till = site.enrol(a_code(centre))
    with site.journal.write(till.code) as connection:
        shifts.open_shift(
            connection, till.code, person="S-0002", counts=FLOAT, now=datetime.now(UTC)
        )
    return Counter(site, till, "S-0002")


def a_code(centre: Server, till: str = "B01-1") -> str:
    """A code that connects this till."""
    with centre.database.transaction() as session:
        return make_code(session, ADMINISTRATOR, till, at=datetime.now(UTC)).code


@pytest.fixture(scope="session")
def catalogues(server: EmbeddedServer, city_template: str) -> dict[str, Any]:
    """What the centre tells of two facilities today."""
    today = business_day(datetime.now(UTC))
    with cloned_database(server, city_template) as database, database.read_only() as session:
        found = {code: facility_catalogue(session, code, today) for code in ("B01", "A01")}
    return json.loads(json.dumps(found))


@pytest.fixture
def bare_till(tmp_path: Path, catalogues: dict[str, Any]) -> Iterator[Callable[..., Counter]]:
    """Make a till that knows its offers and has an open shift, and nobody to talk to."""
    journals: list[Journal] = []

    def make(facility: str = "B01", kind: str = "pool") -> Counter:
        journal, code = open_journal(tmp_path / f"{facility}.sqlite"), f"{facility}-1"
        journals.append(journal)
        now = datetime.now(UTC)
        with journal.write() as connection:
            connection.execute(
                insert(tables.till).values(
                    code=code, name="Kasse 1", facility=facility, facility_kind=kind,
                    facility_name="Haus", city="Stadt", token="sk_none", enrolled_at=now,
                )
            )  # fmt: skip
            keep_document(connection, code, "catalogue/2026-01-01", catalogues[facility], etag=None)
            shifts.open_shift(connection, code, person="S-0002", counts=FLOAT, now=now)
            till = find_till(connection, code)
        # Nothing listens at the address of this centre, and nothing of the site was started.
        site = Site(facility, journal, Centre("http://127.0.0.1:9"), {}, {}, follow)
        return Counter(site, till, "S-0002")

    yield make
    for journal in journals:
        journal.close()


@pytest.fixture
def bare(bare_till: Callable[..., Counter]) -> Counter:
    """Till B01-1 of a pool, alone with its journal."""
    return bare_till()
