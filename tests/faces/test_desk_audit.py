"""The audit's pages in a real browser: a sample is drawn by hand and can be used by everybody."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from config.app import create_app
from config.database import Database
from tests.faces.conftest import served
from tests.faces.desk_stand import a_page
from tests.faces.every_page import assert_usable
from tests.reconciliation.closing_stand import BEFORE, DAY, do_sign, furnish, two_people
from tests.staff_client import a_person


@dataclass(frozen=True, slots=True)
class House:
    """The application on real books; `codes` of people by name."""

    address: str
    database: Database
    codes: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    furnish(module_city)
    for place, person in enumerate(two_people(module_city), start=1):
        do_sign(module_city, person, place, remark="Summen gesehen")
    codes = {role: a_person(module_city, role).code for role in ("auditor", "finance")}
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, codes)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_sample_is_drawn_by_hand(chromium: Browser, house: House, theme: str, width: int) -> None:
    view = a_page(chromium, house, "auditor", theme=theme, width=width)
    page = view.page
    page.goto("/desk/stichproben")
    assert_usable(view)
    page.get_by_label("von", exact=True).fill(str(BEFORE))
    page.get_by_label("bis", exact=True).fill(str(DAY))
    page.get_by_label("Anzahl").fill("900")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("1 bis 500 Buchungen")
    view.complaints.clear()  # the browser says of a refusal that it was one
    assert_usable(view)
    page.get_by_label("Anzahl").fill("7")
    page.get_by_label("Startwert").fill("seed.2026")
    page.get_by_role("button", name="Stichprobe ziehen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("7 von 24 Buchungen")
    assert_usable(view)
    page.context.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_what_is_for_the_audit_can_be_read_by_everybody(
    chromium: Browser, house: House, theme: str, width: int
) -> None:
    view = a_page(chromium, house, "auditor", theme=theme, width=width)
    view.page.goto("/desk/entscheidungen?von=2026-01-01&bis=2040-01-01")
    expect(view.page.get_by_role("rowheader")).to_have_count(1)
    assert_usable(view)
    view.page.goto("/desk/datentraeger")
    assert_usable(view)
    view.page.context.close()


def test_the_data_carrier_is_saved_by_key(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "auditor").page
    page.goto("/desk/datentraeger")
    page.get_by_label("von", exact=True).fill(str(BEFORE))
    with page.expect_download() as started:
        page.keyboard.press("Control+Enter")
    assert started.value.suggested_filename.startswith(f"z3-{BEFORE}_")
    page.context.close()


def test_what_is_ticked_off_by_hand_is_on_paper_alone(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "auditor", width=1440).page
    page.goto("/desk/stichproben")
    page.get_by_label("von", exact=True).fill(str(BEFORE))
    page.get_by_role("button", name="Stichprobe ziehen").click()
    tick = page.get_by_role("columnheader", name="geprüft")
    expect(tick).to_have_count(0)
    page.emulate_media(media="print")
    expect(tick).to_be_visible()
    page.context.close()
