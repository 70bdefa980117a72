"""The memory of the simulated Stripe: its objects, its money, and what shall go wrong next."""

import heapq
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from terminals.simulators.stripe.cards import Card
from terminals.simulators.stripe.means import Means
from terminals.simulators.stripe.misbehaviour import Fault, Guest
from terminals.simulators.stripe.outbox import Outbox
from terminals.simulators.stripe.refusals import invalid, missing
from terminals.simulators.stripe.settings import Settings

Json = dict[str, Any]
Kind = Literal["charge", "refund", "refund_failure"]


@dataclass(frozen=True, slots=True)
class Booking:
    """Money that really moved. payment_intent: whose; amount_cents: without sign."""

    kind: Kind
    payment_intent: str
    amount_cents: int
    metadata: dict[str, str]


@dataclass(slots=True)
class Run:
    """What happens at a reader besides what the API shows of it.

    stage: "card" until one is presented, "pin", then "bank" while the answer is awaited.
    """

    payment_intent: str
    guest: Guest | None
    stage: Literal["card", "pin", "bank"] = "card"
    looks: int = 0
    card: Card | None = None
    began: float = field(default_factory=time.monotonic)


@dataclass(order=True, slots=True)
class Timer:
    """Work that is done when the clock gets there."""

    due: float
    number: int
    work: Callable[[], object] = field(compare=False)


@dataclass(slots=True)
class World:
    """Everything there is; whoever touches it holds `lock`, and `changed` says that it changed.

    objects: by id, oldest first, in the shape the API shows unexpanded. runs: by reader.
    answers: what was said to each Idempotency-Key. on_the_way: work that reaches us after so many
    further calls, though whoever asked for it has long given up. means: what a payment method
    really is. outcomes: how the next online payments end, whatever they are paid with.
    lines, intent_data: what is sold in a checkout session, and what its intent is told. returns:
    where a payer goes whom the bank has asked. paid_out: the payout of a balance transaction.
    clock: seconds since 1970; `ahead` of it is where this world is.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    objects: dict[str, Json] = field(default_factory=dict)
    ledger: list[Booking] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    guests: deque[Guest] = field(default_factory=deque)
    every_guest: Guest | None = None
    faults: list[Fault] = field(default_factory=list)
    refund_states: deque[str] = field(default_factory=deque)
    answers: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    on_the_way: list[tuple[int, Callable[[], object]]] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.time
    ahead: float = 0
    timers: list[Timer] = field(default_factory=list)
    timer_count: int = 0
    address: str = ""
    outbox: Outbox = field(default_factory=Outbox)
    means: dict[str, Means] = field(default_factory=dict)
    outcomes: deque[str] = field(default_factory=deque)
    lines: dict[str, list[Json]] = field(default_factory=dict)
    intent_data: dict[str, Json] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    paid_out: dict[str, str] = field(default_factory=dict)
    changed: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self.changed = threading.Condition(self.lock)

    def now(self) -> float:
        """The time in this world, in seconds since 1970."""
        return self.clock() + self.ahead

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have this done when so much time has gone by."""
        self.timer_count += 1
        heapq.heappush(self.timers, Timer(self.now() + seconds, self.timer_count, work))
        self.changed.notify_all()

    def pass_time(self) -> None:
        """Do everything whose time has come, in the order in which it was due."""
        while self.timers and self.timers[0].due <= self.now():
            heapq.heappop(self.timers).work()

    def next_due(self) -> float | None:
        """When something will happen by itself."""
        due = self.outbox.next_due()
        times = ([due] if due is not None else []) + [timer.due for timer in self.timers[:1]]
        return min(times, default=None)

    def put(self, prefix: str, made: Json) -> Json:
        """Keep a new object under a new id and return it; `created` is now, in seconds."""
        return self.put_undated(prefix, {"created": int(self.now())} | made)

    def put_undated(self, prefix: str, made: Json) -> Json:
        """The same for the kinds of objects that do not say when they were made."""
        id_ = f"{prefix}_{secrets.token_hex(12)}"
        self.objects[id_] = {"id": id_} | made
        return self.objects[id_]

    def find(self, kind: str, id_: str, param: str = "id") -> Json:
        """The object of this kind. Raises Refusal (404)."""
        known = self.objects.get(id_)
        if known is None or known["object"] != kind:
            raise missing(kind, id_, param)
        return known

    def listed(
        self,
        kind: str,
        given: Json,
        *,
        only: Callable[[Json], bool] = lambda _: True,
        **equal: str | None,
    ) -> Json:
        """A page of Stripe's list, newest first; `equal` compares fields, None compares nothing."""
        wanted = {name: value for name, value in equal.items() if value is not None}
        rows = [
            each for each in reversed(self.objects.values())
            if each["object"] == kind and is_within(each.get("created", 0), given.get("created"))
            and all(each.get(name) == wanted[name] for name in wanted) and only(each)
        ]  # fmt: skip
        limit = whole(given, "limit", 10)
        if not 1 <= limit <= 100:
            raise invalid("limit", "Limit must be between 1 and 100.", "parameter_invalid_integer")
        before = given.get("ending_before")
        if before is not None:
            rows = rows[: self._place(kind, before, "ending_before", rows)]
            return {"object": "list", "has_more": len(rows) > limit, "data": rows[-limit:]}
        after = given.get("starting_after")
        if after is not None:
            rows = rows[self._place(kind, after, "starting_after", rows) + 1 :]
        return {"object": "list", "has_more": len(rows) > limit, "data": rows[:limit]}

    def _place(self, kind: str, id_: str, param: str, rows: list[Json]) -> int:
        self.find(kind, id_, param)
        ids = [each["id"] for each in rows]
        return ids.index(id_) if id_ in ids else len(rows)

    def book(self, kind: Kind, intent: Json, amount: int, metadata: Json) -> None:
        """Write down that money moved."""
        self.ledger.append(Booking(kind, intent["id"], amount, dict(metadata)))

    def next_guest(self) -> Guest | None:
        """Who stands at the reader now; None where a person plays the guest."""
        return self.guests.popleft() if self.guests else self.every_guest


def whole(given: Json, name: str, default: int | None = None) -> int:
    """A parameter as a whole number. Raises Refusal (400)."""
    value = given.get(name, default)
    if value is None:
        raise invalid(name, f"Missing required param: {name}.", "parameter_missing")
    try:
        return int(value)
    except (TypeError, ValueError) as trouble:
        raise invalid(name, f"Invalid integer: {value}", "parameter_invalid_integer") from trouble


def required(given: Json, name: str) -> str:
    """A parameter that must be there. Raises Refusal (400)."""
    if not given.get(name):
        raise invalid(name, f"Missing required param: {name}.", "parameter_missing")
    return str(given[name])


def truth(given: Json, name: str) -> bool:
    """A switch, off unless it says true."""
    return str(given.get(name, "false")).lower() == "true"


def is_within(created: int, wanted: Any) -> bool:
    """Whether a moment is the one wanted, or between Stripe's gt, gte, lt and lte."""
    if wanted is None:
        return True
    if not isinstance(wanted, dict):
        return created == int(wanted)
    checks = {
        "gt": created.__gt__, "gte": created.__ge__, "lt": created.__lt__, "lte": created.__le__,
    }  # fmt: skip
    return all(checks[name](int(value)) for name, value in wanted.items() if name in checks)
