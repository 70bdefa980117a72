"""The pages around a payer's money in a browser, and whole top-ups at the provider's page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from config.database import Database
from tests.faces import every_page
from tests.faces.conftest import View, Window
from tests.faces.face_stand import DESK, PHONE, look_at, looking
from tests.faces.portal_money_stand import Money, money_served
from tests.faces.test_face_parts import SMALL_TARGETS
from tests.money_stand import a_family

LOOKS = [("light", PHONE), ("dark", PHONE), ("light", DESK)]
PAGES = {
    "top up": "/portal/aufladen",
    "wrong amount": "/portal/aufladen?betrag=anders&anderer=3",
    "check": "/portal/aufladen/pruefen?betrag=40&weg=karte",
    "transfer": "/portal/aufladen/ueberweisung?betrag=40",
    "cash": "/portal/aufladen/bar",
    "movements": "/portal/umsaetze",
    "nothing found": "/portal/umsaetze?art=gutschriften&monat=2026-10",
    "meal": "/portal/umsaetze/{meal}",
    "disputed": "/portal/umsaetze/{disputed}",
    "statements": "/portal/uebersicht",
    "year": "/portal/uebersicht/2026",
    "month": "/portal/uebersicht/2026-11?zuschuss=ja",
    "auto": "/portal/automatisch",
    "requests": "/portal/anfragen",
    "missing": "/portal/fehlende-ueberweisung",
}


@pytest.fixture(scope="module")
def money(module_city: Database) -> Iterator[Money]:
    with money_served(module_city) as served:
        yield served


@pytest.mark.parametrize(("theme", "width"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_every_look(
    window: Window, money: Money, name: str, theme: str, width: int
) -> None:
    path = PAGES[name].format(meal=money.meal, disputed=money.disputed)
    address, cookies = money.root + path, money.cookies()
    with look_at(window, address, theme=theme, width=width, cookies=cookies) as view:
        if view.page.query_selector("[hx-trigger^=load]"):  # a part of it is on its way
            view.page.wait_for_load_state("networkidle")
        uncover(view, width)
        every_page.test_the_browser_has_nothing_to_complain_about(view)  # before axe asks for more
        every_page.test_the_page_never_scrolls_sideways(view)
        every_page.test_no_accessibility_rule_is_broken(view)
        assert view.page.evaluate(SMALL_TARGETS) == []


def uncover(view: View, width: int) -> None:
    """A window as high as the page: what sticks to its foot then covers nothing axe measures."""
    view.page.set_viewport_size({"width": width, "height": 4000})


def pay(page: Page, means: str = "visa") -> None:
    """On the provider's page."""
    page.wait_for_url("**/c/pay/**")
    page.locator("input[type=email]").fill("a.person@post.example")
    page.locator(f"input[name=means][value={means}]").check(force=True)
    page.locator("button.main").click()


@pytest.mark.parametrize(("theme", "width"), [("light", PHONE), ("dark", DESK)])
def test_a_whole_top_up_through_the_providers_page(
    chromium: Browser, money: Money, theme: str, width: int
) -> None:
    home = a_family(money.stand.database, cents=0, eats=False)
    address, cookies = f"{money.root}/portal/aufladen", money.cookies(home)
    with looking(chromium, address, theme=theme, width=width, cookies=cookies) as view:
        page = view.page
        page.locator('input[name=betrag][value="60"]').check(force=True)
        button = page.locator("#dock button")
        expect(button).to_have_text(re.compile(r"Weiter: 60\s€ mit Karte"))
        button.click()
        pay(page)
        page.wait_for_url("**/portal/aufladen/vorgang/**")
        expect(page.locator("main")).to_contain_text(re.compile(r"60,00\s€ sind auf Ihrem Konto"))
        page.wait_for_selector("html[data-ready]")
        assert page.title().startswith("Bezahlt")
        uncover(view, width)
        every_page.test_the_browser_has_nothing_to_complain_about(view)  # before axe asks for more
        every_page.test_the_page_never_scrolls_sideways(view)
        every_page.test_no_accessibility_rule_is_broken(view)
    assert money.stand.balance(home) == 6000


def test_a_whole_top_up_without_scripts(chromium: Browser, money: Money) -> None:
    home = a_family(money.stand.database, cents=0, eats=False)
    address, cookies = f"{money.root}/portal/aufladen", money.cookies(home)
    with looking(chromium, address, scripts=False, cookies=cookies) as view:
        page = view.page
        page.locator("input[name=betrag][value=anders]").check(force=True)
        page.get_by_label("Betrag in Euro").fill("12,50")
        page.get_by_role("button", name="Weiter").click()
        expect(page.locator("h1")).to_have_text("Stimmt alles?")
        page.get_by_role("button", name="Weiter").click()
        pay(page)
        page.wait_for_url("**/portal/aufladen/vorgang/**")
        expect(page.locator("main")).to_contain_text(re.compile(r"12,50\s€ sind auf Ihrem Konto"))
    assert money.stand.balance(home) == 1250


def test_turning_back_at_the_provider_finds_the_form_as_it_was(
    chromium: Browser, money: Money
) -> None:
    home = a_family(money.stand.database, cents=0, eats=False)
    address, cookies = f"{money.root}/portal/aufladen?betrag=60", money.cookies(home)
    with looking(chromium, address, cookies=cookies) as view:
        page = view.page
        button = page.locator("#dock button")
        expect(button).to_have_text(re.compile("Weiter: 60"))
        button.click()
        page.wait_for_url("**/c/pay/**")
        (payment,) = money.stand.payments(home)
        page.goto(f"{money.root}/portal/aufladen/vorgang/{payment.id}/zurueck?weg=karte")
        expect(page.locator("main")).to_contain_text("Es wurde nichts abgebucht.")
        expect(page.locator('input[name=betrag][value="60"]')).to_be_checked()
    assert money.stand.balance(home) == 0


def test_a_charge_is_disputed_in_four_taps(chromium: Browser, money: Money) -> None:
    home = a_family(money.stand.database)
    with looking(chromium, f"{money.root}/portal/", cookies=money.cookies(home)) as view:
        page = view.page
        page.locator(".tabs--foot").get_by_text("Umsätze").click()
        page.locator("main a.row").first.click()
        page.get_by_label("Ich hatte abbestellt").check(force=True)
        page.get_by_role("button", name="Zahlung prüfen lassen").click()
        expect(page.locator("#pruefung")).to_contain_text("Wird geprüft, Antwort bis")
