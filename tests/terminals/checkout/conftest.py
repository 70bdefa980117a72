"""A simulated Stripe, the real SDK to it, and books with a family's wallet."""

from collections.abc import Iterator

import pytest

from config.database import Database
from terminals.simulators.stripe import Simulator
from tests.terminals.checkout.shop import Shop, a_shop


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def shop(city: Database, stripe: Simulator) -> Shop:
    return a_shop(city, stripe)
