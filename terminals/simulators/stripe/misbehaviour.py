"""What can be made to go wrong: on the wire, at the reader, and in the hands of the guest."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong once.

    call: the name of a route, "payment_intents.create", or "*". what: "refuse" answers an error,
    "drop" hangs up without an answer, "hold" does the work and answers after `seconds`, "late"
    hangs up and does the work after so many further `calls`. is_done: the work is done
    nevertheless. skip: so many matching calls go well before.
    """

    call: str = "*"
    what: Literal["refuse", "drop", "hold", "late"] = "refuse"
    is_done: bool = False
    status: int = 500
    code: str = ""
    message: str = "Something went wrong on Stripe's end."
    seconds: float = 0
    calls: int = 0
    skip: int = 0

    def passed(self) -> "Fault":
        """The same fault after one call went well."""
        return replace(self, skip=self.skip - 1)


_PROCESS = "readers.process_payment_intent"

# By the names that the control page, the control address and the tests use.
FAULTS = {
    "unreachable": Fault(what="drop"),
    "answer_lost": Fault(what="drop", is_done=True),
    "late": Fault(what="late", calls=3),
    "server_error": Fault(),
    "server_error_done": Fault(is_done=True),
    "slow": Fault(what="hold", seconds=5),
    "rate_limit": Fault(status=429, code="rate_limit", message="Too many requests."),
    "key_in_use": Fault(
        status=409, code="idempotency_key_in_use", message="Another request has this key."
    ),
    "reader_busy": Fault(
        _PROCESS, status=400, code="terminal_reader_busy", message="Reader is busy."
    ),
    "reader_timeout": Fault(
        _PROCESS, status=400, code="terminal_reader_timeout", message="Reader did not answer."
    ),
    "reader_timeout_done": Fault(
        _PROCESS, status=400, code="terminal_reader_timeout", message="Reader did not answer.",
        is_done=True,
    ),
    "reader_offline": Fault(
        _PROCESS, status=400, code="terminal_reader_offline", message="Reader is offline."
    ),
}  # fmt: skip


def fault(name: str, call: str | None = None, *, skip: int = 0) -> Fault:
    """The fault of this name, at another call than its own if given. Raises KeyError."""
    known = FAULTS[name]
    return replace(known, call=call or known.call, skip=skip)


@dataclass(frozen=True, slots=True)
class Guest:
    """What the next guest does at the reader; the reader takes one for each payment.

    card: a key of `cards.CARDS`. does: "pays", "cancels" at the reader, "waits" and does nothing,
    or "breaks" the reader. at: "look", after the reader was asked `looks` times; "cancel", while
    the till cancels the action; "after_cancel", when that seemed to have worked. is_slow: card,
    PIN and bank each take one look more. seconds: not before so many have gone by.
    """

    card: str = "visa"
    does: Literal["pays", "cancels", "waits", "breaks"] = "pays"
    at: Literal["look", "cancel", "after_cancel"] = "look"
    looks: int = 1
    is_slow: bool = False
    seconds: float = 0
    knows_pin: bool = True
