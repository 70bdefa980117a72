"""Browsers at the desk in which somebody of the city is signed in."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

from playwright.sync_api import Browser

from config.database import Database
from config.staff.cookie import NAME
from ledger.staff.sessions import OPEN, SessionRule, open_session
from ledger.staff.throttle import Visit
from tests.faces.conftest import View, Window, hear


class House(Protocol):
    """Where the application runs, its books, and `codes` of people by name."""

    @property
    def address(self) -> str: ...

    @property
    def database(self) -> Database: ...

    @property
    def codes(self) -> Mapping[str, str]: ...


def a_page(
    chromium: Browser, house: House, who: str, *, theme: str = "light", width: int = 1280
) -> View:
    """A browser in which this person is signed in."""
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, locale="de-DE",
        base_url=house.address,
    )  # fmt: skip
    context.add_cookies([{"name": NAME, "value": a_token(house, who), "url": house.address}])
    page = context.new_page()
    return View(page, hear(page))


def looking(
    window: Window, house: House, who: str, path: str, *, theme: str = "light", width: int = 1280
) -> AbstractContextManager[View]:
    """A page as this person sees it, for tests that look and touch nothing."""
    cookies = {NAME: a_token(house, who)}
    return window.look(house.address + path, theme=theme, width=width, cookies=cookies)


def a_token(house: House, who: str) -> str:
    """Of a session in which this person is signed in."""
    visit = Visit(datetime.now(UTC), "127.0.0.1", "test")
    with house.database.transaction() as session:
        return open_session(session, house.codes[who], stage=OPEN, visit=visit, rule=SessionRule())
