"""The portal over books of its own, with a clock a test moves."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from config.app import create_app
from config.database import Database

START = datetime(2026, 11, 24, 6, 50, tzinfo=UTC)


class Clock:
    """What the pages take for now."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def on(self, **passed: int) -> None:
        self.at += timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(city: Database, clock: Clock) -> Flask:
    made = create_app(database=city)
    made.extensions["clock"] = clock
    return made
