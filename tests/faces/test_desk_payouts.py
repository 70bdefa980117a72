"""The pages about payouts in a real browser: a list, and one payout down to its lines."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from config.app import create_app
from config.database import Database
from ledger.staff.people import Post, add_person
from terminals.simulators.stripe import Simulator
from tests.faces.conftest import View, Window, served
from tests.faces.desk_stand import a_page, looking
from tests.faces.every_page import (
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.sample_city import sample_page
from tests.reconciliation.provider.seeds import seed
from tests.reconciliation.provider.stand import a_stand
from tests.staff_client import OPERATOR

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]


@dataclass(frozen=True, slots=True)
class House:
    """The application on books with payouts in every state; named: payouts by name."""

    address: str
    database: Database
    codes: dict[str, str]
    named: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Simulator() as stripe:
        stand = a_stand(module_city, stripe, tmp_path_factory.mktemp("bank"))
        seed(stand)
    with module_city.transaction() as session:
        clerk = add_person(session, OPERATOR, login="kasse.f", name="Kasse", post=Post("finance"))
    app = create_app(database=module_city, city_page=sample_page)
    with served(app) as address:
        yield House(address, module_city, {"finance": clerk.code}, stand.named)


VIEWS = [("", "light", 1440), ("/{dispute}", "dark", 1440), ("/{held}", "light", 820)]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    path, theme, width = request.param
    path = f"/desk/auszahlungen{path.format(**house.named)}"
    with looking(window, house, "finance", path, theme=theme, width=width) as view:
        yield view


def test_keys_lead_through_the_list_to_the_open_line(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "finance", width=1440).page
    page.goto("/desk/auszahlungen")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/auszahlungen/po_*")
    page.goto(f"/desk/auszahlungen/{house.named['dispute']}")
    page.keyboard.press("b")
    page.wait_for_url("**#zeile-*")
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk/auszahlungen?anbieter=stripe")
    page.context.close()
