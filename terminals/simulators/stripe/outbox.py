"""Webhooks on their way: to whom, which were held back, lost, sent twice, or signed wrongly."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_KEPT = 5_000  # finished deliveries that the control page can still show


@dataclass(slots=True)
class Endpoint:
    """Where events go. secrets: all that are valid now; each of them signs, as in a rotation.

    events: the types it wants; "*" is all of them.
    """

    id: str
    url: str
    secrets: tuple[str, ...]
    events: tuple[str, ...] = ("*",)

    def wants(self, kind: str) -> bool:
        """Whether events of this type are sent here."""
        return "*" in self.events or kind in self.events


@dataclass(slots=True)
class Delivery:
    """One event for one endpoint. due: when it is tried, in seconds of the simulator's clock.

    is_forged: signed with a secret nobody knows. is_live: claims to be of the live mode.
    status: what the endpoint answered last, None where it did not answer. turn: of two that are
    due at once, the lower goes first.
    """

    number: int
    event: str
    kind: str
    endpoint: str
    due: float
    state: Literal["waiting", "held", "lost", "delivered", "failed"] = "waiting"
    tries: int = 0
    status: int | None = None
    is_forged: bool = False
    is_live: bool = False
    turn: int = 0


@dataclass(slots=True)
class Outbox:
    """All deliveries that are not done, and the last that are.

    is_holding: new ones wait for a hand. spoil: what happens to the next ones, in order: "lose",
    "twice", "forge" or "live".
    """

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    open: dict[int, Delivery] = field(default_factory=dict)
    done: deque[Delivery] = field(default_factory=lambda: deque(maxlen=_KEPT))
    is_holding: bool = False
    spoil: deque[str] = field(default_factory=deque)
    count: int = 0
    on_the_wire: int = 0

    def add(self, event: str, kind: str, now: float) -> int:
        """Queue an event for whoever wants it; returns for how many it is still to come."""
        wanted = [each for each in self.endpoints.values() if each.wants(kind)]
        for endpoint in wanted:
            self._queue(event, kind, endpoint.id, now)
        return len(wanted)

    def put(self, delivery: Delivery) -> Delivery:
        """Queue one delivery under the next number."""
        self.count += 1
        delivery.number = delivery.turn = self.count
        self.open[self.count] = delivery
        return delivery

    def release(self, delivery: Delivery, now: float) -> None:
        """Let one go that was held, behind all that were let go before."""
        self.count += 1
        delivery.state, delivery.due, delivery.turn = "waiting", now, self.count

    def close(self, delivery: Delivery, state: Literal["lost", "delivered", "failed"]) -> None:
        """It will not be tried again."""
        delivery.state = state
        self.open.pop(delivery.number, None)
        self.done.append(delivery)

    def next(self, now: float) -> Delivery | None:
        """The delivery whose time has come first."""
        waiting = [each for each in self._waiting() if each.due <= now]
        return min(waiting, key=lambda each: (each.due, each.turn), default=None)

    def next_due(self) -> float | None:
        """When the next delivery is to be tried."""
        return min((each.due for each in self._waiting()), default=None)

    def _waiting(self) -> Iterator[Delivery]:
        return (each for each in self.open.values() if each.state == "waiting")

    def _queue(self, event: str, kind: str, endpoint: str, now: float) -> None:
        spoiled = self.spoil.popleft() if self.spoil else ""
        delivery = self.put(Delivery(0, event, kind, endpoint, now))
        delivery.state = "held" if self.is_holding else "waiting"
        delivery.is_forged, delivery.is_live = spoiled == "forge", spoiled == "live"
        if spoiled == "lose":
            self.close(delivery, "lost")
        elif spoiled == "twice":
            self.put(Delivery(0, event, kind, endpoint, now, delivery.state))
