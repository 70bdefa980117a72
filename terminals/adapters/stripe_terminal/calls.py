"""The calls to Stripe, each in the journal before it is sent and after it was heard.

No call is repeated here. An answer is a plain dict in the shape of Stripe's API.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import requests
import stripe

from terminals.adapters import Order, Recorder
from terminals.adapters.stripe_terminal.settings import Settings

Json = dict[str, Any]


class Refused(Exception):
    """Stripe answered, and did not do it. code: Stripe's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Trouble(Exception):
    """No answer, or one that leaves open whether it was done. code: for support."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """The way to Stripe of one reader; its connection is kept until `close`."""

    client: stripe.StripeClient
    session: requests.Session

    @classmethod
    def to(cls, settings: Settings) -> "Line":
        """A line that has not been used yet."""
        session = requests.Session()
        session.hooks["response"].append(_only_stripe)
        patience = (3.05, settings.answer_seconds)
        client = stripe.StripeClient(
            settings.api_key,
            base_addresses={"api": settings.address},
            max_network_retries=0,  # whether to ask again is decided where it is known what for
            http_client=stripe.RequestsClient(timeout=patience, session=session),
        )
        return cls(client, session)

    def close(self) -> None:
        """Hang up."""
        self.session.close()


@dataclass(slots=True)
class Calls:
    """The calls for one order, or for one look at a reader."""

    line: Line
    reader_id: str
    recorder: Recorder
    _heard: dict[str, bytes] = field(default_factory=dict)

    @property
    def _v1(self) -> Any:
        return self.line.client.v1

    def create_intent(self, order: Order) -> Json:
        """The intent of an order: made at the first call, the same one at every other."""
        asked: Json = {
            "amount": order.amount_cents, "currency": "eur", "capture_method": "automatic",
            "allowed_payment_method_types": ["card_present"],
            "metadata": {"order": str(order.key), "terminal": order.terminal},
        }  # fmt: skip
        key = f"{order.key}-payment"
        return self._do("payment_intents.create", asked, key, lambda options: (
            self._v1.payment_intents.create(asked, options)
        ))  # fmt: skip

    def process(self, intent: str, key: str) -> Json:
        """Tell the reader to ask for a card; its answer is the reader."""
        asked: Json = {
            "payment_intent": intent,
            "process_config": {"enable_customer_cancellation": True, "skip_tipping": True},
        }
        return self._do("readers.process_payment_intent", asked, key, lambda options: (
            self._v1.terminal.readers.process_payment_intent(self.reader_id, asked, options)
        ))  # fmt: skip

    def cancel_action(self) -> Json:
        """Tell the reader to stop asking; a card it has already read goes its way."""
        return self._do("readers.cancel_action", {}, None, lambda options: (
            self._v1.terminal.readers.cancel_action(self.reader_id, {}, options)
        ))  # fmt: skip

    def cancel_intent(self, intent: str, reason: str | None) -> Json:
        """Close an intent for good; refused where its money has moved or is moving."""
        asked: Json = {"cancellation_reason": reason} if reason else {}
        return self._do("payment_intents.cancel", {"id": intent} | asked, None, lambda options: (
            self._v1.payment_intents.cancel(intent, asked, options)
        ))  # fmt: skip

    def refund(self, order: Order, intent: str, amount_cents: int) -> Json:
        """Give money back; the same refund at every call for this order."""
        asked: Json = {
            "payment_intent": intent, "amount": amount_cents, "reason": "requested_by_customer",
            "metadata": {"order": str(order.key), "terminal": order.terminal},
        }  # fmt: skip
        key = f"{order.key}-{order.kind}"
        return self._do("refunds.create", asked, key, lambda options: (
            self._v1.refunds.create(asked, options)
        ))  # fmt: skip

    def intent(self, intent: str) -> Json:
        """An intent as it is now, with its latest charge."""
        return self._look("payment_intents.retrieve", lambda: (
            self._v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
        ))  # fmt: skip

    def reader(self) -> Json:
        """The reader as it is now, with the intent it is busy with."""
        expand = {"expand": ["action.process_payment_intent.payment_intent"]}
        return self._look("readers.retrieve", lambda: (
            self._v1.terminal.readers.retrieve(self.reader_id, expand)
        ))  # fmt: skip

    def intents_between(self, first: datetime, last: datetime) -> Iterator[Json]:
        """The intents of the account that were made in this time, newest first."""
        created = {"gte": int(first.timestamp()), "lte": int(last.timestamp())}
        return self._pages(
            "payment_intents.list", {"created": created}, self._v1.payment_intents.list
        )

    def refunds_of(self, intent: str) -> Iterator[Json]:
        """The refunds of a payment, newest first."""
        return self._pages("refunds.list", {"payment_intent": intent}, self._v1.refunds.list)

    def _do(self, name: str, asked: Json, key: str | None, run: Callable[[Json], Any]) -> Json:
        self.recorder.frame("sent", _compact({"call": name, "key": key, "asked": asked}))
        options = {"idempotency_key": key} if key else {}
        heard = self._hear(name, lambda: run(options))
        self.recorder.frame("received", _compact({"call": name, "heard": heard}))
        return heard

    def _look(self, name: str, run: Callable[[], Any]) -> Json:
        """A question: only an answer that is news goes into the journal."""
        heard = self._hear(name, run)
        frame = _compact({"call": name, "heard": heard})
        if self._heard.get(name) != frame:
            self._heard[name] = frame
            self.recorder.frame("received", frame)
        return heard

    def _pages(self, name: str, asked: Json, run: Callable[[Json], Any]) -> Iterator[Json]:
        """All rows of a list, page by page; what matters of them is read again by id."""
        asked = asked | {"limit": 100}
        while True:
            page = self._hear(name, partial(run, asked))
            yield from page["data"]
            if not page.get("has_more"):
                return
            asked = asked | {"starting_after": page["data"][-1]["id"]}

    def _hear(self, name: str, run: Callable[[], Any]) -> Json:
        try:
            heard: Json = run().to_dict(for_json=True)
        except stripe.StripeError as trouble:
            said = _translated(trouble)
            kind = type(said).__name__.lower()
            self.recorder.frame("received", _compact({"call": name, kind: said.code}))
            raise said from trouble
        return heard


def _only_stripe(response: requests.Response, **_: object) -> None:
    """Take what a proxy, a gateway or a sign-on page of the network says for silence: the SDK
    would trip over it. Raises what the SDK knows as a broken connection."""
    try:
        body = response.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    if response.status_code >= 400:
        is_stripe = isinstance(body.get("error"), dict)
    elif body.get("object") == "list":
        rows = body.get("data")
        is_stripe = isinstance(rows, list) and all(map(_is_object, rows))
    else:
        is_stripe = _is_object(body)
    if not is_stripe:
        raise requests.exceptions.ContentDecodingError("This is no answer of Stripe's.")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(n), str) for n in ("id", "object"))


def _translated(trouble: stripe.StripeError) -> Refused | Trouble:
    """409: the same key is being worked on; 429 and 5xx: nothing is known."""
    status, error = trouble.http_status, trouble.error
    code = str(trouble.code or getattr(error, "code", None) or "")
    if status is None:
        return Trouble(code or "unreachable")
    if type(trouble) is stripe.APIError or status in (409, 429) or status >= 500:
        return Trouble(code or f"http_{status}")
    if status in (401, 403):
        return Refused(code or "api_key")
    return Refused(code or str(getattr(error, "type", None) or f"http_{status}"))


# What the journal must not keep, and what would only fill it.
_LEFT_OUT = frozenset({"client_secret", "billing_details", "doc_url", "payment_method_options"})


def _compact(value: object) -> bytes:
    return json.dumps(_pruned(value), ensure_ascii=False, separators=(",", ":")).encode()


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _pruned(each) for name, each in value.items() if name not in _LEFT_OUT}
        return {name: each for name, each in kept.items() if each not in (None, {}, [], "")}
    return [_pruned(each) for each in value] if isinstance(value, list) else value
