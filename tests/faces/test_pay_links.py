"""Pay links in a browser: every state on phones and large screens, and a whole payment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from config.app import create_app
from config.database import Database
from ledger.baskets import BasketLine
from ledger.pay_links import Link, change_link, issue_notice, receive
from ledger.proofs import check_books
from ledger.seal import seal
from terminals.checkout.provider import provider_to
from terminals.pay_links.addresses import receipt_path
from terminals.qr.keys import read_ring, with_new_key
from terminals.simulators.stripe import Simulator
from tests.faces.conftest import View, Window, served
from tests.faces.every_page import (  # noqa: F401 - these are the tests
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.face_stand import DESK, PHONE, look_at, looking
from tests.terminals.pay_links.links import CARD, a_link, do

RING = read_ring(with_new_key())
LOOKS = [("light", PHONE), ("dark", PHONE), ("light", DESK)]


@dataclass(frozen=True, slots=True)
class Stand:
    """The city's pages at an address, with a provider behind them."""

    database: Database
    address: str

    def a_link(self, **changes: object) -> Link:
        return a_link(self.database, **{"made_at": datetime.now(UTC), **changes})

    def paid(self, link: Link, times: int = 1) -> str:
        """The path of its receipt."""
        for _ in range(times):
            entry = do(self.database, lambda session: receive(
                session, link.id, payment=uuid4(), amount_cents=4600, at=datetime.now(UTC),
            )).entry_id  # fmt: skip
        return str(do(self.database, lambda session: receipt_path(session, entry)))


@pytest.fixture(scope="module")
def stand(module_city: Database) -> Iterator[Stand]:
    app = create_app(database=module_city, city="Stadt Aachen")
    app.extensions["guest_keys"] = lambda: RING
    with Simulator() as stripe, served(app) as address:
        app.extensions["provider"] = provider_to(
            "sk_test_1", secrets=("whsec_1",), address=stripe.address
        )
        yield Stand(module_city, address)


@pytest.fixture(scope="module")
def paths(stand: Stand) -> dict[str, str]:
    """The address of every page by its name."""
    opened, paid_once, paid_twice = stand.a_link(), stand.a_link(), stand.a_link()
    changed, noticed = (
        stand.a_link(lines=(BasketLine("PA24", 2), BasketLine("FOTO"))),
        stand.a_link(),
    )
    past = datetime.now(UTC) - timedelta(days=20)
    receipt = stand.paid(paid_once)
    stand.paid(paid_twice, times=2)
    at = datetime.now(UTC)
    do(stand.database, lambda session: change_link(
        session, changed.id, reason="Nur ein Ausweis", by="S-1", at=at,
        lines=(CARD, BasketLine("FOTO"))))  # fmt: skip
    do(stand.database, lambda session: issue_notice(session, noticed.id, at=at))
    expired = a_link(stand.database, made_at=past)
    seal(stand.database.engine)
    do(stand.database, lambda session: check_books(session, at=at))
    day = f"{at.astimezone():%Y-%m-%d}"
    return {
        "open": f"/zahlen/{opened.token}",
        "paid": f"/zahlen/{paid_once.token}",
        "twice": f"/zahlen/{paid_twice.token}",
        "changed": f"/zahlen/{changed.token}",
        "expired": f"/zahlen/{expired.token}",
        "unknown": f"/zahlen/{'0' * 26}",
        "transfer": f"/zahlen/{opened.token}/ueberweisung",
        "counter": f"/zahlen/{opened.token}/schalter",
        "not_mine": f"/zahlen/{opened.token}/unbekannt",
        "notice": f"/zahlen/{noticed.token}/bescheid",
        "receipt": receipt,
        "verify": "/pruefen",
        "verified": f"/pruefen?nummer=ZL-000002&betrag=46&datum={day}",
        "books": "/buecher",
    }


NAMES = (
    "open", "paid", "twice", "changed", "expired", "transfer", "counter", "not_mine", "notice",
    "receipt", "verify", "verified", "books",
)  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[(name, look) for name in NAMES for look in LOOKS],
    ids=lambda one: f"{one[0]}-{one[1][0]}-{one[1][1]}",
)
def view(
    window: Window, stand: Stand, paths: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[View]:
    """Every page in every look, opened once."""
    name, (theme, width) = request.param
    with look_at(window, stand.address + paths[name], theme=theme, width=width) as view:
        yield View(view.page, list(view.complaints))  # the rule checker may add its own


def pay_on_the_providers_page(page: Page) -> None:
    page.wait_for_url("**/c/pay/**")
    page.fill("input[name=email]", "payer@example.org")
    page.check("input[name=means][value=visa]")
    page.click("button.main")
    page.wait_for_url("**/zahlen/**")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_fee_is_paid_with_two_taps(chromium: Browser, stand: Stand, *, scripts: bool) -> None:
    link = stand.a_link()
    address = f"{stand.address}/zahlen/{link.token}"
    with looking(chromium, address, scripts=scripts) as view:
        assert "46,00" in view.page.title()
        view.page.click("form button.button--primary")
        pay_on_the_providers_page(view.page)
        view.page.wait_for_selector(".notice--good")
        assert "Schon bezahlt" in view.page.inner_text(".notice--good")
        assert view.page.query_selector("form[action$=bezahlen]") is None
        view.page.click(".notice--good a")
        assert "Personalausweis" in view.page.inner_text("main")
        assert view.complaints == []


def test_the_back_button_finds_a_payment_that_was_begun(chromium: Browser, stand: Stand) -> None:
    link = stand.a_link()
    with looking(chromium, f"{stand.address}/zahlen/{link.token}") as view:
        view.page.click("form button.button--primary")
        view.page.wait_for_url("**/c/pay/**")
        view.page.goto(f"{stand.address}/zahlen/{link.token}")
        assert "gerade begonnen" in view.page.inner_text("main")
        view.page.click("form[action$=bezahlen] button")
        pay_on_the_providers_page(view.page)
        view.page.wait_for_selector(".notice--good")


def test_an_expired_link_is_asked_for_anew_by_one_tap(chromium: Browser, stand: Stand) -> None:
    past = datetime.now(UTC) - timedelta(days=20)
    link = a_link(stand.database, made_at=past)
    with looking(chromium, f"{stand.address}/zahlen/{link.token}", scripts=False) as view:
        view.page.click("form[action$=neu] button")
        assert "Ihr Wunsch ist beim Amt" in view.page.inner_text("main")


def test_an_unknown_link_says_not_to_pay(chromium: Browser, stand: Stand) -> None:
    with looking(chromium, f"{stand.address}/zahlen/{'0' * 26}", scripts=False) as view:
        assert "Zahlen Sie nichts" in view.page.inner_text("main")
