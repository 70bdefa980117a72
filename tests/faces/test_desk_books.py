"""The books' pages in a real browser: columns by key, two signatures by key, nothing in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from config.app import create_app
from config.database import Database
from tests.faces.conftest import served
from tests.faces.desk_stand import a_page
from tests.faces.every_page import assert_usable
from tests.reconciliation.closing_stand import BEFORE, DAY, a_case, furnish
from tests.staff_client import a_person

PAGES = (
    f"/desk/tage/{DAY}", f"/desk/konten/184100/erklaeren?stand={DAY}",
    f"/desk/konten/184100?stand={DAY}", f"/desk/konten?stand={DAY}", "/desk/journal",
    "/desk/journal/3", "/desk/verrechnung", "/desk/spaete", "/desk/siegel/beweis?nummer=3",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """The application on real books; `codes` of people by name."""

    address: str
    database: Database
    codes: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    furnish(module_city)
    a_case(module_city)
    roles = {"first": "finance", "second": "finance_approver", "auditor": "auditor"}
    codes = {name: a_person(module_city, role).code for name, role in roles.items()}
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, codes)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 900)])
def test_every_page_of_the_books_can_be_used_by_everybody(
    chromium: Browser, house: House, theme: str, width: int
) -> None:
    view = a_page(chromium, house, "first", theme=theme, width=width)
    for path in PAGES:
        view.page.goto(path)
        assert_usable(view)
    view.page.context.close()


def test_a_balance_is_followed_to_its_receipt_by_keys(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "auditor", width=1440).page
    page.goto(f"/desk/konten/184100/erklaeren?stand={DAY}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Di 17.11.")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Mo 16.11.")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 · Terminals · Mo 16.11.")).to_be_visible()
    expect(page.get_by_role("link", name="Mo 16.11.")).to_be_focused()
    assert f"tag={BEFORE}" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="B02-1", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Eine Buchung", exact=True)).to_contain_text(
        "184100 an 441100"
    )
    page.context.close()


def test_two_people_lock_a_day_by_key(chromium: Browser, house: House) -> None:
    for who, said in (("first", "Eine andere Person muss sperren."), ("second", "ist gesperrt.")):
        page = a_page(chromium, house, who, width=1440).page
        page.goto(f"/desk/tage/{DAY}")
        page.get_by_label("Summen und übertragene Fälle gesehen").check()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status").first).to_contain_text(said)
        page.context.close()
    page = a_page(chromium, house, "auditor", width=1440).page
    page.goto(f"/desk/tage/{DAY}")
    expect(page.get_by_text("2 von 2")).to_be_visible()
    page.keyboard.press("[")
    expect(page).to_have_url(f"{house.address}/desk/tage/{BEFORE}")
    page.context.close()
