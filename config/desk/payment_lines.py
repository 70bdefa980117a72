"""What the pages about online payments show, as documented frozen dataclasses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.web.pages.shell import Shell
from ledger.case_answers import UnclearReceipt
from terminals.checkout.cases import OnlineCase
from terminals.checkout.queries import Dispute, Heard
from terminals.checkout.refunds import OnlineRefund
from terminals.checkout.values import Payment
from terminals.mail.sending import GivenUp


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment in words. kind: of the badge. note: how it was or will be paid, and why not."""

    payment: Payment
    title: str
    subject: str
    state: str
    kind: str
    age: str
    note: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One group of payments to choose, with how many are in it."""

    name: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """Payments of a group, or those found. wanted: what was searched for; is_full: there are
    more than shown."""

    shell: Shell
    tabs: Sequence[Tab]
    lines: Sequence[PaymentLine]
    wanted: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a payment. entry: of the journal, where it was booked."""

    at: datetime
    words: str
    note: str = ""
    amount_cents: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund in words. by: who asked; failure: why it failed, empty while it has not; barred:
    why the viewer cannot decide it, None if they can."""

    refund: OnlineRefund
    reason: str
    by: str
    state: str
    kind: str
    age: str
    failure: str
    barred: str | None


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute in words. is_urgent: its day is over, or less than three days away."""

    dispute: Dispute
    reason: str
    state: str
    kind: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What may be asked back of a payment: at most, and where it is taken from. key: of the
    form; typed: amount and reason as they were sent."""

    most_cents: int
    source: str
    key: UUID
    typed: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One payment with all that happened. page: the provider's id of its page."""

    shell: Shell
    line: PaymentLine
    page: str | None
    steps: Sequence[Step]
    refunds: Sequence[RefundLine]
    disputes: Sequence[DisputeLine]
    give_back: GiveBack | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RefundsPage:
    """What waits for a second person, and what failed and has to go another way."""

    shell: Shell
    waiting: Sequence[RefundLine]
    failed: Sequence[RefundLine]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One online case in words. advice: what to do about it; facts: its details."""

    case: OnlineCase
    title: str
    advice: str
    age: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ClearingPage:
    """All that has to be looked at. may_close: whether the viewer answers cases; problem: why an
    answer was not taken."""

    shell: Shell
    disputes: Sequence[DisputeLine]
    cases: Sequence[CaseLine]
    receipts: Sequence[tuple[UnclearReceipt, UUID | None]]
    messages: Sequence[tuple[Heard, str]]
    letters: Sequence[GivenUp]
    may_close: bool
    problem: str | None = None
