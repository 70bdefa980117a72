"""The frame around every screen of the register: where we are, who may go where, what is wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Language = Literal["de", "en"]
Screen = Literal["sale", "receipts", "till", "notices"]

# One thing that is wrong, or was: each has a word, a shape and a colour of its own. Nothing wrong
# is no chip at all: the face then says "Alles bereit".
ChipKind = Literal[
    "not_sent",  # number
    "offline",  # the centre is silent, and nothing waits for it yet
    "sent",  # the line is back and everything went through; shown for four seconds
    "unclear",  # number of payments
    "terminal_offline",
    "terminal_end_of_day",
    "printer",
    "paper",
    "tse",  # since
    "clock",  # number of minutes
    "prices_old",  # day: whose prices are sold at, for want of today's
    "cash_limit",  # amount_cents is the limit, never what lies in the drawer
    "approvals",  # number
    "storage",
    "revoked",  # the centre knows this device no more
]


@dataclass(frozen=True, slots=True)
class Chip:
    """One status chip; which of the fields it uses stands beside its kind."""

    kind: ChipKind
    number: int = 0
    amount_cents: int = 0
    since: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """name: "Früh". opened_at: aware. is_closing: it is being counted and closed."""

    name: str
    opened_at: datetime
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class LastSale:
    """The strip at the foot of the tiles: the newest receipt of this till in this shift.

    way: card, cash, wallet, link, notice or free. is_sent: the centre has it. may_void: it can be
    voided right here. state: "paid" or "void".
    """

    number: str
    paid_at: datetime
    amount_cents: int
    way: str
    is_sent: bool
    may_void: bool = True
    state: Literal["paid", "void"] = "paid"


@dataclass(frozen=True, slots=True)
class Guests:
    """How many came: of the shift, or of the whole day where museums count them.

    passes: with a multiple-visit or holiday card. free: without paying.
    """

    count: int
    free: int
    passes: int = 0
    of: Literal["shift", "day"] = "shift"


@dataclass(frozen=True, slots=True)
class Message:
    """What the last action came to, said once and in words; gone after the next action.

    what: an id of the catalogue without "message." ("aborted", "printed", "printer_silent",
    "checked_not_paid", "payment_was_faster", ...). values: for its placeholders, already in words
    or cents (a name that ends in `_cents` is shown as an amount).
    """

    what: str
    tone: Literal["good", "info", "warning", "danger"] = "info"
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the stage.

    till, site: names, "" until the device is enrolled. city: for the screen before sign-in.
    language: of this cashier. now: aware, what the clock shows. version: grows with every change
    of this till; the page asks for news with it. screen: which key of the rail is lit; None while
    nobody is signed in or the register is locked, then there is no rail at all. is_rail_open:
    False while a card payment runs, only Lock works then. notice_count: the number at the bell.
    not_sent: items the centre does not have yet. sound: to be played once when this version
    arrives: "sold", "scan_ok", "scan_refused", "declined", "unclear", "bell" or "". lock_seconds:
    the register locks itself when nobody touched it for so long (S03); 0: never.
    """

    till: str
    site: str
    now: datetime
    version: int
    city: str = ""
    language: Language = "de"
    screen: Screen | None = "sale"
    is_rail_open: bool = True
    shift: Shift | None = None
    chips: tuple[Chip, ...] = ()
    notice_count: int = 0
    not_sent: int = 0
    message: Message | None = None
    sound: str = ""
    lock_seconds: int = 0
