"""A browser before the pages for citizens: light and dark, with and without scripts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.faces.conftest import Silent, View

PHONE, SMALL, DESK = 390, 320, 1280


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an application on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def looking(
    chromium: Browser, address: str, *, theme: str = "light", width: int = PHONE,
    scripts: bool = True, cookies: dict[str, str] | None = None,
) -> Iterator[View]:  # fmt: skip
    """A fresh browser profile on a page; its context is closed at the end."""
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, locale="de-DE",
        java_script_enabled=scripts, reduced_motion="reduce",
    )  # fmt: skip
    root = "/".join(address.split("/")[:3])
    context.add_cookies(
        [{"name": name, "value": value, "url": root} for name, value in (cookies or {}).items()]
    )
    view = View(context.new_page())
    view.page.on("console", lambda message: _hear(view, message.type, message.text))
    view.page.on("pageerror", lambda error: view.complaints.append(str(error)))
    try:
        view.page.goto(address)
        if scripts:
            view.page.wait_for_selector("html[data-ready]")
        yield view
    finally:
        context.close()


def _hear(view: View, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        view.complaints.append(text)
