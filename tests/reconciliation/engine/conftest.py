"""A stand for every test, in a transaction that is rolled back."""

import pytest
from sqlalchemy.orm import Session

from tests.reconciliation.engine.stand import Stand


@pytest.fixture
def stand(session: Session) -> Stand:
    """Three empty sides."""
    return Stand(session)
