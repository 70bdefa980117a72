"""Month end and a surprise audit in a real browser: by keys, by two people, by everybody."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from config.app import create_app
from config.database import Database
from ledger.periods import close_period
from reconciliation.audits.protocol import DENOMINATIONS
from tests.faces.conftest import served
from tests.faces.desk_stand import a_page
from tests.faces.every_page import assert_usable
from tests.faces.test_desk_books import House
from tests.reconciliation.closing_stand import furnish
from tests.staff_client import a_person

MONTH = "/desk/monate/2026-11"
PAGES = (MONTH, f"{MONTH}?schritt=2", "/desk/bargeld?monat=2026-11", "/desk/pruefungen")


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    furnish(module_city)
    with module_city.transaction() as session:
        close_period(session, date(2026, 11, 1), date(2026, 11, 30), closed_by="test")
    roles = {"first": "finance", "second": "finance_approver", "auditor": "auditor"}
    codes = {name: a_person(module_city, role).code for name, role in roles.items()}
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, codes)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 820)])
def test_every_page_of_month_end_can_be_used_by_everybody(
    chromium: Browser, house: House, theme: str, width: int
) -> None:
    view = a_page(chromium, house, "first", theme=theme, width=width)
    for path in PAGES:
        view.page.goto(path)
        assert_usable(view)
    view.page.context.close()


def test_two_people_lock_a_month_by_key(chromium: Browser, house: House) -> None:
    for who, said in (("first", "Erste Unterschrift geleistet."), ("second", "ist gesperrt.")):
        page = a_page(chromium, house, who, width=1440).page
        page.goto(MONTH)
        page.get_by_role("link", name="2 · Umsatzsteuer nach Satz und Sphäre").click()
        expect(page.get_by_text("Probe stimmt")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status").first).to_contain_text(said)
        page.context.close()


def test_an_auditor_counts_a_till_and_sees_what_was_expected_afterwards(
    chromium: Browser, house: House
) -> None:
    page = a_page(chromium, house, "auditor", width=1280).page
    page.goto("/desk/pruefungen")
    page.keyboard.press("p")
    page.locator("select[name=till]").select_option("B01-1")
    page.get_by_role("button", name="Stand festhalten").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bitte zählen.")
    assert "Erwartet" not in page.locator("main").inner_text()
    for cents in DENOMINATIONS:
        page.locator(f"#c{cents}").fill("0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Niederschrift")
    expect(page.get_by_text("Differenz (gezählt minus erwartet)")).to_be_visible()
    page.context.close()
