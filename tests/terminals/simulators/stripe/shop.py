"""A shop that uses the simulated Stripe online: its sessions, and where its webhooks arrive."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import stripe as sdk

SECRET = "whsec_practice"
SHOP = "http://127.0.0.1:9"  # nobody is there; only redirects name it
ORDER = {
    "mode": "payment", "client_reference_id": "PAY-1", "locale": "de",
    "success_url": f"{SHOP}/done?sid={{CHECKOUT_SESSION_ID}}", "cancel_url": f"{SHOP}/back",
    "line_items": [{"quantity": 1, "price_data": {
        "currency": "eur", "unit_amount": 2500, "product_data": {"name": "Guthaben"},
    }}],
    "metadata": {"payment": "PAY-1"},
    "payment_intent_data": {"metadata": {"payment": "PAY-1"}, "description": "Guthaben"},
    "allowed_payment_method_types": ["card", "sepa_debit"],
}  # fmt: skip


def a_session(client: sdk.StripeClient, **changes: Any) -> Any:
    """A session for 25 euros; a parameter that is None is left out."""
    params: Any = {name: each for name, each in (ORDER | changes).items() if each is not None}
    return client.v1.checkout.sessions.create(params)


def a_customer(client: sdk.StripeClient) -> str:
    return client.v1.customers.create({"email": "payer@example.org"}).id


def a_payment(client: sdk.StripeClient, customer: str, method: str, **changes: Any) -> Any:
    """20 euros without the payer, from what was saved."""
    params: Any = {"amount": 2000, "currency": "eur", "customer": customer, "confirm": True,
                   "payment_method": method, "off_session": True}  # fmt: skip
    return client.v1.payment_intents.create(params | changes)


class Receiver:
    """A webhook endpoint on a real socket that keeps what the real SDK accepts.

    statuses: what it answers next; then 200. refused: bodies whose signature was wrong.
    """

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.refused: list[bytes] = []
        self.statuses: list[int] = []
        self.signatures: list[str] = []
        self.secret = SECRET
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks?from=stripe"

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    def take(self, body: bytes, signature: str) -> int:
        self.signatures.append(signature)
        try:
            event = sdk.Webhook.construct_event(body, signature, self.secret)
        except sdk.SignatureVerificationError:
            self.refused.append(body)
            return 400
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()
        return status

    def wait(self, count: int, seconds: float = 20) -> None:
        """Return when so many events are here."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= count, seconds)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler
