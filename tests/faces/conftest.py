"""A real browser and the real application for the tests of the faces."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from config.app import create_app
from tests.faces.ensure_browser import find_browser
from tests.faces.sample_api import SPEC
from tests.faces.sample_city import sample_page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(slots=True)
class View:
    """One page open in one theme at one width, and what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)


class Silent(WSGIRequestHandler):
    """Requests are not worth a line each in the report of a failing test."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an application while it runs, on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hear(page: Page, *kinds: str) -> list[str]:
    """What the browser complains about from now on; every word of its console where kinds say so.

    kinds: of messages of the console, errors and warnings when none is named, "any" for all.
    """
    heard: list[str] = []
    wanted = set(kinds or ("error", "warning"))

    def listen(message: ConsoleMessage) -> None:
        if wanted & {message.type, "any"}:
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


class Window:
    """One browser profile that looks at page after page; nothing a page kept reaches the next.

    A profile of its own for each look loads the same style sheets and fonts once more. Whoever
    clicks or types belongs in a fresh one.
    """

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._view: View | None = None

    @contextmanager
    def look(
        self, address: str, *, theme: str = "light", width: int = 1280,
        motion: str = "no-preference", cookies: dict[str, str] | None = None,
    ) -> Iterator[View]:  # fmt: skip
        """The page at this address, its fonts loaded; it is somebody else's afterwards."""
        view, self._view = self._view or self._fresh(), None
        page = view.page
        is_clean = False
        try:
            page.emulate_media(color_scheme=theme, reduced_motion=motion)
            page.set_viewport_size({"width": width, "height": 844})
            kept = [
                {"name": n, "value": v, "url": root_of(address)} for n, v in (cookies or {}).items()
            ]
            page.context.add_cookies(kept)
            view.complaints.clear()
            page.goto(address)
            page.wait_for_function("document.fonts.status === 'loaded'")
            yield view
            _forget(page, root_of(address))
            is_clean = True
        finally:
            if is_clean and self._view is None:
                self._view = view
            else:  # what went wrong in it stays in it
                page.context.close()

    def _fresh(self) -> View:
        page = self._chromium.new_context(locale="de-DE").new_page()
        return View(page, hear(page))


def root_of(address: str) -> str:
    """Scheme, host and port of an address."""
    return "/".join(address.split("/")[:3])


def _forget(page: Page, root: str) -> None:
    """Cookies and every storage are gone; only the cache of assets stays."""
    page.evaluate("sessionStorage.clear()")
    page.context.clear_cookies()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": root, "storageTypes": "all"})
    devtools.detach()


Opener = Callable[..., View]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one the tests skip, under CI they fail."""
    path = find_browser()
    if path is None:
        reason = "no Chromium found: run `python tests/faces/ensure_browser.py` first"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Window:
    """Looks at one page after another, for tests that look and touch nothing."""
    return Window(chromium)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the application with a sample city, on a port of its own."""
    page = sample_page()
    with served(create_app(city_page=lambda: page, api_spec=lambda: SPEC)) as address:
        yield address


@pytest.fixture(scope="session")
def open_page(chromium: Browser, site: str) -> Opener:
    """Open a path in a fresh browser profile: `open_page("/", theme="dark", width=390)`."""

    def open_page(path: str, *, theme: str = "light", width: int = 1280) -> View:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, color_scheme=theme, locale="de-DE"
        )
        page = context.new_page()
        view = View(page, hear(page))
        view.page.goto(site + path)
        view.page.wait_for_function("document.fonts.status === 'loaded'")
        wait_for_charts(view.page)
        return view

    return open_page


def wait_for_charts(page: Page) -> None:
    """Until every chart of the page is drawn."""
    if page.query_selector("canvas"):
        page.wait_for_selector("html[data-charts=drawn]")
