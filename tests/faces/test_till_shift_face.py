"""Shift, drawer, receipts and notices in a real browser: both themes, both sizes, two languages."""

# ruff: noqa: F401, F811 - fixtures come in by import

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from tests.faces.sample_till_shift import STATES
from tests.faces.test_till_face import AXE, MEASURE, RULES, VIEWS
from tests.faces.till_stand import LANDSCAPE, PORTRAIT, SampleCounter, Till, counter, register

from tests.faces.till_stand import stand_before, till  # isort: skip

HIDDEN_CUT = """() => [...document.querySelectorAll('.task, .count__side, .wide, .split > *')]
  .filter((box) => box.checkVisibility() && box.scrollHeight > box.clientHeight + 1)
  .map((box) => `cut: ${box.className} ${box.scrollHeight}>${box.clientHeight}`)"""


@pytest.mark.parametrize(("theme", "size"), VIEWS)
def test_every_state_is_accessible_and_fits(
    chromium: Browser, register: str, theme: str, size: tuple[int, int]
) -> None:
    stand = stand_before(chromium, register, theme, size)
    stand.open("idle").evaluate(AXE_SCRIPT)
    found: dict[str, list[str]] = {}
    for state in STATES:
        page = stand.show(state)
        found[state] = [
            *page.evaluate(AXE, RULES), *page.evaluate(MEASURE), *page.evaluate(HIDDEN_CUT),
        ]  # fmt: skip
    stand.context.close()
    assert {state: said for state, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_english_words_fit_and_the_browser_is_content(
    chromium: Browser, register: str, size: tuple[int, int]
) -> None:
    stand = stand_before(chromium, register, "light", size)
    stand.open("idle", "en")
    found = {state: stand.show(state, "en").evaluate(MEASURE) for state in STATES}
    stand.context.close()
    assert {state: said for state, said in found.items() if said} == {}
    assert stand.complaints == []


def test_a_blind_count_names_no_expected_amount(till: Till) -> None:
    words = till.open("count_empty").inner_text("main")
    assert "Noch offen" in words
    assert till.page.locator("[data-count]").input_value() == ""
    assert "Erwartet\n" not in words


def test_digits_and_enter_count_the_row(till: Till, counter: SampleCounter) -> None:
    page = till.open("count")
    page.wait_for_timeout(450)
    counter.taps.clear()
    page.locator("[data-count]").focus()
    page.keyboard.type("27", delay=60)
    with page.expect_response("**/do/count"):
        page.keyboard.press("Enter")
    assert counter.taps == [("count", {"coin": "5", "pieces": "27"})]


def test_a_row_that_was_typed_is_kept_when_another_is_tapped(
    till: Till, counter: SampleCounter
) -> None:
    page = till.open("count")
    page.wait_for_timeout(450)
    counter.taps.clear()
    page.locator(".count__pad [data-pad='9']").click()
    with page.expect_response("**/do/count_row"):
        page.locator("[form=count-row][value='1']").click()
    assert counter.taps == [
        ("count", {"coin": "5", "pieces": "9"}),
        ("count_row", {"coin": "1"}),
    ]


def test_enter_never_voids(till: Till, counter: SampleCounter) -> None:
    page = till.open("void")
    page.wait_for_timeout(450)
    counter.taps.clear()
    page.get_by_label("Doppelt erfasst").check()
    page.keyboard.press("Enter")
    page.locator("h2").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert counter.taps == []


def test_pieces_of_a_refund_are_named_by_line(till: Till, counter: SampleCounter) -> None:
    page = till.open("refund_small")
    page.wait_for_timeout(450)
    counter.taps.clear()
    page.get_by_label("Eins weniger erstatten: Erwachsene").click()
    page.get_by_label("Krank geworden").check()
    with page.expect_response("**/do/refund"):
        page.get_by_text("Jetzt erstatten").click()
    action, form = counter.taps[0]
    assert (action, form["lines"], form["reason"]) == ("refund", "0:1,1:1", "ill")
