"""The values of the journal: what a caller asks to be booked and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from ledger.money import Money

LARGEST_CENTS = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a transfer belongs to, as codes of the city's catalogue; None where it does not apply.

    `case_reference` (Kassenzeichen) may lead to a person: it is kept apart from the books with
    a salt of its own, and the canonical bytes hold only its HMAC.
    """

    facility: str | None = None
    product: str | None = None
    cost_centre: str | None = None
    tax_code: str | None = None
    sphere: str | None = None
    channel: str | None = None
    till: str | None = None
    shift: str | None = None
    case_reference: str | None = None

    def __post_init__(self) -> None:
        if self.case_reference is not None and not 1 <= len(self.case_reference) <= 64:
            raise ValueError("a case reference has 1 to 64 characters; leave it out where none is")


# The dimensions that are columns of a transfer, in this order; the case reference is kept apart.
DIMENSIONS = tuple(each.name for each in fields(Dimensions) if each.name != "case_reference")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One Buchungssatz: `debit` an `credit`, account codes such as `371000/W-000017`.

    Raises ValueError for an amount that is not positive or one account on both sides.
    """

    debit: str
    credit: str
    amount: Money
    dimensions: Dimensions = field(default=Dimensions())

    def __post_init__(self) -> None:
        if not 0 < self.amount.cents <= LARGEST_CENTS:
            raise ValueError(
                f"a transfer moves a positive amount below a billion, not {self.amount}"
            )
        if self.debit == self.credit:
            raise ValueError(f"a transfer needs two accounts, not {self.debit} twice")


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking to be posted: one or more transfers that stand or fall together.

    key: made by whoever starts the booking and saved there before it is sent.
    event: what happened, a name of the posting rules ("sale", "top_up", "meal").
    booked_on: business day in the city.
    reference: receipt number or source id, nothing that names a person.
    request: the caller's own bytes; a repeated key must come with the same ones. Left out,
        the entry's content stands in for them.
    reverses: id of the entry this one takes back in full; set by `reverse()` alone.
    """

    key: UUID
    event: str
    booked_on: date
    transfers: tuple[Transfer, ...]
    reference: str | None = None
    request: bytes | None = None
    reverses: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.transfers) <= 500:
            raise ValueError(f"an entry has 1 to 500 transfers, not {len(self.transfers)}")


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry is in the books. `replayed`: it was already, from an earlier call."""

    key: UUID
    entry_id: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The books say no, for good: the same key will get the same answer for ever.

    code: stable reason ("balance_too_low", "day_closed", "already_reversed", "linked_refused").
    data: what a person needs to understand it, e.g. available and needed cents.
    """

    key: UUID
    code: str
    data: Mapping[str, Any]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """The key was used before for other content; nothing was booked or stored."""

    key: UUID


Outcome = Posted | Refused | Conflict
