"""What online payments are for: each purpose is a module that says what money of its kind books.

    # terminals/checkout/purposes/donation.py
    def received(session, payment, *, at):       # the money is here; called once per payment
        return book(session, payment.id, "donation", ...)     # the entry's id

    def reversed_(session, payment, amount_cents, *, at):     # the money has gone again
        recover(session, payment, amount_cents, account=None, at=at)

`received` must book the money even when its subject was settled otherwise meanwhile:
`booking.without_use` keeps it apart then. When `reversed_` is called, the money stands as a claim
in 171200, and what can be recovered is booked against it. A module may have more:

- `promised(session, payment, *, limit_cents, at) -> int | None`: a debit is on its way; credit it
  early against 184300, or not (None)
- `promise_broken(session, payment, *, at)`: it did not come; it stands as a claim in 171200
- `given_back(session, payment, amount_cents, *, key, at) -> int`: take from the subject what is to
  be refunded, into 371300
- `ended(session, payment, *, at)`: it ended without money
- `sent_back(session, payment, amount_cents, *, key)`: a refund was paid out
- `not_sent_back(session, payment, entry, amount_cents, *, key, at) -> bool`: what `given_back` took
  by this entry could not be paid out; give it to the subject again, or leave it (False) in 371300

All of them run in the transaction that moves the payment, under its lock. A new purpose is a new
module here; nothing else names it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Purpose:
    """The functions of one module; None where it has none."""

    received: Callable[..., int | None]
    reversed_: Callable[..., Any]
    promised: Callable[..., int | None] | None
    promise_broken: Callable[..., None] | None
    given_back: Callable[..., int] | None
    ended: Callable[..., None] | None
    sent_back: Callable[..., None] | None
    not_sent_back: Callable[..., bool] | None


@cache
def load() -> Mapping[str, Purpose]:
    """Every purpose by the name of its module."""
    modules = {
        found.name: importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    }
    return MappingProxyType({name: _purpose(module) for name, module in modules.items()})


def _purpose(module: Any) -> Purpose:
    names = ("promised", "promise_broken", "given_back", "ended", "sent_back",
             "not_sent_back")  # fmt: skip
    return Purpose(
        module.received, module.reversed_, *(getattr(module, name, None) for name in names)
    )
