"""The register in a real browser: every state in both themes and sizes, in German and English."""

# ruff: noqa: F401, F811 - fixtures come in by import

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from tests.faces import every_page
from tests.faces.sample_guest import STATES as GUEST_STATES
from tests.faces.sample_till import states
from tests.faces.till_stand import (
    LANDSCAPE,
    PORTRAIT,
    Till,
    counter,
    register,
    stand_before,
    till,
)

RULES = every_page.RULES | {"selectors": False}  # an element at fault is told by its HTML
VIEWS = [(theme, size) for theme in ("light", "dark") for size in (LANDSCAPE, PORTRAIT)]

AXE = """(rules) => axe.run(document, rules).then(({ violations }) => violations.flatMap(
  ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`)))"""
MEASURE = """() => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) found.push('page too wide');
  if (root.scrollHeight > innerHeight) found.push('page too high');
  const seen = (element) => element.checkVisibility() && !element.closest('.unseen');
  const words = '.key, .key__title, .key__note, .chip, .tile, .tile__name, .tile__price,'
    + ' .rail__key, .pad__key, .tabs__key, h1, h2, h3, p, dt, dd';
  for (const element of document.querySelectorAll(words)) {
    if (!seen(element) || getComputedStyle(element).display === 'inline') continue;
    if (element.scrollWidth > element.clientWidth + 1) {
      found.push(`too wide: ${element.className} ${element.textContent.trim().slice(0, 40)}`);
    }
  }
  const targets = 'button, a[href], summary, input:not([type=hidden], [type=radio])';
  for (const element of document.querySelectorAll(targets)) {
    if (!seen(element)) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width < 44 || height < 44) found.push(`too small: ${element.className} ${width}x${height}`);
  }
  return found;
}"""


@pytest.mark.parametrize(("theme", "size"), VIEWS)
def test_every_state_is_accessible_and_fits(
    chromium: Browser, register: str, theme: str, size: tuple[int, int]
) -> None:
    till = stand_before(chromium, register, theme, size)
    till.open("idle").evaluate(AXE_SCRIPT)
    found: dict[str, list[str]] = {}
    for state in states():
        page = till.show(state)
        found[state] = [*page.evaluate(AXE, RULES), *page.evaluate(MEASURE)]
    till.context.close()
    assert {state: said for state, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_english_words_fit_everywhere_and_the_browser_is_content(
    chromium: Browser, register: str, size: tuple[int, int]
) -> None:
    till = stand_before(chromium, register, "light", size)
    till.open("idle", "en")
    found = {state: till.show(state, "en").evaluate(MEASURE) for state in states()}
    till.context.close()
    assert {state: said for state, said in found.items() if said} == {}
    assert till.complaints == []


def test_the_guests_display_is_accessible_and_fits(chromium: Browser, register: str) -> None:
    found: dict[str, list[str]] = {}
    few = ("guest_full", "guest_declined", "guest_link", "guest_change")
    walks = (("light", LANDSCAPE, "de", tuple(GUEST_STATES)), ("dark", PORTRAIT, "en", few))
    for theme, size, language, walked in walks:
        stand = stand_before(chromium, register, theme, size)
        for state in walked:
            page = stand.show_guest(state, language)
            page.wait_for_load_state()
            measured = [*page.evaluate(MEASURE), *stand.complaints]
            page.evaluate(AXE_SCRIPT)
            found[f"{state} {theme}"] = [*measured, *page.evaluate(AXE, RULES)]
            stand.complaints.clear()  # the rule checker may add its own
        stand.context.close()
    assert {state: said for state, said in found.items() if said} == {}


@pytest.mark.parametrize("option", ["display:sun", "large:on"])
def test_sun_and_larger_letters_keep_every_key_whole(till: Till, option: str) -> None:
    name, _, value = option.partition(":")
    till.page.add_init_script(f"localStorage.setItem('till.{name}', '{value}')")
    till.open("idle")
    found = {state: till.show(state).evaluate(MEASURE) for state in states()}
    assert {state: said for state, said in found.items() if said} == {}
