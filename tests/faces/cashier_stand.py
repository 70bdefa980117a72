"""A cashier's place: a real site behind a browser, the centre over real books, a card terminal."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import text
from werkzeug.serving import BaseWSGIServer, make_server

from config.signing import guest_keys
from config.site import create_site_app
from ledger.staff.people import Post, add_person, people
from ledger.staff.pins import set_pin
from ledger.wallets import open_wallet
from terminals.qr.tokens import Kind, phone_code, sign
from terminals.simulators.zvt import Simulator
from terminals.till import shifts
from terminals.till.counter import Counter
from terminals.till.enrolled import bind_browser, change_till, find_till
from terminals.till.face import COOKIE
from terminals.till.outbox import count_waiting, rejected
from terminals.till.passes import passes_of
from terminals.till.sales import Sale, last_sales
from terminals.till.site import Site
from tests.api_client import a_top_up
from tests.faces.conftest import Silent, hear
from tests.terminals.till.conftest import ADMINISTRATOR, FLOAT, Server, a_code

TILL = "B01-1"
SECOND_PIN = "918273"
PATIENCE = 30_000  # milliseconds: a loaded machine takes its time
# A tap is over when its answer stands on the screen, not when it has come: <html> says so.
ASKING = """
    const asked = new Set();
    const mark = () => document.documentElement.toggleAttribute("data-asking", asked.size > 0);
    const isTap = ({ detail }) => detail.ctx.request.action.includes("/do/");
    document.addEventListener("htmx:before:request", (event) => {
        if (isTap(event)) asked.add(event.detail.ctx);
        mark();
    });
    document.addEventListener("htmx:finally:request", (event) => {
        asked.delete(event.detail.ctx);
        mark();
    });
"""
# What a browser, and htmx of a tap, say while the site process is gone.
GONE = ("net::ERR_CONNECTION_REFUSED", "net::ERR_SOCKET_NOT_CONNECTED", "net::ERR_EMPTY_RESPONSE",
        "net::ERR_CONNECTION_RESET", "Failed to fetch")  # fmt: skip


@dataclass(slots=True)
class Web:
    """The register on a port that stays the same while the site process is gone and back."""

    site: Site
    port: int = 0
    _server: BaseWSGIServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    @property
    def address(self) -> str:
        """The register in a browser."""
        return f"http://127.0.0.1:{self.port}/kasse/"

    def start(self) -> None:
        """Answer from now on, with nothing remembered but the journal."""
        app = create_site_app(Counter(self.site))
        self._server = make_server(
            "127.0.0.1", self.port, app, threaded=True, request_handler=Silent
        )
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Gone; whoever waits for news is let go."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for code in tuple(self.site.running):
            self.site.journal.ring(code)


class Hands:
    """Somebody in front of the register: taps, types and waits until the screen has followed."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.page.add_init_script(f"(() => {{ {ASKING} }})();")
        self.page.set_default_timeout(PATIENCE)
        self.complaints = hear(self.page)
        self.taps = 0

    def open(self, state: str) -> Page:
        """Open the register, which is in this state."""
        self.page.goto(self.address)
        self.page.wait_for_selector("body[data-ready]")
        self.at(state)
        return self.page

    def at(self, *states: str) -> None:
        """Wait until the register is in one of these states and takes input."""
        self.page.wait_for_selector(
            ", ".join(f"body[data-state={state}]:not([data-settling])" for state in states)
        )

    def tap(self, words: str, *, to: str = "", exact: bool = False) -> None:
        """Tap the first key with these words; then the register comes to a state."""
        self._tap(self.page.get_by_role("button", name=words, exact=exact).first.click, to)

    def tap_on(self, selector: str, *, to: str = "") -> None:
        """Tap what a selector finds."""
        self._tap(self.page.locator(selector).first.click, to)

    def press(self, *keys: str, to: str = "") -> None:
        """Press keys one after the other; the last one does something."""
        for key in keys[:-1]:
            self.page.keyboard.press(key, delay=40)
        self._tap(lambda: self.page.keyboard.press(keys[-1], delay=40), to, taps=0)

    def scan(self, code: str) -> None:
        """Hold a code under the scanner: a prefix, the letters, Enter."""
        with self.page.expect_response("**/do/scan"):
            self.page.keyboard.press("Control+b")
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")

    def enter_pin(self, digits: str, *, to: str = "") -> None:
        """Type a PIN; its sixth digit sends it."""
        self.page.locator("#pin").wait_for()
        self.page.wait_for_selector("body:not([data-settling])")
        self._tap(lambda: self.page.keyboard.type(digits, delay=40), to, taps=0)

    def count(self, **pieces: int) -> None:
        """Count on the numeric pad: `count(c5000=3)`; every other row is zero."""
        for name, number in pieces.items():
            self.tap_on(f".count__pick[value='{name[1:]}']")
            self.page.wait_for_selector(f"#pieces-{name[1:]}")
            self.page.keyboard.type(str(number), delay=40)
            self.press("Enter")
        self.tap("Rest ist 0")

    def sees(self, words: str) -> None:
        """Wait until these words stand somewhere."""
        self.page.get_by_text(words).first.wait_for()

    def shoot(self, path: Path) -> None:
        """A picture of the screen as it is."""
        self.page.evaluate("document.fonts.ready")
        self.page.screenshot(path=path)

    def _tap(self, act: Callable[[], Any], to: str, taps: int = 1) -> None:
        self.page.wait_for_selector("body:not([data-settling])")
        with self.page.expect_response("**/do/**"):
            act()
        self.page.wait_for_selector("html:not([data-asking])")
        self.taps += taps
        if to:
            self.at(to)


