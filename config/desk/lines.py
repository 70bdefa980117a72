"""What the pages of the desk show, as one documented frozen dataclass per page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.web.pages.shell import Shell
from terminals.enrolment import EnrolmentCode
from terminals.mail.sending import GivenUp
from terminals.portal.invitations import Waiting
from terminals.till_queries import OpenCode, TerminalTotal


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One request in words.

    state: pending, approved, refused or withdrawn; kind: of its badge. missing: money is not
    there, so the amount is below zero. barred: why the viewer cannot decide it, None if they can.
    reminded: that somebody at the till reminded of it, and when; "" while it waits quietly.
    """

    id: UUID
    title: str
    state: str
    kind: str
    place: str
    till: str
    subject: str
    amount_cents: int
    reason: str
    requester: str
    requested_at: datetime
    age: str
    decider: str | None
    decided_at: datetime | None
    decision_reason: str | None
    barred: str | None
    reminded: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """What waits, the oldest first, and what was decided lately."""

    shell: Shell
    pending: Sequence[ApprovalLine]
    decided: Sequence[ApprovalLine]


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """A line of the charge that goes back."""

    product: str
    quantity: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """One request with all there is to know. lines: of a refund; paid_by: the way it was paid.

    typed: the reason as it was sent; problem: why the decision was not taken.
    """

    shell: Shell
    line: ApprovalLine
    lines: Sequence[RefundedLine]
    sold_at: datetime | None
    paid_by: str | None
    problem: str | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class TillLine:
    """One till. heard: how long ago it sent something, in words; kind: of its badge."""

    till: str
    name: str
    place: str
    device: str | None
    state: str
    kind: str
    heard: str
    shift: str | None
    opened_by: str | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """A payment nobody knows the end of, with its age in words."""

    title: str
    till: str
    place: str
    terminal: str | None
    amount_cents: int
    age: str
    note: str


@dataclass(frozen=True, slots=True)
class NotTakenLine:
    """Something the centre did not book, in words."""

    title: str
    state: str
    kind: str
    till: str
    place: str
    sale: str | None
    happened_at: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class TillsPage:
    """Every till with a device, and what needs a look."""

    shell: Shell
    tills: Sequence[TillLine]
    attempts: Sequence[AttemptLine]
    not_taken: Sequence[NotTakenLine]
    totals: Sequence[TerminalTotal]


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device; `is_in_use` until it is revoked."""

    name: str
    role: str
    place: str
    added_at: datetime
    revoked_at: datetime | None

    @property
    def is_in_use(self) -> bool:
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class DevicesPage:
    """All devices, codes that still open a till, and tills a code can be made for.

    made: a code shown now and never again. tills: (code, words).
    """

    shell: Shell
    devices: Sequence[DeviceLine]
    codes: Sequence[OpenCode]
    tills: Sequence[tuple[str, str]]
    made: EnrolmentCode | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FamiliesPage:
    """Children of the chosen daycare without a payer; undelivered: mail that nobody got."""

    shell: Shell
    houses: Sequence[tuple[str, str]]
    chosen: str
    waiting: Sequence[Waiting]
    undelivered: Sequence[GivenUp]
