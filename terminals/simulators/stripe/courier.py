"""The thread that brings webhooks to their endpoints, tries again, and lets time go by."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from terminals.simulators.stripe.outbox import Delivery, Endpoint
from terminals.simulators.stripe.state import World

_LONGEST_NAP = 0.5


def signature(body: bytes, secrets: tuple[str, ...], at: int) -> str:
    """The header Stripe-Signature: the moment, and an HMAC-SHA256 of moment and body for each."""
    signed = str(at).encode() + b"." + body
    marks = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


def letter(world: World, event: str, *, is_live: bool = False) -> bytes:
    """The body of a webhook, as Stripe sends it: the event as it was when it happened."""
    shown: dict[str, Any] = world.objects[event]
    return json.dumps(shown | {"livemode": is_live or shown["livemode"]}, indent=2).encode()


class Courier:
    """Delivers what the outbox holds, one after the other, until it is told to stop."""

    def __init__(self, world: World) -> None:
        self._world, self._is_ending = world, False
        self._thread = threading.Thread(target=self._run, name="stripe-courier")

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on the wire and end."""
        with self._world.changed:
            self._is_ending = True
            self._world.changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        world = self._world
        while True:
            with world.changed:
                if self._is_ending:
                    return
                world.pass_time()
                delivery = world.outbox.next(world.now())
                if delivery is None:
                    world.changed.wait(self._nap())
                    continue
                endpoint = world.outbox.endpoints.get(delivery.endpoint)
                body = letter(world, delivery.event, is_live=delivery.is_live)
                delivery.tries += 1
                world.outbox.on_the_wire += 1
            status = self._send(delivery, endpoint, body) if endpoint else None
            with world.changed:
                world.outbox.on_the_wire -= 1
                _note(world, delivery, status)
                world.changed.notify_all()

    def _nap(self) -> float | None:
        due = self._world.next_due()
        return None if due is None else min(max(due - self._world.now(), 0.005), _LONGEST_NAP)

    def _send(self, delivery: Delivery, endpoint: Endpoint, body: bytes) -> int | None:
        secrets = ("whsec_of_somebody_else",) if delivery.is_forged else endpoint.secrets
        to = urlsplit(endpoint.url)
        kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
        line = kind(to.netloc, timeout=self._world.settings.webhook_timeout_seconds)
        headers = {
            "Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0",
            "Stripe-Signature": signature(body, secrets, int(time.time())), "Connection": "close",
        }  # fmt: skip
        try:
            path = (to.path or "/") + (f"?{to.query}" if to.query else "")
            line.request("POST", path, body, headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()


def _note(world: World, delivery: Delivery, status: int | None) -> None:
    delivery.status = status
    if delivery.number not in world.outbox.open:
        return  # lost or taken back by hand in the meantime
    if status is not None and 200 <= status < 300:
        world.outbox.close(delivery, "delivered")
        event = world.objects[delivery.event]
        event["pending_webhooks"] = max(event["pending_webhooks"] - 1, 0)
        return
    waits = world.settings.retry_seconds
    if delivery.tries > len(waits):
        world.outbox.close(delivery, "failed")
    else:
        delivery.due = world.now() + waits[delivery.tries - 1]