@dataclass(slots=True)
class Place:
    """The pool's till B01-1: everything behind it, and hands in front of it."""

    centre: Server
    terminal: Simulator
    site: Site
    web: Web
    hands: Hands
    chromium: Browser
    start: Callable[..., Site]

    def stop_site(self) -> None:
        """The site process is gone; what it knew is in its journal."""
        self.web.stop()
        self.site.stop()

    def start_site(self) -> None:
        """It is back, on the same journal and the same port."""
        self.site = self.web.site = self.start(self.centre, self.terminal)
        self.web.start()

    def more_hands(self, *, theme: str = "light", size: tuple[int, int] = (1280, 800)) -> Hands:
        """A further browser, that knows nothing yet."""
        return hands_at(self.chromium, self.web.address, theme, size)

    def in_shift(self) -> None:
        """Connected, the cashier signed in, the shift open with 150.00 euros; the browser knows."""
        with self.centre.database.read_only() as session:
            person = next(one.code for one in people(session) if one.login == "kern")
        till = self.site.enrol(a_code(self.centre, TILL))
        now = datetime.now(UTC)
        with self.site.journal.write(till.code) as connection:
            shifts.open_shift(connection, till.code, person=person, counts=FLOAT, now=now)
            change_till(connection, till.code, person=person)
            cookie = bind_browser(connection, till.code, now)
        self.hands.context.add_cookies(
            [{"name": COOKIE, "value": cookie, "domain": "127.0.0.1", "path": "/kasse"}]
        )

    def wallet_with(self, cents: int) -> str:
        """A guest's wallet, topped up."""
        with self.centre.database.transaction() as session:
            code = open_wallet(session, kind="citizen", key=uuid4()).code
        with self.site.journal.read() as connection:
            till = find_till(connection, TILL)
        path = f"/wallets/{code}/top-ups"
        self.site.centre.post(path, till.token, a_top_up(cents), key=str(uuid4()))
        return code

    def code_of(self, kind: Kind, code: str) -> str:
        """What the guest's phone shows."""
        now = datetime.now(UTC)
        return sign(phone_code(kind, code, now=now), guest_keys().signing, now=now)

    def pass_token(self) -> str:
        """What the QR code of the pass says that was sold last."""
        with self.site.journal.read() as connection:
            return passes_of(connection, self.sales[0].key)[0].token

    @property
    def sales(self) -> list[Sale]:
        """What was sold, newest first."""
        with self.site.journal.read() as connection:
            return last_sales(connection, TILL)

    @property
    def waiting(self) -> int:
        """How much the centre has not heard."""
        with self.site.journal.read() as connection:
            return count_waiting(connection, TILL)

    def books_agree(self) -> None:
        """The centre has everything once, and the terminal charged what the till says."""
        self.until(lambda: self.waiting == 0)
        with self.site.journal.read() as connection:
            assert rejected(connection, TILL) == []
        sales = self.sales
        with self.centre.database.read_only() as session:
            kept = dict(session.execute(text("SELECT key, entry_id FROM charge")).all())
        assert {one.key for one in sales} <= kept.keys()
        assert all(kept.values())
        by_card = sorted(one.total_cents for one in sales if one.way in {"girocard", "credit_card"})
        charged = [one for one in self.terminal.ledger if one.kind == "payment"]
        assert sorted(one.amount_cents for one in charged if one.state == "approved") == by_card

    def until(self, is_so: Callable[[], bool], seconds: int = 30) -> None:
        """Wait for something of the site."""
        deadline = datetime.now(UTC).timestamp() + seconds
        while not is_so():
            assert datetime.now(UTC).timestamp() < deadline
            seen = self.site.journal.version(TILL)
            if not is_so():
                self.site.journal.wait(TILL, seen, 1)


def hands_at(chromium: Browser, address: str, theme: str, size: tuple[int, int]) -> Hands:
    """A browser of its own; whoever asks closes its context."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="de-DE",
    )
    return Hands(context, address)


@pytest.fixture
def place(
    chromium: Browser, centre: Server, terminal: Simulator, start_site: Callable[..., Site]
) -> Iterator[Place]:
    """A site that nobody connected yet, with a second cashier; no complaints in its console."""
    with centre.database.transaction() as session:
        post = Post("cashier", "B01")
        known = add_person(session, ADMINISTRATOR, login="lenz", name="lenz", post=post)
        set_pin(session, ADMINISTRATOR, known.code, SECOND_PIN, at=datetime.now(UTC))
    web = Web(start_site(centre, terminal))
    web.start()
    hands = hands_at(chromium, web.address, "light", (1280, 800))
    yield Place(centre, terminal, web.site, web, hands, chromium, start_site)
    hands.context.close()
    web.stop()
    assert hands.complaints == []
