"""Ways to take a card at a counter: one folder per kind of device, found by `load`.

A folder `terminals/adapters/<name>/` whose package says

    ADAPTER = Adapter(
        name="acme",
        title="Acme reader",
        fields=(Field("host", "address of the reader"),),
        open=lambda settings: AcmeReader(settings["host"]),
    )

is a way to pay at every till: `till.toml` names it for a terminal, and nothing else is edited.
An adapter translates. It owns no tables, knows nobody's basket and decides nothing by itself:
whatever it hears is durable in the till's journal, through the recorder, before it answers the
device, and what it cannot prove it calls `Unknown`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Literal, Protocol
from uuid import UUID

Kind = Literal["payment", "reversal", "refund"]
Direction = Literal["sent", "received"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a device says about one transaction; later answers are compared with it.

    number: the device's own running number of it (ZVT trace, PaymentIntent). receipt, turnover:
    its further numbers, "" where it gives none. at: local time of the device, aware; None where
    it has none. way: "girocard" or "credit_card", the clearing the money takes. scheme: as it is
    printed, "girocard", "Visa". entry: "contactless", "chip", "stripe" or "". slip, merchant_slip:
    lines to print for the guest and for the city. must_print: paper is compulsory (a signature).
    """

    number: str
    amount_cents: int
    way: str
    terminal_id: str = ""
    receipt: str = ""
    turnover: str = ""
    at: datetime | None = None
    scheme: str = ""
    last4: str = ""
    entry: str = ""
    authorisation: str = ""
    slip: tuple[str, ...] = ()
    merchant_slip: tuple[str, ...] = ()
    must_print: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a device is asked to do, once.

    key: of the attempt; in the journal before the device hears of it. amount_cents: above zero,
    EUR. original: the payment that a reversal or refund takes back. last_known: the newest
    transaction of this device that the till knew of before it asked; None at the very first.
    had_none: the device has said instead that it had no transaction at all. claimed: what it
    said of this very order ("approved") before its end was lost.
    """

    key: UUID
    kind: Kind
    amount_cents: int
    terminal: str
    started_at: datetime
    original: Evidence | None = None
    last_known: Evidence | None = None
    had_none: bool = False
    claimed: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """The money moved, and the device has confirmed it after hearing that we know."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Declined:
    """No money moved. reason: a key of `REASONS`; code: the device's own, for support alone."""

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Aborted:
    """No money moved; by: who ended it, "guest", "cashier" or "time"."""

    by: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether money moved is open. reason: "unreachable" (ask again), "busy" (ask again in half a
    minute) or "cannot_say" (asking again will not help: a person has to look)."""

    reason: str
    code: str = ""


Verdict = Approved | Declined | Aborted | Unknown

# Why a card was not taken, as far as the guest may be told.
REASONS = (
    "bank", "card_expired", "card_blocked", "card_not_accepted", "card_unreadable", "wrong_pin",
    "pin_tries", "amount", "no_connection", "end_of_day_needed", "device",
)  # fmt: skip

# Codes of "no_connection" where the device itself was silent, and not the bank behind it.
UNREACHED = frozenset({"not_sent", "unreachable"})

# What is going on at the device, in the order of the track the cashier sees (0: not on it).
STEPS: Mapping[str, int] = {
    "sent": 1, "busy": 1, "retrying": 1, "card": 2, "amount": 2, "card_refused": 2,
    "choosing": 2, "pin": 3, "pin_again": 3, "bank": 4, "remove_card": 4, "refusing": 4,
    "promised": 4, "reversing": 4, "working": 0, "cashier": 0, "offline": 0, "online": 0,
    "end_of_day_needed": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """Something to show while the device works. step: a key of `STEPS`; text: its own words."""

    step: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """What a device counted of one card scheme; `way` as in Evidence, sums without sign."""

    scheme: str
    way: str
    count: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The frozen end of day of a device. number: its own; totals: per scheme; slip: to print."""

    number: str
    at: datetime | None
    amount_cents: int
    totals: tuple[Total, ...]
    slip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSettled:
    """No end of day. reason: "unreachable", "busy" or "not_possible"."""

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class NothingYet:
    """The device has no transaction that it could repeat."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the device would take a card now. state: "ready", "busy", "unreachable",
    "end_of_day_needed" or "out_of_order"; text: its own words, for support. newest: its newest
    transaction, by which the next one will be told from it; None where it does not say."""

    state: str
    text: str = ""
    newest: Evidence | NothingYet | None = None


class Recorder(Protocol):
    """The till's journal, as far as an adapter may write in it. All is durable on return."""

    def frame(self, direction: Direction, data: bytes) -> None:
        """Keep what was heard before it is answered, and what will be said before it is sent."""

    def saw(self, news: News) -> None:
        """Tell the cashier."""

    def claims(self, evidence: Evidence) -> None:
        """Keep that the device says "approved", before it hears that we know."""


class Cancellation(Protocol):
    """Set when the cashier wants the running order to end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether the cashier asked."""


class CardTerminal(Protocol):
    """One device. Its methods are called by one thread, one after the other.

    None of them raises for what a device or a network may do; trouble is a value.
    """

    def perform(self, order: Order, recorder: Recorder, cancellation: Cancellation) -> Verdict:
        """Carry the order out. Never repeats by itself what may have moved money."""

    def resolve(self, order: Order, recorder: Recorder) -> Verdict:
        """What became of an order whose end was not heard; asks, never charges."""

    def settle(self, recorder: Recorder) -> Settlement | NotSettled:
        """Run the end of day."""

    def check(self, recorder: Recorder) -> Readiness:
        """Ask the device how it is."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A setting of an adapter in `till.toml`, a string; `default` None: it must be there."""

    name: str
    meaning: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Adapter:
    """A kind of device. open: makes one from its settings, all of `fields`, without touching it;
    raises ValueError with a sentence for a setting that cannot be meant."""

    name: str
    title: str
    open: Callable[[Mapping[str, str]], CardTerminal]
    fields: tuple[Field, ...] = field(default=())

    def opened(self, given: Mapping[str, str]) -> CardTerminal:
        """A device from what a file says about it. Raises ValueError with a sentence."""
        known = {each.name for each in self.fields}
        for name in given:
            if name not in known:
                raise ValueError(f"{self.name} has no setting {name!r}: {', '.join(sorted(known))}")
        settings = {each.name: given.get(each.name, each.default) for each in self.fields}
        missing = [name for name, value in settings.items() if value is None]
        if missing:
            raise ValueError(f"{self.name} needs {', '.join(missing)}")
        return self.open({name: value for name, value in settings.items() if value is not None})


@cache
def load() -> Mapping[str, Adapter]:
    """Every adapter by name: each folder here whose package has an ADAPTER."""
    found: dict[str, Adapter] = {}
    for folder in pkgutil.iter_modules(__path__):
        package = importlib.import_module(f"{__name__}.{folder.name}")
        adapter: Adapter = package.ADAPTER
        found[adapter.name] = adapter
    return found
