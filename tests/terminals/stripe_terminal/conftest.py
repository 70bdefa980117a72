"""A simulated Stripe for each test."""

from collections.abc import Iterator

import pytest

from terminals.simulators.stripe import Simulator


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator
