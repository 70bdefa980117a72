"""One thing a till sent, where it was sent from, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.entries import Conflict, Posted, Refused
from ledger.outcomes import ChargeInvalid, Recorded, ServiceOutcome
from terminals.errors import KeyConflict

NO_REASON = "Ohne Angabe"  # for the books, where somebody had to say why and did not


@dataclass(frozen=True, slots=True)
class Item:
    """An item whose envelope was understood; `body` as it came, `at` by the till's clock."""

    key: UUID
    seq: int
    kind: str
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Who sends: a device bound to one till of a facility."""

    device: str
    facility: str
    till: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item is answered with, the first time and ever after.

    state: taken, refused, conflict or invalid. code, data: why not, as in a problem.
    """

    state: str
    entry_id: int | None = None
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


TAKEN = Outcome("taken")


def refused(code: str, **data: Any) -> Outcome:
    """The centre says no for good; a person has to look at it."""
    return Outcome("refused", code=code, data=data)


def invalid(code: str, **data: Any) -> Outcome:
    """The item is wrong in itself."""
    return Outcome("invalid", code=code, data=data)


def key_conflict(key: UUID) -> Outcome:
    """The key was used before for something else."""
    return Outcome("conflict", code=KeyConflict.code, data={"key": str(key)})


def outcome_of(answer: ServiceOutcome | None) -> Outcome:
    """The journal's answer in a till's words; None where nothing had to be booked."""
    match answer:
        case None | Recorded():
            return Outcome("taken", replayed=answer is not None and answer.replayed)
        case Posted(entry_id=entry_id, replayed=replayed):
            return Outcome("taken", entry_id, replayed=replayed)
        case Refused(code=code, data=data, replayed=replayed):
            return Outcome("refused", code=code, data=data, replayed=replayed)
        case ChargeInvalid(code=code, data=data):
            return Outcome("invalid", code=code, data=data)
        case Conflict(key=key):
            return key_conflict(key)
