"""After the sale (S41 to S46): the last receipts, voids, refunds and their second person."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from terminals.till.pages.basket import Way

ReceiptState = Literal["paid", "voided", "refunded", "part_refunded", "unclear", "not_sent"]
Filter = Literal["shift", "today", "search"]


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One line of the list. Action: `receipt number`."""

    number: str
    sold_at: datetime
    amount_cents: int
    way: Way
    state: ReceiptState = "paid"
    last4: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of a receipt. line: its number for a refund by line."""

    line: int
    quantity: int
    name: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ReceiptDetail:
    """The receipt on the right. Actions: `print number`, `qr number`, `begin_void number` (same
    shift) or `begin_refund number` (later).

    qr: address of the picture, shown after `qr number`. may_void: same shift and still paid;
    may_refund: after the shift and something is left of it.
    """

    number: str
    sold_at: datetime
    amount_cents: int
    way: Way
    lines: tuple[SoldLine, ...]
    state: ReceiptState = "paid"
    scheme: str = ""
    last4: str = ""
    qr: str = ""
    may_void: bool = False
    may_refund: bool = False


@dataclass(frozen=True, slots=True)
class Receipts:
    """S41. Actions: `filter what [text]`, `receipt number`. text: what is looked for."""

    template: ClassVar[str] = "receipts/receipts.html"
    rows: tuple[ReceiptRow, ...]
    filter: Filter = "shift"
    text: str = ""
    detail: ReceiptDetail | None = None
    state: Literal["receipts"] = "receipts"


@dataclass(frozen=True, slots=True)
class VoidChoice:
    """S42. Actions: `void number reason key`, `back`. reasons: codes under "void_reason."."""

    template: ClassVar[str] = "receipts/void.html"
    number: str
    sold_at: datetime
    amount_cents: int
    way: Way
    lines: tuple[SoldLine, ...]
    reasons: tuple[str, ...]
    key: str
    state: Literal["void"] = "void"


@dataclass(frozen=True, slots=True)
class RefundStart:
    """S43. Actions: `refund number reason key lines` (lines: "0:1,2:3", line and pieces; left out
    for the whole), `back`.

    left_cents: what is left of the sale. limit_cents: above it a second person approves.
    """

    template: ClassVar[str] = "receipts/refund.html"
    number: str
    sold_at: datetime
    amount_cents: int
    left_cents: int
    way: Way
    lines: tuple[SoldLine, ...]
    reasons: tuple[str, ...]
    limit_cents: int
    key: str
    state: Literal["refund"] = "refund"


@dataclass(frozen=True, slots=True)
class RefundPending:
    """S44 to S46. Actions: `refund_here id pin` (second person), `refund_withdraw id`,
    `refund_pay id key` (once approved), `refund_slip id` (the guest cannot wait), `refund_remind
    id` (every two minutes), `back`.

    step: "pending", "approved" (by a person or by rule) or "refused" (with reason). asked_at:
    aware. is_long: nobody answered for a quarter of an hour. problem: "own" (the person's own
    request), "pin_wrong", "not_manager" or "". is_sent: the centre has the request. can_remind:
    it can be told now. reminded_at: aware, when the second person was reminded last.
    """

    template: ClassVar[str] = "receipts/pending.html"
    id: str
    number: str
    amount_cents: int
    way: Way
    asked_at: datetime
    step: Literal["pending", "approved", "refused"]
    limit_cents: int
    key: str
    reason: str = ""
    refusal: str = ""
    decided_at: datetime | None = None
    is_sent: bool = True
    is_long: bool = False
    asks_pin: bool = False
    problem: Literal["", "own", "pin_wrong", "not_manager"] = ""
    lines: tuple[SoldLine, ...] = ()
    can_remind: bool = True
    reminded_at: datetime | None = None
    state: Literal["refund_pending"] = "refund_pending"
