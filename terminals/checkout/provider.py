"""The calls to the provider of online payments, Stripe; each returns a plain dict in its shapes.

A caller writes down what it wants and commits before it calls, and names the call by a key made
from that row: an answer that was lost is then asked for again and changes nothing. No call is
made inside a transaction. What is sent is our own ids and amounts; whom they belong to, the
provider never hears from us.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from terminals.checkout.errors import ProviderDown, ProviderRefused

__all__ = ["Json", "Provider", "ProviderDown", "ProviderRefused", "id_of", "provider_to"]

Json = dict[str, Any]

STRIPE = "https://api.stripe.com"
PAGES_OF_STRIPE = "https://checkout.stripe.com"
RETRIES = 2
PATIENCE_SECONDS = (3.05, 20)  # to connect, to answer
EARLY_CENTS = 5000
TOLERANCE_SECONDS = 300  # how old a message may be when it is signed
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MONEY = "latest_charge.balance_transaction"
_GONE = "resource_missing"


@dataclass(frozen=True, slots=True)
class Provider:
    """An account at the provider.

    is_live: whether its money is real. secrets: that sign its messages, one or two. page_origin:
    where its payment pages are. early_cents: up to how much of one wallet's debits on their way
    is credited before they have arrived.
    """

    client: stripe.StripeClient = field(repr=False)
    is_live: bool
    secrets: tuple[str, ...] = field(repr=False)
    page_origin: str
    early_cents: int

    def create_session(self, asked: Json, key: str) -> Json:
        """A payment page; the same one for the same key and wish."""
        return _heard(lambda: self._v1.checkout.sessions.create(asked, _named(key)))

    def session(self, id_: str) -> Json:
        """A payment page with all of its payment that is known now."""
        expand = {"expand": [f"payment_intent.{_MONEY}"]}
        return _heard(lambda: self._v1.checkout.sessions.retrieve(id_, expand))

    def expire_session(self, id_: str) -> Json:
        """Close a page; refused where it is not open any more."""
        return _heard(lambda: self._v1.checkout.sessions.expire(id_))

    def sessions_between(self, first: datetime, last: datetime) -> Iterator[Json]:
        """The pages that were made in this time, newest first."""
        return _pages(self._v1.checkout.sessions.list, {"created": _between(first, last)})

    def create_customer(self, payer: str, number: int = 0) -> Json:
        """Somebody the provider shall know again, by our code alone. number: how many of theirs
        were deleted before."""
        asked: Any = {"metadata": {"payer": payer}}
        key = f"customer-{payer}" + (f"-{number}" if number else "")
        return _heard(lambda: self._v1.customers.create(asked, _named(key)))

    def forget_customer(self, id_: str) -> None:
        """Delete a customer with every way to pay they had; one that has gone stays gone."""
        try:
            _heard(lambda: self._v1.customers.delete(id_))
        except ProviderRefused as refused:
            if refused.reason != _GONE:
                raise

    def forget_method(self, id_: str) -> None:
        """Take a way to pay from its customer for good; one that was taken stays so."""
        try:
            _heard(lambda: self._v1.payment_methods.detach(id_))
        except ProviderRefused as refused:
            if refused.reason != _GONE and self.method(id_)["customer"] is not None:
                raise

    def charge(self, asked: Json, key: str) -> Json:
        """A payment with a way that was kept, nobody being there. Raises ProviderRefused with
        the bank's word and the intent where it was declined."""
        whole: Any = asked | {"off_session": True, "confirm": True, "expand": [_MONEY]}
        return _heard(lambda: self._v1.payment_intents.create(whole, _named(key)))

    def intent(self, id_: str) -> Json:
        """A payment as it is now, with its newest charge and what it cost."""
        return _heard(lambda: self._v1.payment_intents.retrieve(id_, {"expand": [_MONEY]}))

    def intents_between(self, first: datetime, last: datetime) -> Iterator[Json]:
        """The payments that were made in this time, newest first."""
        return _pages(self._v1.payment_intents.list, {"created": _between(first, last)})

    def cancel_intent(self, id_: str) -> Json:
        """Close a payment for good; refused where its money has moved or is moving."""
        return _heard(lambda: self._v1.payment_intents.cancel(id_))

    def method(self, id_: str) -> Json:
        """A way to pay: its kind and its last digits."""
        return _heard(lambda: self._v1.payment_methods.retrieve(id_))

    def refund(self, intent: str, amount_cents: int, *, refund: str) -> Json:
        """Give money back; the same refund for the same id of ours."""
        asked: Any = {
            "payment_intent": intent, "amount": amount_cents, "reason": "requested_by_customer",
            "metadata": {"refund": refund},
        }  # fmt: skip
        return _heard(lambda: self._v1.refunds.create(asked, _named(f"refund-{refund}")))

    def refunds_of(self, intent: str) -> Iterator[Json]:
        """The refunds of a payment, newest first, whoever asked for them."""
        return _pages(self._v1.refunds.list, {"payment_intent": intent})

    def disputes_of(self, intent: str) -> Iterator[Json]:
        """The disputes of a payment, each with the money it moved."""
        return _pages(self._v1.disputes.list, {"payment_intent": intent})

    def taken_away_since(self, since: datetime) -> Iterator[Json]:
        """The refunds and disputes that were made since then, of any payment."""
        created = {"created": {"gte": int(since.timestamp())}}
        yield from _pages(self._v1.refunds.list, created)
        yield from _pages(self._v1.disputes.list, created)

    def events_not_delivered(self, since: datetime) -> Iterator[Json]:
        """What the provider could not tell us since then, up to 30 days back."""
        created = {"gte": int(since.timestamp())}
        return _pages(self._v1.events.list, {"delivery_success": False, "created": created})

    def verified(self, body: bytes, signature: str) -> str:
        """The message as text, if one of the secrets signed it lately. Raises ValueError."""
        text = body.decode()
        for secret in self.secrets:
            try:
                stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
            except stripe.SignatureVerificationError:
                continue
            return text
        raise ValueError("none of our secrets signed this lately")

    @property
    def _v1(self) -> Any:
        return self.client.v1


