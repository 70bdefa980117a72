"""A stand for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database import Database
from terminals.simulators.stripe import Simulator
from tests.reconciliation.provider.stand import Stand, a_stand


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def stand(city: Database, stripe: Simulator, tmp_path: Path) -> Stand:
    return a_stand(city, stripe, tmp_path)
