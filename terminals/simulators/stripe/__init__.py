"""A simulated Stripe: card readers at a counter and payment pages online, over real HTTP.

    with Simulator() as stripe:
        client = StripeClient("sk_test_1", base_addresses={"api": stripe.address})
        stripe.next_guest("girocard")
        ...
        assert stripe.ledger[0].amount_cents == 1250
        stripe.webhooks.add("http://localhost:8000/webhooks/stripe", "whsec_1")
        stripe.online.pay(session.id, "three_ds")
        stripe.online.advance(seconds=86_400)

It knows nothing of who calls it. `state` holds its objects, `api` the way of a call, `server` the
socket; each resource is a module with ROUTES. `hosted` is the page where a payer pays, `online`
what a payer, a bank or the clock does, `hooks` what happens to webhooks, which `courier` delivers.
The control pages, `address` in a browser, are where a person plays all of them.
"""

from terminals.simulators.stripe.cards import CARDS, Card
from terminals.simulators.stripe.means import MEANS, Means
from terminals.simulators.stripe.misbehaviour import FAULTS, Fault, Guest, fault
from terminals.simulators.stripe.server import LOCATION, READER, Simulator
from terminals.simulators.stripe.settings import BRISK, Fee, Settings
from terminals.simulators.stripe.state import Booking

__all__ = [
    "BRISK", "CARDS", "FAULTS", "LOCATION", "MEANS", "READER", "Booking", "Card", "Fault", "Fee",
    "Guest", "Means", "Settings", "Simulator", "fault",
]  # fmt: skip
