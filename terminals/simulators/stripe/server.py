"""The simulated Stripe on a real socket: one thread for each call, and a clean end."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import urlsplit

from terminals.simulators.pages import Page, WebServer
from terminals.simulators.stripe import control, hosted, payouts
from terminals.simulators.stripe.api import Answer, Call, answer
from terminals.simulators.stripe.cards import CARDS
from terminals.simulators.stripe.courier import Courier
from terminals.simulators.stripe.forms import decode
from terminals.simulators.stripe.hooks import Webhooks
from terminals.simulators.stripe.misbehaviour import Fault, Guest
from terminals.simulators.stripe.misbehaviour import fault as fault_named
from terminals.simulators.stripe.online import Online
from terminals.simulators.stripe.readers import add
from terminals.simulators.stripe.settings import Settings
from terminals.simulators.stripe.state import Booking, Json, World

LOCATION, READER = "tml_simulated0001", "tmr_simulated0001"


class Simulator:
    """A Stripe of one's own, as a context: listens on entry, is gone on exit.

    host, port: where; port 0 takes any. readers: label by id. guest: who stands at every reader;
    None waits for the control page, for `next_guest`, or for Stripe's `present_payment_method`.
    settings: fees and delays. clock: seconds since 1970. public: the address under which browsers
    reach it, where that is another. Raises OSError where the port is taken.

    online: the payers, their banks and the account's money. webhooks: who is told what, and when.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        readers: Mapping[str, str] | None = None,
        guest: Guest | None = None,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
        public: str = "",
    ) -> None:
        self.world = World(every_guest=guest, settings=settings or Settings(), clock=clock)
        self.online, self.webhooks = Online(self.world), Webhooks(self.world)
        self.world.objects[LOCATION] = _a_location()
        for id_, label in (readers or {READER: "Kasse 1"}).items():
            add(self.world, id_, label, LOCATION)
        self._ending = threading.Event()
        self._server = _Server((host, port), self.world, self._ending)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._courier = Courier(self.world)
        self.world.address = public.rstrip("/") or self.address

    def __enter__(self) -> Self:
        if self.world.settings.is_paying_out:
            wait = self.world.settings.payout_every_seconds
            with self.world.lock:
                self.world.later(wait, partial(payouts.schedule, self.world))
        self._thread.start()
        self._courier.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._courier.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """What a client takes for https://api.stripe.com; the control page is there too."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def ledger(self) -> tuple[Booking, ...]:
        """What was really charged and given back, in order."""
        with self.world.lock:
            return tuple(self.world.ledger)

    @property
    def calls(self) -> tuple[str, ...]:
        """The names of the routes that were called, in order."""
        with self.world.lock:
            return tuple(self.world.calls)

    def next_guest(self, card: str = "visa", **plan: Any) -> None:
        """Queue a guest, see `Guest`. Raises KeyError for a card nobody has."""
        if card not in CARDS:
            raise KeyError(card)
        guest = Guest(card, **plan)
        with self.world.lock:
            self.world.guests.append(guest)

    def fault(self, name: str, call: str | None = None, *, skip: int = 0, times: int = 1) -> None:
        """Let something go wrong, see `FAULTS`. Raises KeyError for a name nobody knows."""
        with self.world.lock:
            self.world.faults += [fault_named(name, call, skip=skip)] * times

    def add_fault(self, fault: Fault) -> None:
        """Let something of one's own go wrong."""
        with self.world.lock:
            self.world.faults.append(fault)

    def set_reader(self, status: str, reader: str = READER) -> None:
        """Take a reader "offline" or "online". Raises KeyError for an unknown one."""
        with self.world.lock:
            self.world.objects[reader]["status"] = status

    def next_refund(self, state: str) -> None:
        """The state in which the next refund is made: "succeeded", "pending", "failed" or
        "fails_later", which is "succeeded" first."""
        with self.world.lock:
            self.world.refund_states.append(state)


def _a_location() -> Json:
    address = {
        "city": "Aachen", "country": "DE", "line1": "Markt 1", "line2": None,
        "postal_code": "52062", "state": None,
    }  # fmt: skip
    return {"object": "terminal.location", "id": LOCATION, "address": address,
            "display_name": "Aachen", "livemode": False, "metadata": {}}  # fmt: skip


class _Server(WebServer):
    daemon_threads = False  # so that closing waits for the last answer

    def __init__(self, at: tuple[str, int], world: World, ending: threading.Event) -> None:
        self.world, self.ending = world, ending
        super().__init__(at, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def do_DELETE(self) -> None:
        self._serve("")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: whoever calls knows what it asked."""

    def _serve(self, form: str) -> None:
        address = urlsplit(self.path)
        self.close_connection = True
        given = decode(address.query) | decode(form)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not address.path.startswith("/v1/"):
            page = self._page(address.path, given, headers)
            self._send(page.status, page.headers, page.body)
            return
        said = answer(self.server.world, Call(self.command, address.path, given, headers))
        if said.seconds:
            self.server.ending.wait(said.seconds)
        if not said.is_dropped:
            self._send(said.status, _headers(said, headers), json.dumps(said.body).encode())

    def _page(self, path: str, given: Json, headers: Mapping[str, str]) -> Page:
        world = self.server.world
        if path.startswith("/c/"):
            return hosted.answer(world, hosted.Visit(self.command, path, given, headers))
        return control.answer(world, self.command, path, given)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _headers(said: Answer, asked: Mapping[str, str]) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Request-Id": f"req_{secrets.token_hex(7)}"}
    headers["Stripe-Version"] = asked.get("stripe-version", "2026-10-28.endive")
    if "idempotency-key" in asked:
        headers["Idempotency-Key"] = asked["idempotency-key"]
    return headers | ({"Idempotent-Replayed": "true"} if said.is_replayed else {})
