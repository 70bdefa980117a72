"""A counter with a Stripe reader: the adapter, a journal that can lose power, and orders."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from terminals.adapters import Approved, CardTerminal, Evidence, News, Order, Unknown, Verdict
from terminals.adapters.stripe_terminal import ADAPTER
from terminals.simulators.stripe import READER, Simulator

KEY = "sk_test_of_the_counter"


class PowerCut(BaseException):
    """The till dies here; nothing of it runs on."""


@dataclass
class Journal:
    """A recorder that keeps all it is told, and dies at its `dies_at`-th line."""

    dies_at: int = 0
    frames: list[tuple[str, bytes]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    claimed: list[Evidence] = field(default_factory=list)
    written: int = 0

    def frame(self, direction: str, data: bytes) -> None:
        self._write()
        self.frames.append((direction, data))

    def saw(self, news: News) -> None:
        self._write()
        self.steps.append(news.step)

    def claims(self, evidence: Evidence) -> None:
        self._write()
        self.claimed.append(evidence)

    def _write(self) -> None:
        self.written += 1
        if self.written == self.dies_at:
            raise PowerCut


@dataclass
class Cashier:
    """Wants the order to end once the reader was asked about it so many times."""

    patience: float = float("inf")
    asked: int = 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > self.patience


NOBODY = Cashier()


@contextmanager
def a_reader(stripe: Simulator | None, **settings: str) -> Iterator[CardTerminal]:
    """The adapter, as `till.toml` would open it, but hasty; at this Stripe or another address."""
    hasty = {
        "poll_milliseconds": "1",
        "answer_seconds": "3",
        "address": stripe.address if stripe else "",
    }
    device = ADAPTER.opened({"reader": READER, "api_key": KEY} | hasty | settings)
    try:
        yield device
    finally:
        device.close()


def an_order(kind: str = "payment", cents: int = 1250, **changes: object) -> Order:
    """Twelve fifty at the first till."""
    order = Order(uuid4(), kind, cents, "B01-1", datetime.now(UTC))  # type: ignore[arg-type]
    return replace(order, **changes)  # type: ignore[arg-type]


def long_ago(order: Order, hours: int = 1) -> Order:
    """The same order, asked for some hours ago."""
    return replace(order, started_at=order.started_at - timedelta(hours=hours))


def perform(stripe: Simulator, order: Order, journal: Journal | None = None) -> Verdict:
    """Carry an order out at a fresh adapter."""
    with a_reader(stripe) as device:
        return device.perform(order, journal or Journal(), NOBODY)


def resolve(stripe: Simulator, order: Order) -> Verdict:
    """Ask a fresh adapter until it knows."""
    for _ in range(10):
        with a_reader(stripe) as device:
            verdict = device.resolve(order, Journal())
        if not isinstance(verdict, Unknown):
            return verdict
    return verdict


def charged(stripe: Simulator, order: Order) -> list[int]:
    """What the simulated Stripe really took for an order."""
    return [
        each.amount_cents
        for each in stripe.ledger
        if each.kind == "charge" and each.metadata.get("order") == str(order.key)
    ]


def assert_true(stripe: Simulator, order: Order, verdict: Verdict) -> None:
    """The verdict is what happened, and it happened once at most."""
    taken = charged(stripe, order)
    if isinstance(verdict, Approved):
        assert taken == [verdict.evidence.amount_cents] == [order.amount_cents]
    elif not isinstance(verdict, Unknown):
        assert taken == []
    assert len(taken) <= 1


def intents(stripe: Simulator) -> list[dict[str, object]]:
    """All intents there are, oldest first."""
    with stripe.world.lock:
        made = list(stripe.world.objects.values())
    return [each for each in made if each["object"] == "payment_intent"]
