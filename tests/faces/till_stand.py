"""A browser in front of the register, which shows the samples of every state."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from config.site import create_site_app
from tests.faces.conftest import hear, served
from tests.faces.sample_counter import SampleCounter

LANDSCAPE, PORTRAIT = (1280, 800), (800, 1280)

# The sample of a state is fetched as news is: htmx morphs the page that stands into the next one.
SHOW = """() => new Promise((done) => {
  document.addEventListener('htmx:after:swap', () => setTimeout(done, 0), { once: true });
  document.getElementById('again').dispatchEvent(new CustomEvent('news'));
})"""


@pytest.fixture(scope="module")
def counter() -> Iterator[SampleCounter]:
    """Shows what a cookie asks for and remembers what was tapped."""
    counter = SampleCounter()
    yield counter
    counter.closing.set()


@pytest.fixture(scope="module")
def register(counter: SampleCounter) -> Iterator[str]:
    """The address of the register, on a port of its own."""
    with served(create_site_app(counter)) as root:
        yield f"{root}/kasse/"
        counter.closing.set()


class Till:
    """One browser in front of the register."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.complaints = hear(self.page)

    def open(self, state: str, language: str = "de") -> Page:
        """A fresh page in this state."""
        self._ask(state, language)
        self.page.goto(self.address)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def show(self, state: str, language: str = "de") -> Page:
        """The page that stands becomes this state."""
        self._ask(state, language)
        self.page.evaluate(SHOW)
        return self.page

    def show_guest(self, state: str, language: str) -> Page:
        """The guest's display in this state."""
        self._ask(state, language)
        self.page.goto(f"{self.address}gast?sprache={language}")
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def _ask(self, state: str, language: str) -> None:
        self.context.add_cookies(
            [{"name": "stadtkasse_till", "value": f"{state}.{language}", "url": self.address}]
        )


def stand_before(chromium: Browser, address: str, theme: str, size: tuple[int, int]) -> Till:
    """A browser of this size in this theme; whoever asks closes its context."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="de-DE",
    )
    return Till(context, address)


@pytest.fixture
def till(chromium: Browser, register: str) -> Iterator[Till]:
    """A browser in landscape and light."""
    till = stand_before(chromium, register, "light", LANDSCAPE)
    yield till
    till.context.close()
