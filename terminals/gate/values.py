"""What gates ask and what they are told, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Gate:
    """Where somebody wants in: house, the gate's name for people, and the device that asks."""

    facility: str
    name: str
    device: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """Let in; visits_left: of a pass that counts them."""

    key: UUID
    kind: str
    code: str
    replayed: bool = False
    visits_left: int | None = None


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """reason: used, other_house, not_yet, expired, returned, supplement, empty, unknown, unread,
    withdrawn; data: what explains it. was_open: the gate had opened, and this is kept."""

    key: UUID
    reason: str
    data: Mapping[str, Any]
    was_open: bool = False
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. at: when it was scanned, aware. now: by the centre's clock."""

    text: str
    gate: Gate
    at: datetime
    key: UUID
    was_open: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not; other: the admission it contradicts."""

    reason: str
    data: Mapping[str, Any]
    other: UUID | None = None


Outcome = Admitted | NotAdmitted


def day_refusal(first: date, last: date, today: date) -> Refusal | None:
    """Why something that holds from `first` to `last`, both included, does not today."""
    if today < first:
        return Refusal("not_yet", {"on": first.isoformat()})
    return Refusal("expired", {"on": last.isoformat()}) if today > last else None
