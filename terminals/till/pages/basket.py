"""The column on the right: what is being paid, how, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Way = Literal["card", "cash", "wallet", "link", "notice", "free"]

# Why a pay key stays in its place without working; "terminal" still leads to the panel that helps.
Blocked = Literal["empty", "network", "terminal", "unclear", "case", "proof", "busy", "limit"]
Undo = Literal["asked", "done", "kept"]


@dataclass(frozen=True, slots=True)
class Calculation:
    """How the price of one piece came about: base, plus a surcharge or times a factor.

    basis: the law that says so, "§ 15 Abs. 2 PassV", "".
    """

    base_cents: int
    plus_cents: int | None = None
    times: int | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Actions: `line op=mark|more|less|remove|set line [quantity]`, `proof line`.

    line: its id for actions. amount_cents: of the whole line, gross. proof: None where none is
    needed, "seen", or "asked" (the pay keys wait for the tap). is_marked: touched last, carries
    minus, plus and bin. price_since: first day of its price, where the day matters. price_before:
    the last day of the earlier price and that price. may_waive, may_redate: offers "Gebührenfrei"
    (`waive line`) and "Preis vom ..." (`price_date line`). waived: the reason's code.
    """

    line: str
    quantity: int
    name: str
    amount_cents: int
    note: str = ""
    proof: Literal["seen", "asked"] | None = None
    is_marked: bool = False
    calculation: Calculation | None = None
    price_since: date | None = None
    price_before: tuple[date, int] | None = None
    price_of: date | None = None
    may_waive: bool = False
    may_redate: bool = False
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class VatLine:
    """kind "rate": amount_cents is the tax in the total at `percent`; "exempt": amount_cents is
    the gross that is free of tax; "official": fees of an authority, no amount."""

    kind: Literal["rate", "exempt", "official"]
    amount_cents: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True)
class PayKey:
    """One way to pay. Action: `pay way key`. blocked: None when it works. limit_cents: what it
    takes at most now (wallet without a connection), said in the key."""

    way: Way
    blocked: Blocked | None = None
    limit_cents: int | None = None


@dataclass(frozen=True, slots=True)
class CaseField:
    """S35: the case number of the citizens' office. Action: `case number`.

    number: digits without blanks, the page groups them by four. check: None while empty, "ok", or
    "digit" (the check digit at `digit`, counted from 1, does not fit) or "short". is_first: the
    key was tapped without a case, focus belongs here.
    """

    number: str = ""
    check: Literal["ok", "digit", "short"] | None = None
    digit: int | None = None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Why the basket cannot be changed.

    reason: "card" (a payment runs), "unclear", "link" (a link is open), "cash" or "wallet" (being
    paid so). cancel: the key Abbrechen: "offered", "sent" (dashed, waits for the terminal), "late"
    (the bank has it) or None (no key). attempt: for `cancel attempt`.
    """

    reason: Literal["card", "unclear", "link", "cash", "wallet"]
    cancel: Literal["offered", "sent", "late"] | None = None
    attempt: str = ""


Refused = Literal[
    "used", "visited", "empty", "expired", "not_yet", "blocked", "unknown", "elsewhere",
    "unheard", "offline_limit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """S33: a pass was scanned; beside the basket, which it does not touch.

    Actions: `visit_more`, `visit_undo` (until undo_until, aware), `add product` for "Einzeleintritt
    verkaufen". name: of the pass. admitted: people with this scan. visits_left: None for a holiday
    card. refused: None, "used" (today: used_at, gate), "visited" (before), "empty", "expired"
    (expired_on), "not_yet" (not_yet_on), "blocked", "unknown" or "elsewhere" (not valid at this
    site); while the centre is silent "unheard" (of this pass) or "offline_limit" (most, a day).
    is_alone: let in while the centre was silent. single: the product to sell instead.
    undo: the last visit is "asked" back, that is "done", or the centre "kept" it.
    """

    name: str
    admitted: int = 0
    visits_left: int | None = None
    refused: Refused | None = None
    used_at: time | None = None
    gate: str = ""
    expired_on: date | None = None
    not_yet_on: date | None = None
    most: int = 0
    is_alone: bool = False
    undo_until: datetime | None = None
    single: str | None = None
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines, tax, total and the keys. Actions: `clear`, `undo_clear`, and those of its parts.

    key: a UUID made for this rendering of this basket; the same tap twice has the same key.
    unit: what lines are counted in. pay: in order, the first one is the big key; empty while
    locked. case: only at the citizens' office. rule: name of the rule that is on, with its code.
    may_undo_until: aware; the basket was emptied and can come back until then. task: what the
    total is called: to pay, to be clarified, or paid back.
    """

    key: str
    total_cents: int
    lines: tuple[Line, ...] = ()
    vat: tuple[VatLine, ...] = ()
    pay: tuple[PayKey, ...] = ()
    unit: Literal["articles", "fees"] = "articles"
    task: Literal["pay", "clarify", "refund"] = "pay"
    lock: Lock | None = None
    case: CaseField | None = None
    rule: tuple[str, str] | None = None
    may_undo_until: datetime | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class IssuedPass:
    """A multiple-visit card sold just now. visits: 10. is_printed: False offers to print again
    (`print number`) and the QR code (`qr number`)."""

    name: str
    visits: int
    valid_until: date
    is_printed: bool = True


@dataclass(frozen=True, slots=True)
class Paid:
    """S14: stands in the basket's column until the next tap or scan. Actions: `print number`,
    `qr number`, `void number`, `keep attempt`, `take_back attempt key`.

    number: of the receipt. scheme, entry: as in the adapters' Evidence, "girocard" and
    "contactless". qr: the address of the picture, "" without one. change_cents: cash to hand back,
    None otherwise. said: a sentence above: "checked" (S18), "faster" (S16: asks keep or take
    back), "unwanted" (S18) or "by_link". attempt, key: for taking it back. visit: as in Basket.
    free_tickets: how many free tickets were issued.
    """

    amount_cents: int
    way: Way
    number: str
    paid_at: datetime
    scheme: str = ""
    entry: str = ""
    qr: str = ""
    change_cents: int | None = None
    said: Literal["", "checked", "faster", "unwanted", "by_link"] = ""
    attempt: str = ""
    key: str = ""
    passes: tuple[IssuedPass, ...] = ()
    free_tickets: int = 0
    is_printed: bool = False
    must_print: bool = False
    may_void: bool = True
    visit: Visit | None = None
    state: Literal["approved"] = "approved"
