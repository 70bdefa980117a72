"""The page of the simulated card terminal in a real browser: usable by all, nothing complained."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from terminals.simulators.zvt import Simulator
from tests.faces.conftest import hear
from tests.terminals.simulators.raw_register import PAY_1050, registered


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator() as terminal:
        terminal.set(automatic_card=False)
        yield terminal


@pytest.fixture
def page(chromium: Browser, terminal: Simulator) -> Iterator[Page]:
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{terminal.control_port}/")
    yield page
    context.close()


def test_a_person_in_training_holds_a_card(terminal: Simulator, page: Page) -> None:
    page.get_by_label("Was soll geschehen?").select_option("Genehmigt, kontaktlos (Visa)")
    page.get_by_role("button", name="Vormerken").click()
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        register.ack()
        shown = page.frame_locator("iframe")
        shown.get_by_text("Karte vorhalten oder").wait_for()
        page.get_by_role("button", name="Karte vorhalten").click()
        for kind in ("040F", "060F"):
            register.until(kind)
            register.ack()
        shown.get_by_text("genehmigt", exact=True).wait_for()
    assert [each.card for each in terminal.ledger] == ["visa"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_in_the_way_of_anybody(
    terminal: Simulator, page: Page, theme: str, width: int
) -> None:
    complaints = hear(page, "any")
    terminal.now("second_register")
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    page.reload()
    page.frame_locator("iframe").get_by_text("girocard").wait_for()
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = [each.bounding_box() for each in page.get_by_role("button").all()]
    assert all(size and size["height"] >= 44 for size in sizes)
    assert complaints == []
