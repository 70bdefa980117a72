"""Tickets in a real browser: bought without an account, shown with and without a network, and the
screen of a gate that lets them in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from config.app import create_app
from config.database import Database
from config.gate import create_gate_app
from terminals.checkout.provider import provider_to
from terminals.gate.site.gate import Gate, Place
from terminals.gate.site.sync import Sync
from terminals.gate.site.tables import metadata
from terminals.simulators.stripe import Simulator
from terminals.till.centre import Centre
from terminals.till.journal import open_journal
from tests.faces.conftest import View, Window, served
from tests.faces.every_page import (
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.face_stand import DESK, PHONE, SMALL, look_at, looking
from tests.scanning import read_code
from tests.terminals.gate.house import RING, a_pass, a_ticket, gates, text_of

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]


@dataclass(frozen=True, slots=True)
class Stand:
    """The city's shop, a gate of the pool B01, and the same whose answers stand still."""

    shop: str
    gate: str
    still: str
    database: Database
    sync: Sync


@pytest.fixture(scope="module")
def stand(module_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    tokens = gates(module_city)
    with pytest.MonkeyPatch.context() as patch, Simulator() as stripe:
        patch.setattr("config.api.guest_keys", lambda: RING)
        app = create_app(database=module_city)
        app.extensions["provider"] = provider_to("sk_test_tickets", address=stripe.address)
        folder: Path = tmp_path_factory.mktemp("gate")
        journal = open_journal(folder / "gate.sqlite", metadata)
        with served(app) as shop:
            gate = Gate(Place("B01", "Tor 1", tokens["B01 Tor 1"]), journal, Centre(shop))
            sync = Sync(gate)
            still = create_gate_app(gate, seconds=600, pin="2468")
            with served(create_gate_app(gate)) as screen, served(still) as still_screen:
                yield Stand(shop, screen, still_screen, module_city, sync)
        gate.centre.pool.clear()
        journal.close()


Bought = Callable[[str], str]


@pytest.fixture(scope="module")
def bought(stand: Stand, chromium: Browser) -> str:
    """The address of two tickets and a pass that somebody bought, through the payment page."""
    with looking(chromium, f"{stand.shop}/tickets/B01") as view:
        return buy(view.page, ("POOL-AD", "POOL-AD", "POOL-10A"))


def buy(page: Page, products: tuple[str, ...]) -> str:
    """Tap + for each of these, go on, pay by card; where the tickets are."""
    counts: dict[str, int] = {}
    for product in products:
        counts[product] = counts.get(product, 0) + 1
        page.click(f'button[value="{product}+"]')
        page.wait_for_selector(f'#row-{product} .steps__number:text-is("{counts[product]}")')
    page.click("#go")
    page.wait_for_url("**/c/pay/**")
    page.fill("input[type=email]", "gast@example.org")
    page.check("input[name=means][value=visa]", force=True)
    page.click("button.main")
    page.wait_for_selector(".code-words")
    return page.url.split("?")[0]


PAGES = [
    ("houses", PHONE, "light"), ("houses", DESK, "dark"), ("house", PHONE, "light"),
    ("house", PHONE, "dark"), ("house", SMALL, "light"), ("house", DESK, "light"),
    ("closed", PHONE, "light"), ("ticket", PHONE, "light"), ("ticket", PHONE, "dark"),
    ("ticket", DESK, "dark"), ("ticket", SMALL, "light"), ("pass", PHONE, "light"),
    ("ready", DESK, "light"), ("ok", DESK, "light"), ("no", PHONE, "light"),
    ("left", DESK, "light"), ("staff", PHONE, "light"),
]  # fmt: skip


@pytest.fixture(scope="module", params=PAGES, ids=lambda each: "-".join(map(str, each)))
def view(
    request: pytest.FixtureRequest, stand: Stand, bought: str, chromium: Browser, window: Window
) -> Iterator[View]:
    """Every page once at each width and in each theme that matters."""
    name, width, theme = request.param
    address = {
        "houses": f"{stand.shop}/tickets", "house": f"{stand.shop}/tickets/B01?POOL-AD=2",
        "closed": f"{stand.shop}/tickets/B06", "ticket": bought, "pass": f"{bought}?n=3",
        "staff": f"{stand.still}/tor/personal",
    }.get(name)  # fmt: skip
    if name in ("ticket", "pass"):  # which stay in their browser: nobody else is to look there
        opened = looking(chromium, address or bought, theme=theme, width=width)
    elif address is not None and "/tor/" not in address:
        opened = look_at(window, address, theme=theme, width=width)
    else:  # a gate's page brings no script of the citizens' pages to wait for
        opened = window.look(address or screen_of(stand, name), theme=theme, width=width)
    with opened as view:
        yield View(view.page, list(view.complaints))  # the rule checker may add its own


def screen_of(stand: Stand, name: str) -> str:
    """The address of a gate's screen that shows this."""
    stand.sync.once()
    now = datetime.now(UTC)
    text = "https://example.org/"
    if name == "ok":
        text = text_of(a_ticket(stand.database, at=now))
    if name == "left":
        text = a_pass(stand.database, at=now)[1]
    gate = stand.sync._gate
    one = gate.enter(text, now) if name != "ready" else None
    return f"{stand.still}/tor/" + (f"?zeigt={one.key}" if one else "")


def read_from(page: Page, selector: str) -> str:
    """What the code on the screen says, as a camera sees it."""
    return str(read_code(page.locator(selector).screenshot()).text)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_ticket_is_read_back_from_the_screen_white_in_both_themes(
    chromium: Browser, bought: str, theme: str
) -> None:
    with looking(chromium, bought, theme=theme) as view:
        drawing = view.page.locator(".code")
        assert drawing.evaluate("each => getComputedStyle(each).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        box = view.page.locator(".code svg").bounding_box()
        assert box is not None
        modules = 41 / 49  # of the drawing, the rest is white around it
        assert box["width"] * modules >= 64 / 25.4 * 96  # 64 mm
        assert len(read_from(view.page, ".code")) == 128
        view.page.click('a[aria-label="Nächstes Ticket"]')
        view.page.wait_for_selector("text=Ticket 2 von 3")


@pytest.mark.parametrize(("width", "theme"), [(PHONE, "dark"), (DESK, "light")])
def test_somebody_buys_a_ticket_without_an_account(
    chromium: Browser, stand: Stand, width: int, theme: str
) -> None:
    address = f"{stand.shop}/tickets"
    with looking(chromium, address, width=width, theme=theme) as view:
        view.page.click("text=Elisabethhalle")
        view.page.wait_for_selector("#choice")
        buy(view.page, ("POOL-AD", "POOL-RED"))
        assert view.page.locator("text=8,00\u00a0€ für 2 Tickets").is_visible()


def test_a_typed_address_survives_the_next_tap(chromium: Browser, stand: Stand) -> None:
    with looking(chromium, f"{stand.shop}/tickets/B01") as view:
        view.page.fill("#email", "gast@example.org")
        view.page.click('button[value="POOL-AD+"]')
        view.page.wait_for_selector('#row-POOL-AD .steps__number:text-is("1")')
        assert view.page.input_value("#email") == "gast@example.org"
        assert "@" not in view.page.url


def test_tickets_are_bought_without_a_script_too(chromium: Browser, stand: Stand) -> None:
    address = f"{stand.shop}/tickets/M01"
    with looking(chromium, address, scripts=False) as view:
        view.page.click('button[value="MUS-U21+"]')
        view.page.wait_for_selector('#row-MUS-U21 .steps__number:text-is("1")')
        view.page.click("text=Ticket holen")
        view.page.wait_for_selector(".code-words")
        assert len(read_from(view.page, ".code")) == 128


def test_an_opened_ticket_is_there_without_a_network(chromium: Browser, bought: str) -> None:
    with looking(chromium, bought) as view:
        view.page.wait_for_selector("html[data-kept=yes]")
        view.page.context.set_offline(True)
        view.page.goto(bought)
        assert len(read_from(view.page, ".code")) == 128
        view.page.goto(f"{bought}?n=2")
        assert view.page.locator("text=Ticket 2 von 3").is_visible()
        view.page.context.set_offline(False)
        view.complaints.clear()


def test_a_scanner_that_types_opens_the_gate_and_the_answer_gives_way(
    chromium: Browser, stand: Stand
) -> None:
    stand.sync.once()
    text = text_of(a_ticket(stand.database, at=datetime.now(UTC)))
    context = chromium.new_context(viewport={"width": 1280, "height": 844}, locale="de-DE")
    page = context.new_page()
    page.goto(f"{stand.gate}/tor/")
    page.wait_for_selector(".gate--ready")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_selector(".gate--ok")
    assert page.inner_text(".gate__line") == "Willkommen"
    page.wait_for_selector(".gate--ready")
    page.keyboard.type("nicht lesbar")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gate--no")
    assert "Bildschirm heller stellen" in page.inner_text(".gate__line")
    assert page.locator(".gate").evaluate("each => getComputedStyle(each).backgroundColor") == (
        "rgb(165, 14, 27)"
    )
    context.close()
