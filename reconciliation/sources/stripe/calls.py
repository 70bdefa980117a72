"""The calls that read our account at Stripe; each answer a plain dict in Stripe's shapes.

Only reads: nothing here changes anything over there, so every call may be made again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import stripe

from reconciliation.sources.stripe.errors import ProviderSilent

Json = dict[str, Any]

WAITS = (1, 2, 4, 8)  # seconds before a call is made again that was one too many
_PAGE = 100  # the most that Stripe gives at once
_WITH_SOURCE = {"expand": ["data.source"]}


@dataclass(frozen=True, slots=True)
class Account:
    """Our account at the provider.

    client: with retries and patience of its own choosing. waits: seconds before each further try
    of a call that was refused for coming too soon; the SDK does not try those again.
    """

    client: stripe.StripeClient = field(repr=False)
    waits: Sequence[float] = WAITS
    name: str = "stripe"

    def payouts_since(self, since: datetime) -> Iterator[Json]:
        """The payouts that were made since then, newest first. Raises ProviderSilent."""
        asked = {"created": {"gte": int(since.timestamp())}}
        return self._pages(self._v1.payouts.list, asked)

    def payout(self, id_: str) -> Json:
        """One payout as it is now. Raises ProviderSilent."""
        return self._heard(partial(self._v1.payouts.retrieve, id_))

    def moves_of(self, payout: str) -> list[Json]:
        """Everything the provider lists for an automatic payout, its own movement too, each with
        what it is about. Raises ProviderSilent."""
        asked = {"payout": payout} | _WITH_SOURCE
        return list(self._pages(self._v1.balance_transactions.list, asked))

    def moves_between(self, since: datetime, until: datetime) -> list[Json]:
        """Every movement of the balance that was made from `since` on and before `until`, in
        whole seconds, each with what it is about. Raises ProviderSilent."""
        created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        asked = {"created": created} | _WITH_SOURCE
        return list(self._pages(self._v1.balance_transactions.list, asked))

    def balance(self) -> Json:
        """What the provider holds for us at this moment. Raises ProviderSilent."""
        return self._heard(self._v1.balance.retrieve)

    @property
    def _v1(self) -> Any:
        return self.client.v1

    def _pages(self, run: Callable[[Any], Any], asked: Json) -> Iterator[Json]:
        asked = asked | {"limit": _PAGE}
        while True:
            page = self._heard(partial(run, asked))
            yield from page["data"]
            if not page.get("has_more"):
                return
            asked = asked | {"starting_after": page["data"][-1]["id"]}

    def _heard(self, run: Callable[[], Any]) -> Json:
        for seconds in (*self.waits, None):
            try:
                heard: Json = run().to_dict(for_json=True)
            except stripe.RateLimitError as limited:
                if seconds is None:
                    raise ProviderSilent("rate_limit") from limited
                time.sleep(seconds)
            except stripe.StripeError as trouble:
                raise ProviderSilent(_reason(trouble)) from trouble
            else:
                return heard
        raise AssertionError("the last try either answers or raises")


def _reason(trouble: stripe.StripeError) -> str:
    """The provider's own word for it, or how it failed to have one."""
    if trouble.code:
        return str(trouble.code)
    return f"http_{trouble.http_status}" if trouble.http_status else "unreachable"
