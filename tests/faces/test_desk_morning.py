"""The clerk's morning in a real browser: from the headline to the last suggestion, by keys."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from config.app import create_app
from config.database import Database
from tests.faces.conftest import View, Window, served
from tests.faces.desk_stand import a_page, looking
from tests.faces.every_page import (
    broken_rules,
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.reconciliation.casework_stand import Desk, a_desk
from tests.reconciliation.desk_books import CHARGEBACK, SHORT, SWAPPED, UNMATCHED

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]


@dataclass(frozen=True, slots=True)
class House:
    """The application on the books of a morning."""

    address: str
    database: Database
    desk: Desk
    codes: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    desk = a_desk(module_city)
    codes = {"anna": desk.anna.name, "carla": desk.carla.name}
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, desk, codes)


def address(house: House, path: str) -> str:
    """`{swapped}` and the like are numbers of cases."""
    named = {"swapped": SWAPPED, "chargeback": CHARGEBACK, "unmatched": UNMATCHED}
    numbers = {name: house.desk.numbers[found.reference] for name, found in named.items()}
    return path.format(**numbers)


VIEWS = [
    ("/desk/", "light", 1920), ("/desk/", "dark", 1440), ("/desk/", "light", 900),
    ("/desk/differenzen", "light", 1440), ("/desk/differenzen", "dark", 900),
    ("/desk/differenzen/D-{swapped}", "light", 1440),
    ("/desk/differenzen/D-{swapped}", "dark", 1920),
    ("/desk/differenzen/D-{chargeback}", "light", 900),
    ("/desk/aufgaben", "dark", 1440), ("/desk/ungeklaert", "light", 1440),
    ("/desk/freigaben", "light", 1440), ("/desk/suche?q=46", "dark", 900),
]  # fmt: skip


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    """Each page opened once, in one theme and width."""
    path, theme, width = request.param
    with looking(window, house, "anna", address(house, path), theme=theme, width=width) as view:
        wait_for_keys(view.page)
        yield View(view.page, list(view.complaints))


def open_path(page: Page, path: str) -> None:
    """Open it, and wait until fonts and keys are there."""
    page.goto(path)
    wait_for_keys(page)


def wait_for_keys(page: Page) -> None:
    page.wait_for_selector("html[data-desk=ready][data-palette=ready]")
    page.wait_for_function("document.fonts.status === 'loaded'")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_clerk_walks_through_suggestions_without_a_mouse(
    chromium: Browser, house: House
) -> None:
    opened = a_page(chromium, house, "anna", width=1440)
    page = opened.page
    open_path(page, "/desk/")
    press(page, "g", "d")
    page.wait_for_url("**/desk/differenzen")
    wait_for_keys(page)
    press(page, "v")
    page.wait_for_url("**/D-*?schwere=suggestion")
    wait_for_keys(page)
    first = page.get_by_role("heading", level=1).inner_text()
    press(page, "a")  # a match alone: no money, no dialog
    page.wait_for_url("**getan=*")
    wait_for_keys(page)
    assert page.get_by_role("status").first.inner_text().startswith(first.split()[0])
    assert page.get_by_role("heading", level=1).inner_text().startswith(f"D-{swapped(house)}")
    press(page, "a")  # this one books: a dialog names the amount
    dialog = page.get_by_role("dialog")
    assert "46,00" in dialog.get_by_role("heading").inner_text()
    assert broken_rules(page) == ""
    press(page, "Control+Enter")
    page.wait_for_url(lambda url: f"D-{swapped(house)}" not in url)
    wait_for_keys(page)
    press(page, "u")
    page.wait_for_url(f"**/D-{swapped(house)}?**")
    assert house.desk.case(SWAPPED.reference).is_open
    assert opened.complaints == []
    page.context.close()


def swapped(house: House) -> int:
    return house.desk.numbers[SWAPPED.reference]


def test_rows_are_walked_chosen_and_told_in_the_foot(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "anna", width=1440).page
    open_path(page, "/desk/differenzen")
    press(page, "j", "j", "x")
    foot = page.locator("#fuss")
    third = page.locator("a[data-row]").nth(2)
    name = third.inner_text()
    foot.locator("b").filter(has_text=name).wait_for()
    assert third.evaluate("one => one.closest('tr').contains(document.activeElement)")
    assert page.locator("input[name=fall]:checked").count() == 1
    press(page, "z")
    page.get_by_role("dialog", name=f"{name} zuweisen").wait_for()
    press(page, "Escape", "k", "Enter")
    page.wait_for_url("**/differenzen/D-*")
    press(page, "Escape")
    page.wait_for_url("**/desk/differenzen")
    wait_for_keys(page)
    press(page, "Control+k")
    page.keyboard.type("payouts")
    assert broken_rules(page) == ""
    press(page, "Enter")
    page.wait_for_url("**/desk/auszahlungen")
    wait_for_keys(page)
    press(page, "Control+k")
    page.keyboard.type(name)
    option = page.get_by_role("option", name=f"Fall {name}")
    option.wait_for()
    press(page, "Enter")
    page.wait_for_url(f"**/differenzen/{name}")
    page.context.close()


def test_letters_are_only_letters_in_a_field_and_when_switched_off(
    chromium: Browser, house: House
) -> None:
    page = a_page(chromium, house, "anna", width=1440).page
    open_path(page, f"/desk/differenzen/D-{house.desk.numbers[SHORT.reference]}")
    press(page, "/")
    page.keyboard.type("nwz")
    assert page.get_by_label("Alles durchsuchen").input_value() == "nwz"
    assert page.locator("dialog[open]").count() == 0
    press(page, "Escape", "?")
    page.get_by_label("Einzelne Buchstaben wirken als Tasten").uncheck()
    assert broken_rules(page) == ""
    press(page, "Escape", "n")
    assert page.locator("dialog[open]").count() == 0
    page.reload()
    wait_for_keys(page)
    press(page, "n")
    assert page.locator("dialog[open]").count() == 0
    page.get_by_role("button", name="Notiz").click()
    assert page.get_by_role("dialog", name="Notiz").is_visible()
    page.context.close()


def test_rows_matched_by_hand_say_what_remains(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "anna", width=1440).page
    open_path(page, address(house, "/desk/differenzen/D-{unmatched}?tage=7&cent=10000"))
    press(page, "m")
    dialog = page.get_by_role("dialog", name="von Hand zuordnen")
    dialog.get_by_label("ch_25 zuordnen").check()
    assert "Rest −21,00" in dialog.locator("[data-rest]").inner_text()
    dialog.get_by_label("ch_25 zuordnen").uncheck()
    dialog.get_by_label("EP-77301-204431 zuordnen").check()
    assert "Rest 0,00" in dialog.locator("[data-rest]").inner_text()
    assert broken_rules(page) == ""
    press(page, "Control+Enter")
    page.wait_for_url("**getan=*")
    assert not house.desk.case(UNMATCHED.reference).is_open
    page.context.close()
