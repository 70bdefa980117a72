"""A real browser and the real application for the tests of the faces."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
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
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


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
        view = View(context.new_page())
        view.page.on(
            "console",
            lambda message: (
                view.complaints.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        view.page.on("pageerror", lambda error: view.complaints.append(str(error)))
        view.page.goto(site + path)
        view.page.wait_for_function("document.fonts.status === 'loaded'")
        if view.page.query_selector("canvas"):
            view.page.wait_for_selector("html[data-charts=drawn]")
        return view

    return open_page
