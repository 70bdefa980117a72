"""A simulated Stripe for each test, and the real SDK that talks to it."""

from collections.abc import Iterator

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.calls import KEY


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def client(stripe: Simulator) -> Iterator[sdk.StripeClient]:
    with requests.Session() as session:
        http = sdk.RequestsClient(timeout=(1, 5), session=session)
        yield sdk.StripeClient(KEY, base_addresses={"api": stripe.address}, http_client=http)
