"""A family at the portal one Tuesday morning, and their phone that is signed in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from tests.family_home import EARLY, Family, a_family, at
from tests.payer_client import signed_in


@pytest.fixture
def city(module_city: Database) -> Database:
    """One city for all families of a file: none sees another."""
    return module_city


@pytest.fixture
def app(city: Database) -> Flask:
    app = create_app(database=city)
    app.extensions["clock"] = at(EARLY)
    return app


@pytest.fixture
def family(city: Database) -> Family:
    return a_family(city)


@pytest.fixture
def phone(app: Flask, city: Database, family: Family) -> FlaskClient:
    return signed_in(app, city, family.home, at=EARLY)
