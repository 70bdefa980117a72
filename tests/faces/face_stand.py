"""A browser before the pages for citizens: light and dark, with and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser

from tests.faces.conftest import View, Window, hear, root_of

PHONE, SMALL, DESK = 390, 320, 1280


@contextmanager
def look_at(
    window: Window, address: str, *, theme: str, width: int, cookies: dict[str, str] | None = None
) -> Iterator[View]:
    """A page ready to be used, for tests that look and touch nothing."""
    with window.look(address, theme=theme, width=width, motion="reduce", cookies=cookies) as view:
        view.page.wait_for_selector("html[data-ready]")
        yield view


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
    root = root_of(address)
    context.add_cookies(
        [{"name": name, "value": value, "url": root} for name, value in (cookies or {}).items()]
    )
    page = context.new_page()
    view = View(page, hear(page))
    try:
        view.page.goto(address)
        if scripts:
            view.page.wait_for_selector("html[data-ready]")
        yield view
    finally:
        context.close()