def provider_to(
    api_key: str,
    *,
    secrets: Sequence[str] = (),
    address: str = STRIPE,
    early_cents: int = EARLY_CENTS,
) -> Provider:
    """The account this key (sk_…, rk_…) opens. address: where its API is, https:// or a simulator
    on this machine. Raises ValueError with a sentence that does not hold the key."""
    if not api_key.startswith(("sk_", "rk_")):
        raise ValueError("STRIPE_API_KEY is a key that begins with sk_ or rk_")
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_safe:
        raise ValueError(f"STRIPE_ADDRESS is https://…, or http:// on this machine, not {address}")
    line = requests.Session()
    line.hooks["response"].append(_only_the_provider)
    client = stripe.StripeClient(
        api_key,
        base_addresses={"api": address.rstrip("/")},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=PATIENCE_SECONDS, session=line),
    )
    is_simulated = address.rstrip("/") != STRIPE
    origin = f"{parts.scheme}://{parts.netloc}" if is_simulated else PAGES_OF_STRIPE
    is_live = api_key.startswith(("sk_live_", "rk_live_"))
    return Provider(client, is_live, tuple(secrets), origin, early_cents)


def id_of(it: Any) -> str | None:
    """The id of something the provider names or shows."""
    return it.get("id") if isinstance(it, dict) else it


def _named(key: str) -> Any:
    return {"idempotency_key": key}


def _between(first: datetime, last: datetime) -> Json:
    return {"gte": int(first.timestamp()), "lte": int(last.timestamp())}


def _pages(run: Callable[[Any], Any], asked: Json) -> Iterator[Json]:
    asked = asked | {"limit": 100}
    while True:
        page = _heard(partial(run, asked))
        yield from page["data"]
        if not page.get("has_more"):
            return
        asked = asked | {"starting_after": page["data"][-1]["id"]}


def _heard(run: Callable[[], Any]) -> Json:
    try:
        heard: Json = run().to_dict(for_json=True)
    except stripe.StripeError as trouble:
        raise _translated(trouble) from trouble
    return heard


def _only_the_provider(response: requests.Response, **_: object) -> None:
    """Take what a proxy or a gateway says for silence: the SDK would trip over it."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not ("object" in body or "error" in body):
        raise requests.exceptions.ContentDecodingError("This is no answer of the provider's.")


def _translated(trouble: stripe.StripeError) -> ProviderDown | ProviderRefused:
    """409: the same key is being worked on; 429 and 5xx: nothing is known."""
    status, error = trouble.http_status, trouble.error
    code = str(trouble.code or getattr(error, "code", None) or "")
    if status is None or type(trouble) is stripe.APIError or status in (409, 429) or status >= 500:
        return ProviderDown(code or (f"http_{status}" if status else "unreachable"))
    if status in (401, 403):
        return ProviderDown(code or "api_key")  # for the operator to mend; nothing was done
    kind = str(getattr(error, "type", None) or f"http_{status}")
    decline = getattr(error, "decline_code", None) if status == 402 else None
    intent = getattr(error, "payment_intent", None)
    return ProviderRefused(code or kind, decline, getattr(intent, "id", None))
