"""What the guest sees on a display of their own: what is paid, and what to do now.

Read-only, and nothing of the cashier: no chips, no reasons of concessions, no words of devices.
"""

from dataclasses import dataclass
from typing import Literal

from terminals.till.pages.basket import Way
from terminals.till.pages.frame import Language

GuestStep = Literal[
    "closed",  # nobody works here, or it is no till
    "ready",  # the next guest
    "basket",
    "cash",
    "wait",  # a device or a person is busy for a moment
    "card", "terminal", "pin", "bank", "remove_card", "other_card",
    "unclear",  # nobody knows yet whether it was paid
    "declined",
    "code",  # a balance: the guest's own code is wanted
    "short",  # and does not suffice
    "link",  # qr is the link's
    "paid",  # way, change_cents; qr is the receipt's
    "notice",  # to be paid later
    "free",
    "back",  # money goes back: the same card again
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GuestLine:
    """One line of the basket, by its name in the guest's language."""

    quantity: int
    name: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class GuestPage:
    """The whole page. version: as in Frame. amount_cents: to pay, paid or given back.

    language: the guest's own. qr: address of a picture, "" without one.
    """

    site: str
    version: int
    step: GuestStep
    language: Language = "de"
    lines: tuple[GuestLine, ...] = ()
    amount_cents: int = 0
    way: Way | None = None
    change_cents: int | None = None
    qr: str = ""
