"""What must be true of every page: a test file with a fixture `view` imports these tests."""

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.faces.conftest import View

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Style sheets that import others would be copied into the page, which its policy forbids.
    "preload": False,
}

# Selectors take a quarter of the time, and are of use only where an element is at fault.
BROKEN = """(rules) => axe.run(document, { ...rules, selectors: false })
  .then(({ violations }) => violations.map(({ id }) => id))"""


def broken_rules(page: Page) -> str:
    """Which rules this page breaks and where; nothing when it breaks none."""
    page.evaluate(AXE_SCRIPT)
    broken = page.evaluate(BROKEN, RULES)
    if not broken:
        return ""
    return f"{', '.join(broken)}\n{Axe().run(page, options=RULES).generate_report()}"


def test_no_accessibility_rule_is_broken(view: View) -> None:
    assert broken_rules(view.page) == ""


def test_the_page_never_scrolls_sideways(view: View) -> None:
    overflow = view.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_the_browser_has_nothing_to_complain_about(view: View) -> None:
    assert view.complaints == []


def assert_usable(view: View) -> None:
    """All of this of a page that a story came to; what the checker complains about is its own."""
    where = view.page.url
    overflow = view.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert (where, view.complaints, overflow <= 0) == (where, [], True)
    # A bar of keys lies over whatever one has not scrolled to: seen whole, nothing is hidden.
    height = view.page.evaluate("document.documentElement.scrollHeight")
    view.page.set_viewport_size({**view.page.viewport_size, "height": max(height, 844)})
    assert (where, broken_rules(view.page)) == (where, "")
    view.complaints.clear()
