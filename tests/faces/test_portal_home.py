"""The portal's everyday pages in a browser: looks, *Heute krank*, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from config.database import Database
from tests.faces.conftest import View
from tests.faces.every_page import test_no_accessibility_rule_is_broken as assert_accessible
from tests.faces.every_page import test_the_page_never_scrolls_sideways as assert_it_fits
from tests.faces.face_stand import DESK, PHONE, SMALL
from tests.faces.family_stand import FamilyStand, a_stand
from tests.faces.test_face_parts import SMALL_TARGETS
from tests.family_home import EARLY, Family, a_family
from tests.ledger.families import TUESDAY, clock

PAGES = ["/portal/", "/portal/essen", "/portal/essen/zeitraum", "child", "/hilfe", "/impressum"]
LOOKS = [("light", PHONE), ("dark", PHONE), ("light", SMALL), ("dark", DESK)]


@pytest.fixture(scope="module")
def stand(module_city: Database) -> Iterator[FamilyStand]:
    with a_stand(module_city) as stand:
        yield stand


@pytest.fixture(scope="module")
def family(module_city: Database) -> Family:
    return a_family(module_city)


@pytest.fixture
def early(stand: FamilyStand) -> FamilyStand:
    stand.set_clock(EARLY)
    return stand


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    early: FamilyStand, chromium: Browser, family: Family, theme: str, width: int
) -> None:
    with early.open(chromium, family, theme=theme, width=width) as view:
        for path in PAGES:
            _go(view, early, family, path)
            _check(view)


def test_the_browser_has_nothing_to_complain_about(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family, width=DESK) as view:
        for path in PAGES:
            _go(view, early, family, path)
        assert view.complaints == []


def test_a_low_balance_is_as_accessible(
    early: FamilyStand, chromium: Browser, module_city: Database
) -> None:
    for cents in (1740, 100):
        poor = a_family(module_city, cents=cents)
        with early.open(chromium, poor) as view:
            _check(view)


def test_letters_twice_as_large_cut_nothing(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family) as view:
        view.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert view.page.evaluate(CUT) == []
        assert_it_fits(view)


CUT = """() => [...document.querySelectorAll('main *, header *, nav *')]
  .filter((each) => each.children.length === 0 && each.textContent.trim()
    && !each.closest('.for-ears, svg') && each.checkVisibility()
    && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline')
  .map((each) => each.textContent.trim())"""


def test_sick_with_one_tap_and_well_again_with_another(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family) as view:
        page, button = view.page, view.page.locator(f"#tun-{family.first}")
        button.click()
        expect(button).to_have_text("Isst doch mit")
        expect(button).to_be_focused()
        expect(page.get_by_role("status")).to_have_text(
            "Kind 1 ist für heute krank gemeldet. Sie zahlen nichts."
        )
        assert page.url == early.root + "/portal/"  # the page stayed
        button.click()
        expect(button).to_have_text("Heute krank")
        expect(page.get_by_role("status")).to_have_text("Kind 1 isst heute mit.")
        assert view.complaints == []
        button.click()
        expect(button).to_have_text("Isst doch mit")
        _check(view)
        button.click()
        expect(button).to_have_text("Heute krank")


def test_a_tap_that_was_not_sent_says_so_and_changes_nothing(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family) as view:
        page, button = view.page, view.page.locator(f"#tun-{family.second}")
        page.context.set_offline(True)
        button.click()
        expect(page.locator("#trouble")).to_contain_text("Nicht gesendet.")
        expect(button).to_have_text("Heute krank")
        page.context.set_offline(False)
        button.click()
        expect(button).to_have_text("Isst doch mit")
        expect(page.locator("#trouble")).to_be_empty()
        button.click()
        expect(button).to_have_text("Heute krank")


def test_a_tap_after_eight_is_told_when_it_came(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family) as view:
        early.set_clock(clock(TUESDAY, 8, 3))  # the page is from before
        view.page.locator(f"#tun-{family.first}").click()
        expect(view.page.get_by_role("alert").first).to_contain_text("Ihre Meldung kam um 8:03 Uhr")
        expect(view.page.locator(f"#tun-{family.first}")).to_have_count(0)


def test_a_week_is_cancelled_and_ordered_without_scripts(
    early: FamilyStand, chromium: Browser, family: Family
) -> None:
    with early.open(chromium, family, scripts=False) as view:
        page = view.page
        page.locator(f"#tun-{family.first}").click()
        expect(page.locator(f"#kind-{family.first}")).to_contain_text("krank gemeldet")
        page.locator(f"#tun-{family.first}").click()
        expect(page.locator(f"#kind-{family.first}")).to_contain_text("isst mit")
        page.get_by_role("link", name="Ganze Woche ansehen").click()
        _cancel_and_order(page, "2026-11-19")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Meals")


def _cancel_and_order(page: Page, day: str) -> None:
    page.locator(f"#tun-{day}").click()
    expect(page.locator(f"#tag-{day}")).to_contain_text("abbestellt")
    page.locator(f"#tun-{day}").click()
    expect(page.locator(f"#tag-{day}")).to_contain_text("Abbestellen")


def _go(view: View, stand: FamilyStand, family: Family, path: str) -> None:
    view.page.goto(stand.root + (f"/portal/kinder/{family.second}" if path == "child" else path))
    view.page.wait_for_selector("html[data-ready]")


def _check(view: View) -> None:
    # As high as the page, so that the bar at the bottom covers nothing that is measured.
    size = view.page.viewport_size
    assert size is not None
    height = view.page.evaluate("document.documentElement.scrollHeight")
    view.page.set_viewport_size({"width": size["width"], "height": height})
    assert view.page.evaluate(SMALL_TARGETS) == []
    assert_it_fits(view)
    assert_accessible(view)
