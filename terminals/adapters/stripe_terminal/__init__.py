"""Stripe card readers, driven through Stripe's API: the till tells Stripe, Stripe tells the reader.

    [terminal."B01-1"]
    adapter = "stripe_terminal"
    reader = "tmr_FDOt2wlRZEdpd7"
    api_key = "STRIPE_API_KEY"        # the variable that holds it

One PaymentIntent for each order, and the intent alone decides: the reader's own word, a lost
answer or a cashier's wish never do. The way to say "no money moved" is to close the intent, which
Stripe refuses where money did.
"""

from collections.abc import Mapping

from terminals.adapters import Adapter, CardTerminal, Field
from terminals.adapters.stripe_terminal.leases import Leases
from terminals.adapters.stripe_terminal.reader import StripeReader
from terminals.adapters.stripe_terminal.settings import STRIPE, settings_from

_LEASES = Leases()  # a reader that two tills of this process share serves one of them at a time


def _open(given: Mapping[str, str]) -> CardTerminal:
    return StripeReader(settings_from(given), _LEASES)


ADAPTER = Adapter(
    name="stripe_terminal",
    title="Stripe Terminal",
    fields=(
        Field("reader", "id of the reader, tmr_…"),
        Field("api_key", "sk_… or rk_…, or the environment variable that holds it"),
        Field("location", "id of the place the reader must stand at, tml_…; empty: any", ""),
        Field("address", "where the API is", STRIPE),
        Field("patience_seconds", "how long a guest may take", "120"),
        Field("answer_seconds", "how long one answer of the API may take", "15"),
        Field("poll_milliseconds", "pause between two looks at the reader", "1500"),
    ),
    open=_open,
)
