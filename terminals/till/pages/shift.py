"""The drawer and the shift (S04, S60 to S66): count blind, compare, settle, close, hand over."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from terminals.till.pages.frame import Guests

Purpose = Literal["open", "close", "hand_over", "drop", "audit"]
DeviceName = Literal["terminal", "printer", "centre"]
DeviceState = Literal["ready", "silent", "missing"]


@dataclass(frozen=True, slots=True)
class CountRow:
    """One coin or note. cents: its value. pieces: None while nobody has counted it; 0 counts.

    roll: pieces of a roll of this coin, 0 for notes. is_current: the pad writes here.
    """

    cents: int
    pieces: int | None = None
    roll: int = 0
    is_current: bool = False

    @property
    def is_note(self) -> bool:
        """A note, not a coin."""
        return self.cents >= 500


@dataclass(frozen=True, slots=True)
class CountPad:
    """A count in the making. Actions: `count coin pieces` (pieces "" takes it back; the next row
    becomes current), `count_row coin`, `count_roll coin`, `count_rest` ("Rest ist 0"),
    `confirm_count`.

    rows: the largest first. counted_cents: of what was typed so far. missing: values not yet
    counted; while there are any, `confirm_count` is dashed. Nothing here says what is expected.
    """

    rows: tuple[CountRow, ...]
    counted_cents: int
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenShift:
    """S04. Actions: `open_step to=devices|float|start`, `check_devices`, those of the pad, and
    `open_shift [reason]`; `sign_out` leaves.

    step: where on the track. devices: each with its state. pad: at "float". float_cents: what was
    counted, at "start". safe_cents: what the safe book says, only where it differs from the count.
    note: what the last shift left.
    """

    template: ClassVar[str] = "shift/open.html"
    step: Literal["devices", "float", "start"]
    devices: tuple[tuple[DeviceName, DeviceState], ...] = ()
    pad: CountPad | None = None
    float_cents: int = 0
    safe_cents: int | None = None
    note: str = ""
    is_checking: bool = False
    state: Literal["open_shift"] = "open_shift"


@dataclass(frozen=True, slots=True)
class TillMenu:
    """The screen of the rail's key "Kasse". Actions: `begin what=drop|close|hand_over|audit`,
    `settle`, `lock`, `sign_out`, `shift_note text`.

    Never what lies in the drawer. guests: of the shift. drops: bag, cents and time of each
    safebag. settled: the last end of day of the terminal, None before. cash_limit_cents: of the
    drawer; is_over_limit: time to drop. can_settle: there is a terminal and nothing is unclear.
    note_before: what the last shift left; note: what this one leaves so far.
    """

    template: ClassVar[str] = "shift/menu.html"
    shift: str
    opened_at: datetime
    sales: int
    guests: Guests | None = None
    drops: tuple[tuple[str, int, datetime], ...] = ()
    settled: "EndOfDay | None" = None
    cash_limit_cents: int = 0
    is_over_limit: bool = False
    can_settle: bool = True
    is_settling: bool = False
    note_before: str = ""
    note: str = ""
    state: Literal["till_menu"] = "till_menu"


@dataclass(frozen=True, slots=True)
class BlindCount:
    """S61. Actions: those of the pad, `back` (nothing is lost).

    purpose: what the count is for. attempt: 1, or 2 after "Noch einmal zählen".
    """

    template: ClassVar[str] = "shift/count.html"
    purpose: Purpose
    pad: CountPad
    attempt: int = 1
    state: Literal["count"] = "count"


@dataclass(frozen=True, slots=True)
class Comparison:
    """S62, after the count was confirmed. Actions: `count_again` (once), `difference_reason
    reason`, `close_shift [key]`; at a hand-over `hand_over_pins`.

    reasons: codes under "difference.". reason: chosen, "" before. may_count_again: the first
    count alone. needs_second: above the limit; closing still works, a second person looks at it.
    limit_cents: of that. unclear: payments without an end that go to the next shift or to finance.
    """

    template: ClassVar[str] = "shift/comparison.html"
    purpose: Purpose
    expected_cents: int
    counted_cents: int
    reasons: tuple[str, ...] = ()
    reason: str = ""
    may_count_again: bool = False
    needs_second: bool = False
    limit_cents: int = 0
    unclear: int = 0
    state: Literal["comparison"] = "comparison"

    @property
    def difference_cents(self) -> int:
        """Above zero where there is more than expected."""
        return self.counted_cents - self.expected_cents


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """S63: the terminal's end of day; `step`: "running", "agrees", "differs", "failed" or
    "blocked" (an unclear payment first). Action: `settle` again, `close_shift`, `back`."""

    template: ClassVar[str] = "shift/end_of_day.html"
    step: Literal["running", "agrees", "differs", "failed", "blocked"]
    terminal_cents: int = 0
    till_cents: int = 0
    at: datetime | None = None
    is_closing: bool = False
    state: Literal["end_of_day"] = "end_of_day"


@dataclass(frozen=True, slots=True)
class HandOver:
    """S60: both sign with their PINs. Actions: `hand_over_pin digits`, `back`.

    signed: who has signed so far, "nobody" or "leaving". waiting: open payments and baskets that
    go over. problem: "pin_wrong", "same_person" or "".
    """

    template: ClassVar[str] = "shift/hand_over.html"
    signed: Literal["nobody", "leaving"] = "nobody"
    waiting: int = 0
    problem: Literal["", "pin_wrong", "same_person"] = ""
    tries_left: int | None = None
    length: int = 6
    state: Literal["hand_over"] = "hand_over"


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """S64. Actions: `print_protocol`, `leave_closed`, `shift_note text`.

    takings: way as in PayKey ("card", "cash", ...) and cents. reason: of a difference, "".
    not_sent: what the centre has still to hear. note: what this shift leaves to the next.
    """

    template: ClassVar[str] = "shift/closed.html"
    shift: str
    takings: tuple[tuple[str, int], ...]
    counted_cents: int
    difference_cents: int
    guests: int
    voids: int
    z_number: int
    not_sent: int = 0
    reason: str = ""
    note: str = ""
    state: Literal["shift_closed"] = "shift_closed"


@dataclass(frozen=True, slots=True)
class SafebagDrop:
    """S65. Actions: those of the pad (rows left empty are 0 here), `drop bag [bag_again]`,
    `back`. bag: what was scanned or typed; problem: "used", "differs" (typed twice, not alike),
    "empty" (nothing was counted) or ""."""

    template: ClassVar[str] = "shift/drop.html"
    pad: CountPad
    bag: str = ""
    problem: Literal["", "used", "differs", "empty"] = ""
    state: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class Audit:
    """S66: an unannounced audit, after its blind count. Actions: `print_audit`, `back`."""

    template: ClassVar[str] = "shift/audit.html"
    expected_cents: int
    counted_cents: int
    at: datetime
    drops: tuple[tuple[str, int, datetime], ...] = ()
    unclear: int = 0
    not_sent: int = 0
    state: Literal["audit"] = "audit"

    @property
    def difference_cents(self) -> int:
        """Above zero where there is more than expected."""
        return self.counted_cents - self.expected_cents
