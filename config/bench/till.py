"""The register itself: from the tap on "Karte" to the terminal, its page, and a tap on an article.

A payment goes through the counter, the journal and a lane to a terminal that is no more than a
socket. Its limit is the same request without journal writes: it reads what the tap reads, hands the
same order to the same adapter in a thread of its own, and where the tap commits, it writes one page
of a file as large as the journal and waits for the disk.
"""

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import Connection

from config.bench.measure import MeasuredNonsense, Size, Slice
from config.bench.sites import SITE, TERMINAL, TILL, Sites
from config.site import create_site_app
from terminals import adapters
from terminals.adapters import (
    Aborted,
    CardTerminal,
    Direction,
    Evidence,
    News,
    Order,
    Recorder,
    Verdict,
)
from terminals.till import payments
from terminals.till.attempts import Attempt, find_attempt, last_known_of, was_ever_sent
from terminals.till.centre import Centre
from terminals.till.counter import Counter
from terminals.till.counter.following import follow
from terminals.till.counter.moment import moment_of
from terminals.till.counter.stages.card import payment_of
from terminals.till.enrolled import till_of_browser
from terminals.till.face import COOKIE
from terminals.till.journal import Journal
from terminals.till.site import Device, Site

BUDGET_NS = 150_000_000  # what a cashier does not feel
WARM_UP = 10
PAGE_BYTES = 4096
PATIENCE_SECONDS = 30
ON_SALE = 'data-stage="sale/sale.html"'
NOBODY = "http://127.0.0.1:9"  # where no centre answers: the till is alone

_AUTHORISATION = b"\x06\x01"
_TAKEN_AND_ABORTED = bytes.fromhex("800000 061E016C")


def card_taps(site: Sites, size: Size) -> Mapping[str, Slice]:
    """`size.taps` payments and as many of their limit in turn, each to the first byte of 06 01."""
    taken: dict[str, list[int]] = {"tap": [], "tap limit": []}
    with (
        site.journal() as journal,
        _terminal() as terminal,
        _register(site, journal, terminal.port) as register,
        _page_of_a_file(site.folder, journal) as write_page,
        _bare_lane(journal, terminal.port, write_page) as lane,
    ):
        for _ in range(WARM_UP + size.taps):
            taken["tap"].append(_tap(site, register, terminal))
            started = time.perf_counter_ns()
            lane.orders.put(_limit(site, register, write_page))
            taken["tap limit"].append(terminal.first_byte() - started)
            lane.check_aborted()
    return {name: _slice(latencies[WARM_UP:]) for name, latencies in taken.items()}


def register_pages(site: Sites, size: Size) -> Mapping[str, Slice]:
    """`GET /kasse/` and a tap on an article in turn, over the whole application."""
    pages, taps = list[int](), list[int]()
    with site.journal() as journal, _register(site, journal, 9) as register:
        browser = register.browser
        for _ in range(WARM_UP + size.pages):
            pages.append(_timed(lambda: browser.get("/kasse/").text))
            taps.append(_timed(lambda: _do(browser, "add", product="POOL-AD")))
            _do(browser, "line", op="set", line="0", quantity="1")
    budget = Slice(1, BUDGET_NS, (BUDGET_NS,))
    return {"page": _slice(pages[WARM_UP:]), "add": _slice(taps[WARM_UP:]), "budget": budget}


def _slice(latencies: list[int]) -> Slice:
    return Slice(len(latencies), sum(latencies), tuple(latencies))


@dataclass(slots=True)
class _Terminal:
    """Hears payments and ends each at once; `heard` has the moment of each first byte."""

    listening: socket.socket
    heard: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)

    @property
    def port(self) -> int:
        port: int = self.listening.getsockname()[1]
        return port

    def first_byte(self) -> int:
        """When the running order arrived, in nanoseconds of the process's clock."""
        return self.heard.get(timeout=PATIENCE_SECONDS)

    def serve(self) -> None:
        """Take connections until the socket is shut down."""
        while True:
            try:
                connected, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connected,), daemon=True).start()

    def _answer(self, connected: socket.socket) -> None:
        with connected, suppress(ConnectionError):  # a register hangs up as it likes
            while said := connected.recv(4096):
                at = time.perf_counter_ns()
                if said.startswith(_AUTHORISATION):
                    self.heard.put(at)
                    connected.sendall(_TAKEN_AND_ABORTED)


@contextmanager
def _terminal() -> Iterator[_Terminal]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        terminal = _Terminal(listening)
        serving = threading.Thread(target=terminal.serve)
        serving.start()
        try:
            yield terminal
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            serving.join()


def _device(port: int) -> CardTerminal:
    settings = {"host": "127.0.0.1", "port": str(port), "registers": "no",
                "late_print_seconds": "0"}  # fmt: skip
    return adapters.load()["zvt"].opened(settings)


@dataclass(frozen=True, slots=True)
class _Register:
    """A register that runs, its browser, and what became of payments there."""

    counter: Counter
    browser: FlaskClient
    decided: queue.SimpleQueue[Attempt]

    @property
    def journal(self) -> Journal:
        return self.counter.site.journal


