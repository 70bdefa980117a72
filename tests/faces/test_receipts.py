"""Receipts in a real browser: the width of the paper, no scrolling on a phone, nothing for axe."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response
from playwright.sync_api import Browser, Page

from config import security
from terminals.printing.receipt import Item, Receipt, copy_of
from terminals.printing.sheet import page, sheet, styles
from tests.faces.conftest import hear, served
from tests.terminals.printing.papers import at_the_pool, in_the_office, the_slips

MILLIMETRE = 96 / 25.4  # CSS pixels
LONG = Item("Donaudampfschifffahrtsgesellschaftskapitänsmützenausstellung" * 2, 1)


def the_papers() -> dict[str, Receipt]:
    papers = {"pool": at_the_pool(), "office": in_the_office(), "copy": copy_of(at_the_pool())}
    papers["english"] = at_the_pool(language="en")
    papers["long"] = replace(in_the_office(), items=(LONG,), number="N" * 60)
    return papers | the_slips()


PAPERS = the_papers()
PAGES = PAPERS.keys() - {"card_slip"}  # which is for paper alone


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where every paper is served, as sheet and as page, under the product's own policy."""
    app = Flask("papers", static_folder=None)
    security.init_app(app)
    app.add_url_rule("/receipt.css", "css", lambda: Response(styles(), mimetype="text/css"))
    app.add_url_rule(
        "/sheet/<name>", "sheet", lambda name: sheet(PAPERS[name], stylesheet="/receipt.css")
    )
    app.add_url_rule(
        "/page/<name>", "page", lambda name: page(PAPERS[name], stylesheet="/receipt.css")
    )
    with served(app) as root:
        yield root


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="de-DE")
    yield context.new_page()
    context.close()


def complaints_of(tab: Page, address: str) -> list[str]:
    heard = hear(tab, "any")
    tab.goto(address)
    return heard


@pytest.mark.parametrize("name", PAPERS)
def test_a_sheet_is_as_wide_as_its_paper(tab: Page, address: str, name: str) -> None:
    assert complaints_of(tab, f"{address}/sheet/{name}") == []
    wide = tab.evaluate("document.querySelector('main').getBoundingClientRect().width")
    assert wide == pytest.approx(80 * MILLIMETRE, abs=0.5)
    assert tab.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_fits_a_small_phone_and_everybody_can_read_it(
    tab: Page, address: str, name: str
) -> None:
    tab.set_viewport_size({"width": 320, "height": 640})
    assert complaints_of(tab, f"{address}/page/{name}") == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert tab.evaluate(OVERFLOWING) == []
    assert Axe().run(tab).response["violations"] == []


def test_paper_is_eighty_millimetres_on_the_printer(tab: Page, address: str) -> None:
    tab.goto(f"{address}/sheet/pool")
    drawn = tab.pdf(prefer_css_page_size=True)
    box = drawn.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert float(box[2]) == pytest.approx(80 / 25.4 * 72, abs=1)


OVERFLOWING = """
[...document.querySelectorAll("main, main *")].filter(each =>
    each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline"
    && each.clientWidth > 0 && !each.closest("svg")
).map(each => each.outerHTML.slice(0, 90))
"""
