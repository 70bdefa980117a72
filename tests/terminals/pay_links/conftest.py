"""The office that pay links are made by."""

from collections.abc import Iterator

import pytest

from config.database import Database
from terminals.checkout.provider import provider_to
from terminals.simulators.stripe import Simulator
from tests.api_client import an_api
from tests.terminals.pay_links.office import Office


@pytest.fixture
def office(city: Database) -> Iterator[Office]:
    with Simulator() as stripe:
        api = an_api(city, city="Stadt Aachen", origin="https://kasse.example")
        api.app.extensions["provider"] = provider_to(
            "sk_test_1", secrets=("whsec_1",), address=stripe.address
        )
        yield Office(api, city, stripe)
