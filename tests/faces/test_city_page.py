"""The page "Ein Tag der Stadt" and the API reference in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.faces.conftest import Opener, View, Window, wait_for_charts
from tests.faces.every_page import (
    test_no_accessibility_rule_is_broken,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.sample_city import sample_page

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_page_never_scrolls_sideways",
]

VIEWS = [
    (path, theme, width)
    for path in ("/", "/api/v1/")
    for theme in ("light", "dark")
    for width in (390, 1280, 1920)
] + [("/gibt-es-nicht", "light", 390), ("/gibt-es-nicht", "dark", 1280)]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, site: str) -> Iterator[View]:
    """Every page in every theme at every width, opened once."""
    path, theme, width = request.param
    with window.look(site + path, theme=theme, width=width) as view:
        wait_for_charts(view.page)
        view.page.evaluate(
            "for (const each of document.querySelectorAll('details')) each.open = true"
        )
        # The rule checker may add its own: not the page's doing.
        yield View(view.page, list(view.complaints))


def test_the_browser_has_nothing_to_complain_about(view: View) -> None:
    is_missing_on_purpose = view.page.url.endswith("/gibt-es-nicht")
    assert [c for c in view.complaints if not (is_missing_on_purpose and "404" in c)] == []


def test_the_theme_switch_wins_over_the_device_and_is_remembered(open_page: Opener) -> None:
    page = open_page("/", theme="light").page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_role("button", name="Dunkel").click()
    assert page.evaluate("document.documentElement.dataset.kernTheme") == "dark"
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    assert page.get_by_role("button", name="Dunkel").get_attribute("aria-pressed") == "true"

    page.get_by_role("button", name="Wie das Gerät").click()
    assert page.evaluate(ground) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark
    page.context.close()


def test_the_chart_shows_the_figures_of_the_books(open_page: Opener) -> None:
    page = open_page("/").page
    drawn = page.evaluate(
        "Chart.getChart(document.querySelector('canvas[data-chart=channels]'))"
        ".data.datasets.map((set) => set.data)"
    )
    assert drawn == [list(channel.cents) for channel in sample_page().channels]
    page.context.close()


def test_a_theme_change_redraws_the_charts_in_its_colours(open_page: Opener) -> None:
    page = open_page("/").page
    colours = (
        "Chart.getChart(document.querySelector('canvas[data-chart=channels]'))"
        ".data.datasets.map((set) => set.backgroundColor)"
    )
    light = page.evaluate(colours)
    page.get_by_role("button", name="Dunkel").click()
    dark = page.evaluate(colours)
    assert len(set(light)) == len(light)
    assert len(set(dark)) == len(dark)
    assert light != dark
    page.context.close()


def test_groups_of_facilities_fold_and_open_by_keyboard(open_page: Opener) -> None:
    page = open_page("/", width=1920).page
    row = page.get_by_role("row", name="Elisabethhalle")
    pools = page.get_by_role("button", name="Bäder")
    assert row.is_visible()
    pools.focus()
    page.keyboard.press("Enter")
    assert pools.get_attribute("aria-expanded") == "false"
    assert not row.is_visible()
    page.get_by_role("button", name="Nur Summen").click()
    page.get_by_role("button", name="Alle Einrichtungen").click()
    assert row.is_visible()
    page.context.close()


def test_a_telephone_begins_with_sums_and_the_newest_day(open_page: Opener) -> None:
    page = open_page("/", width=390).page
    assert not page.get_by_role("row", name="Elisabethhalle").is_visible()
    region = page.get_by_role("region", name="Einnahmen, Tabelle")
    assert region.evaluate("box => box.scrollLeft + box.clientWidth >= box.scrollWidth - 1")
    page.context.close()


def test_the_navigation_of_a_telephone_opens_behind_its_button(open_page: Opener) -> None:
    page = open_page("/", width=390).page
    link = page.get_by_role("link", name="API-Referenz")
    assert not link.is_visible()
    page.get_by_role("button", name="Navigation").click()
    assert link.is_visible()
    link.click()
    page.wait_for_url("**/api/v1/")
    page.context.close()


def test_without_scripts_everything_can_still_be_read(chromium: Browser, site: str) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(site + "/")
    assert page.get_by_role("link", name="API-Referenz").is_visible()
    assert page.get_by_role("row", name="Elisabethhalle").is_visible()
    context.close()


def test_paper_carries_all_rows_and_no_navigation(open_page: Opener) -> None:
    a4_landscape = 1032  # pixels between margins of 12 mm
    page = open_page("/", width=a4_landscape).page
    page.get_by_role("button", name="Nur Summen").click()
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Hauptnavigation").is_visible()
    assert page.get_by_role("row", name="Elisabethhalle").is_visible()
    for table in page.locator("section table").all():
        assert table.evaluate("table => table.getBoundingClientRect().right") <= a4_landscape
    page.context.close()
