"""The pages around money over real books, with a simulated provider and a clock that stands."""

from collections.abc import Iterator

import pytest

from config.database import Database
from terminals.simulators.stripe import Simulator
from tests.money_stand import TODAY, Stand, a_stand, at


@pytest.fixture
def stand(city: Database) -> Iterator[Stand]:
    clock = [at(TODAY, 6, 50)]
    with Simulator(clock=lambda: clock[0].timestamp()) as stripe:  # noqa: PLW0108 - it moves
        yield a_stand(city, stripe, clock=clock)
