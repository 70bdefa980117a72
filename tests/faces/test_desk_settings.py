"""The settings in a real browser: found by key, read in every width, a price made by two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from config.app import create_app
from config.database import Database
from ledger.catalogue.price_changes import ask_for_price, release_price
from tests.faces.conftest import served
from tests.faces.desk_stand import a_page
from tests.faces.every_page import assert_usable
from tests.price_house import DRAFT, NOW, SOON, caller
from tests.staff_client import a_person

AT = "/desk/einstellungen"


@dataclass(frozen=True, slots=True)
class House:
    """The application, `codes` of people by name, and a released and a waiting change."""

    address: str
    database: Database
    codes: dict[str, str]
    released: str
    waiting: str


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    roles = {"finance": "finance", "approver": "finance_approver", "auditor": "auditor"}
    people = {name: a_person(module_city, role) for name, role in roles.items()}
    callers = {name: caller(one) for name, one in people.items()}
    released, waiting = uuid4(), uuid4()
    with module_city.transaction() as session:
        ask_for_price(session, callers["finance"], DRAFT, request=released, at=NOW)
        release_price(session, callers["approver"], released, at=NOW)
        another = replace(DRAFT, product="KITA-L", cents=390, reason="Neuer Liefervertrag")
        ask_for_price(session, callers["finance"], another, request=waiting, at=NOW)
    codes = {name: one.code for name, one in people.items()}
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, codes, str(released), str(waiting))


@pytest.mark.parametrize("who", ["finance", "auditor"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_everybody_can_read_the_settings(
    chromium: Browser, house: House, theme: str, width: int, who: str
) -> None:
    view = a_page(chromium, house, who, theme=theme, width=width)
    for path in (
        AT, f"{AT}/preise/POOL-AD", f"{AT}/preise/RPx2", f"{AT}/aenderungen/{house.waiting}",
        f"{AT}/aenderungen/{house.released}", "/desk/freigaben",
    ):  # fmt: skip
        view.page.goto(path)
        assert_usable(view)
    view.page.context.close()


def test_a_price_is_drafted_by_one_and_released_by_another(chromium: Browser, house: House) -> None:
    view = a_page(chromium, house, "finance", width=1440)
    page = view.page
    page.goto("/desk/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(f"{house.address}{AT}")
    page.get_by_role("link", name="POOL-RED", exact=True).click()
    page.get_by_label("Neuer Preis €").fill("3,20")
    page.get_by_label("Gilt ab").fill(str(SOON))
    page.get_by_label("Grund", exact=True).fill("Energiekosten")
    page.get_by_role("button", name="Vorschau").click()
    preview = page.get_by_role("region", name="Vorschau")
    expect(preview).to_contain_text("Wirkt auf")
    expect(preview.locator("mark").first).to_have_text("3,20\N{NO-BREAK SPACE}€")
    assert_usable(view)
    page.get_by_role("button", name="Zur Freigabe geben").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("wartet auf Freigabe")
    expect(page.get_by_text("Von Ihnen beantragt.")).to_be_visible()
    address = page.url
    page.context.close()

    page = a_page(chromium, house, "approver", width=1440).page
    page.goto(address)
    page.keyboard.press("a")
    expect(page).to_have_url(f"{house.address}/desk/freigaben")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("kostet ab")
    page.context.close()
