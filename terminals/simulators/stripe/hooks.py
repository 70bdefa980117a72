"""Webhooks in the hand of a test: hold back, release in any order, repeat, lose, forge."""

import copy
import time
from typing import Literal

from terminals.simulators.stripe.courier import letter, signature
from terminals.simulators.stripe.outbox import Delivery, Endpoint
from terminals.simulators.stripe.refusals import invalid, missing
from terminals.simulators.stripe.state import Json, World

Spoil = Literal["lose", "twice", "forge", "live", ""]


class Webhooks:
    """The deliveries of one simulated Stripe."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, url: str, *secrets: str, events: tuple[str, ...] = ("*",)) -> str:
        """Send events to this address from now on; returns the endpoint's id. With two secrets
        each event is signed by both, as during a rotation. Raises Refusal (400)."""
        if not url.startswith(("http://", "https://")) or not secrets:
            raise invalid("url", "An http address and a secret are needed.", "url_invalid")
        with self._world.lock:
            id_ = f"we_simulated{len(self._world.outbox.endpoints) + 1:04}"
            self._world.outbox.endpoints[id_] = Endpoint(id_, url, secrets, events)
        return id_

    def rotate(self, endpoint: str, *secrets: str) -> None:
        """These are the secrets now. Raises KeyError for an endpoint nobody added."""
        with self._world.lock:
            self._world.outbox.endpoints[endpoint].secrets = secrets

    def hold(self) -> None:
        """Keep what happens from now on until it is released."""
        with self._world.lock:
            self._world.outbox.is_holding = True

    def release(self, *numbers: int) -> None:
        """Send what is held: these in this order, or all as they came, and hold no longer.

        Raises Refusal (404) for a number that is not held.
        """
        with self._world.changed:
            outbox = self._world.outbox
            held = {number: each for number, each in outbox.open.items() if each.state == "held"}
            for number in numbers or tuple(held):
                if number not in held:
                    raise missing("delivery", str(number), "number")
                outbox.release(held[number], self._world.now())
            outbox.is_holding = outbox.is_holding and bool(numbers)
            self._world.changed.notify_all()

    def lose(self, *numbers: int) -> None:
        """Throw away what is held or waits. Raises Refusal (404)."""
        with self._world.changed:
            for number in numbers:
                delivery = self._world.outbox.open.get(number)
                if delivery is None:
                    raise missing("delivery", str(number), "number")
                self._world.outbox.close(delivery, "lost")
            self._world.changed.notify_all()

    def spoil(self, *what: Spoil) -> None:
        """What happens to the next deliveries, one each: "lose", "twice", "forge" (signed with a
        secret nobody knows), "live" (claims the live mode), or "" for nothing."""
        with self._world.lock:
            self._world.outbox.spoil.extend(what)

    def again(self, event: str, *, is_forged: bool = False, is_live: bool = False) -> None:
        """Send an event once more, at once, to every endpoint. Raises Refusal (404)."""
        with self._world.changed:
            shown = self._world.find("event", event, "event")
            for endpoint in self._world.outbox.endpoints.values():
                self._world.outbox.put(Delivery(
                    0, event, shown["type"], endpoint.id, self._world.now(),
                    is_forged=is_forged, is_live=is_live,
                ))  # fmt: skip
            self._world.changed.notify_all()

    def hurry(self) -> None:
        """Try again now what waits for its next try."""
        with self._world.changed:
            for each in self._world.outbox.open.values():
                each.due = min(each.due, self._world.now())
            self._world.changed.notify_all()

    def wait(self, seconds: float = 20) -> None:
        """Return when nothing waits and nothing is on the wire. Raises TimeoutError."""
        with self._world.changed:
            if not self._world.changed.wait_for(self._is_quiet, seconds):
                raise TimeoutError(f"webhooks still wait after {seconds} s")

    @property
    def open(self) -> tuple[Delivery, ...]:
        """What is held or waits, in order; copies."""
        with self._world.lock:
            return tuple(copy.copy(each) for each in self._world.outbox.open.values())

    @property
    def done(self) -> tuple[Delivery, ...]:
        """What was delivered, lost or given up, in order; copies."""
        with self._world.lock:
            return tuple(copy.copy(each) for each in self._world.outbox.done)

    def events(self, *kinds: str) -> tuple[Json, ...]:
        """The events so far, oldest first; of these types where some are named."""
        with self._world.lock:
            return tuple(
                copy.deepcopy(each) for each in self._world.objects.values()
                if each["object"] == "event" and (not kinds or each["type"] in kinds)
            )  # fmt: skip

    def signed(self, event: str, *secrets: str, is_live: bool = False) -> tuple[bytes, str]:
        """Body and Stripe-Signature of an event, for who delivers it without a socket."""
        with self._world.lock:
            body = letter(self._world, event, is_live=is_live)
        return body, signature(body, secrets, int(time.time()))

    def _is_quiet(self) -> bool:
        outbox = self._world.outbox
        waiting = any(each.state == "waiting" for each in outbox.open.values())
        return not waiting and not outbox.on_the_wire
