"""The portal in a browser: a family one Tuesday morning, on a clock the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from playwright.sync_api import Browser

from config.app import create_app
from config.database import Database
from terminals.portal.cookie import NAME
from tests.faces.conftest import View, served
from tests.faces.face_stand import PHONE, looking
from tests.family_home import EARLY, Family, at
from tests.payer_client import a_session


@dataclass(slots=True)
class FamilyStand:
    """The application, where it is found, and its books."""

    app: Flask
    root: str
    database: Database

    def set_clock(self, moment: datetime) -> None:
        self.app.extensions["clock"] = at(moment)

    @contextmanager
    def open(
        self, chromium: Browser, family: Family, path: str = "/portal/", *, theme: str = "light",
        width: int = PHONE, scripts: bool = True,
    ) -> Iterator[View]:  # fmt: skip
        """A page of this family's, signed in, in a fresh browser."""
        token = a_session(self.database, family.home.payer, at=EARLY)
        with looking(
            chromium, self.root + path, theme=theme, width=width, scripts=scripts,
            cookies={NAME: token},
        ) as view:  # fmt: skip
            yield view


@contextmanager
def a_stand(database: Database) -> Iterator[FamilyStand]:
    """The portal over these books, at ten to seven."""
    app = create_app(database=database)
    app.extensions["clock"] = at(EARLY)
    with served(app) as root:
        yield FamilyStand(app, root, database)