def _tap(site: Sites, at: _Register, terminal: _Terminal) -> int:
    key = uuid4()
    started = time.perf_counter_ns()
    at.counter.act(site.browser, "pay", {"way": "card", "key": str(key)})
    took = terminal.first_byte() - started
    ended = at.decided.get(timeout=PATIENCE_SECONDS)
    if ended.id != key or ended.state != "aborted":
        raise MeasuredNonsense(f"a payment that should be aborted is {ended.state}")
    with at.journal.write() as connection:  # whoever else was writing has done so
        payments.payable(connection, TILL)
    return took


@dataclass(frozen=True, slots=True)
class _Page:
    """A recorder that writes a page for what is sent, and else nothing."""

    write: Callable[[], None]

    def frame(self, direction: Direction, data: bytes) -> None:  # noqa: ARG002 - the contract's
        """Wait for the disk before the order leaves."""
        if direction == "sent":
            self.write()

    def saw(self, news: News | Evidence) -> None:
        """Forget it."""

    claims = saw


def _limit(site: Sites, at: _Register, write_page: Callable[[], None]) -> Order:
    """What a tap reads, and a page for its first commit; then the order for the lane."""
    key = uuid4()
    with at.journal.read() as connection:
        till = till_of_browser(connection, site.browser)
    assert till is not None
    with at.journal.read() as connection:
        payment_of(moment_of(at.counter.site, connection, till))
        find_attempt(connection, key)
        basket = payments.payable(connection, TILL)
        last_known, had_none = last_known_of(connection, TERMINAL)
    write_page()
    return Order(key, "payment", basket.total_cents, TERMINAL, datetime.now(UTC), None,
                 last_known, had_none)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _BareLane:
    """A thread that carries orders out as a lane does."""

    journal: Journal
    orders: queue.SimpleQueue[Order | None]
    verdicts: queue.SimpleQueue[Verdict]

    def check_aborted(self) -> None:
        """Wait for the end of the order that runs."""
        verdict = self.verdicts.get(timeout=PATIENCE_SECONDS)
        if not isinstance(verdict, Aborted):
            raise MeasuredNonsense(f"an order that should be aborted came to {verdict}")

    def work(self, device: CardTerminal, recorder: Recorder) -> None:
        """Carry orders out until there is none."""
        while order := self.orders.get():
            with self.journal.read() as connection:  # as a lane does, before it believes an order
                find_attempt(connection, order.key)
                was_ever_sent(connection, order.key)
            self.verdicts.put(device.perform(order, recorder, threading.Event()))


@contextmanager
def _bare_lane(journal: Journal, port: int, write_page: Callable[[], None]) -> Iterator[_BareLane]:
    device, lane = _device(port), _BareLane(journal, queue.SimpleQueue(), queue.SimpleQueue())
    (thread := threading.Thread(target=lane.work, args=(device, _Page(write_page)))).start()
    try:
        yield lane
    finally:
        lane.orders.put(None)
        thread.join()
        device.close()


@contextmanager
def _page_of_a_file(folder: Path, journal: Journal) -> Iterator[Callable[[], None]]:
    """Writes one page of a file as large as the journal, and waits until it is on the disk."""
    size = Path(journal.engine.url.database or "").stat().st_size
    name = folder / f"{uuid4().hex}.page"
    with name.open("w+b", buffering=0) as file:
        file.write(os.urandom(size))
        os.fsync(file.fileno())

        def write_page() -> None:
            os.pwrite(file.fileno(), os.urandom(PAGE_BYTES), 0)
            os.fsync(file.fileno())

        yield write_page
    name.unlink()


@contextmanager
def _register(site: Sites, journal: Journal, port: int) -> Iterator[_Register]:
    """The register of a till without a line to the centre, in a browser that is signed in."""
    decided: queue.SimpleQueue[Attempt] = queue.SimpleQueue()

    def told(connection: Connection, before: Attempt, after: Attempt) -> None:
        follow(connection, before, after)
        decided.put(after)

    device = Device("zvt", _device(port))
    running = Site(SITE, journal, Centre(NOBODY), {TERMINAL: device}, {}, told)
    running.start()
    try:
        for one in running.running.values():  # nobody calls the centre in vain meanwhile
            one.push.stop()
            one.pull.stop()
        counter = Counter(running)
        browser = create_site_app(counter).test_client()
        browser.set_cookie(COOKIE, site.browser, path="/kasse")
        if ON_SALE not in browser.get("/kasse/").text:
            raise MeasuredNonsense("the register shows no sale")
        yield _Register(counter, browser, decided)
    finally:
        running.stop()


def _do(browser: FlaskClient, action: str, **form: str) -> str:
    answer = browser.post(f"/kasse/do/{action}", data=form, headers={"HX-Request": "true"})
    if answer.status_code != 200:
        raise MeasuredNonsense(f"{action} was answered with {answer.status_code}")
    return answer.text


def _timed(work: Callable[[], str]) -> int:
    started = time.perf_counter_ns()
    page = work()
    took = time.perf_counter_ns() - started
    if "POOL-AD" not in page:
        raise MeasuredNonsense("the page shows no articles")
    return took
