"""What waits for somebody (S47, S48): unclear payments, approvals, parked baskets, conflicts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

NoticeKind = Literal["unclear", "approval", "approved", "parked", "conflict", "not_sent"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One row: what happened, what to do, one key.

    kind decides the words and the action: unclear → `open_unclear attempt`, approval and approved
    → `open_refund id`, parked → `resume basket` (dashed while its payment is unclear), conflict →
    `open_conflict id`, not_sent → nothing to do. id: for the action. code: of a conflict's reason,
    under "conflict.". number: of its receipt. is_locked: parked, and its payment is unclear.
    """

    kind: NoticeKind
    id: str
    since: datetime
    amount_cents: int = 0
    number: str = ""
    code: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """S47: by urgency. conflicts: how many the centre did not accept."""

    template: ClassVar[str] = "notices/notices.html"
    rows: tuple[Notice, ...]
    conflicts: int = 0
    not_sent: int = 0
    state: Literal["notices"] = "notices"


@dataclass(frozen=True, slots=True)
class Conflict:
    """S48: one item the centre did not accept; the sale stands. Action: `back`.

    what: of the item, under "item."; a sale that lets somebody in with a pass is a "visit".
    used_at, gate: of what a visit contradicts, if known. technical: code, key and time for support.
    """

    template: ClassVar[str] = "notices/conflict.html"
    what: str
    at: datetime
    code: str
    number: str = ""
    amount_cents: int = 0
    technical: str = ""
    used_at: str = ""
    gate: str = ""
    state: Literal["conflict"] = "conflict"
