"""Getting in: connecting the device, signing in by PIN, the lock (S01 to S03)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Enrolment:
    """S01, first half: the code that the centre shows. Actions: `enrol code`.

    code: what was typed, to be corrected. problem: "code" (wrong or expired), "centre"
    (unreachable), "taken" (the till has a device; `till` names it), "storage" (the browser would
    not keep what it must) or "". is_busy: the centre was asked and has not answered.
    """

    template: ClassVar[str] = "entry/enrolment.html"
    code: str = ""
    problem: Literal["", "code", "centre", "taken", "storage"] = ""
    till: str = ""
    is_busy: bool = False
    state: Literal["enrolment"] = "enrolment"


@dataclass(frozen=True, slots=True)
class ConfirmTill:
    """S01, second half: "Dieses Gerät wird: Kasse 2, Schwimmhalle Süd. Stimmt das?"

    Actions: `confirm_till` and `connect_another` (the code was for another till).
    tills: of this site as (code, name), where this browser may become one of several.
    """

    template: ClassVar[str] = "entry/confirm_till.html"
    till: str
    site: str
    tills: tuple[tuple[str, str], ...] = ()
    state: Literal["confirm_till"] = "confirm_till"


@dataclass(frozen=True, slots=True)
class PinEntry:
    """S02: who works here now; no names. Actions: `pin digits` (the sixth digit sends it).

    note: what the last shift left, "" without one. tries_left: None as long as none was wrong.
    blocked_until: aware; then the pad is locked. is_offline: only people known here can enter.
    length: digits of a PIN.
    """

    template: ClassVar[str] = "entry/pin.html"
    note: str = ""
    tries_left: int | None = None
    blocked_until: datetime | None = None
    is_offline: bool = False
    length: int = 6
    state: Literal["pin"] = "pin"


@dataclass(frozen=True, slots=True)
class Locked:
    """S03: locked, the shift goes on. Actions: `pin digits`; `hand_over` for another's PIN.

    payment: what a payment that runs on is doing, as a key of `STEPS` of the adapters, or
    "approved", "declined", "aborted", "unknown"; None without one. has_basket: a basket is kept.
    other_person: the PIN was somebody else's; asks whether to hand the till over.
    """

    template: ClassVar[str] = "entry/locked.html"
    payment: str | None = None
    payment_cents: int = 0
    has_basket: bool = False
    other_person: bool = False
    tries_left: int | None = None
    blocked_until: datetime | None = None
    length: int = 6
    state: Literal["locked"] = "locked"
