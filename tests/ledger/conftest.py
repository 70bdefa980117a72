"""A city at work: Aachen's files loaded once into a database that tests leave as it was."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

import config
from config.database import Database
from config.postgres import EmbeddedServer
from ledger.catalogue.loading import load_city
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.catalogue.reading import city_from
from ledger.money import Money
from ledger.wallets import open_wallet, top_up
from tests.conftest import cloned_database
from tests.ledger.counter import DAY

AACHEN = Path(config.__file__).parent / "cities" / "aachen"


@pytest.fixture(scope="session")
def aachen_database(server: EmbeddedServer, template: str) -> Iterator[Database]:
    """Aachen, open for business and without a single entry."""
    with cloned_database(server, template) as database:
        with database.transaction() as session:
            assert load_city(session, city_from(AACHEN)).refused == ()
        yield database


@pytest.fixture
def city(aachen_database: Database) -> Iterator[Session]:
    """A session in Aachen whose work is rolled back when the test ends."""
    with aachen_database.engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def catalogue(city: Session) -> PostedCatalogue:
    """What Aachen sells."""
    return posted_catalogue(city)


@pytest.fixture
def wallet(city: Session) -> str:
    """A citizen's wallet with 20.00 on it."""
    code = open_wallet(city, kind="citizen", key=uuid4()).code
    top_up(city, code, Money(2000), key=uuid4(), way="online", booked_on=DAY, reference=None)
    return code
