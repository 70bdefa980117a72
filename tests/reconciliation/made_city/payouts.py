"""What providers pay out: a batch or transfer, when it is due, and what happens to it."""

from dataclasses import dataclass, field
from datetime import date

from tests.reconciliation.made_city.truth import Case


@dataclass(slots=True, eq=False)
class Payout:
    """Money on its way to the bank; `case` is the fault of its file, if that has one."""

    id: str
    provider: str  # stripe, card, girocard
    account: str
    office: str
    day: date  # of the close; a Stripe transfer: of its making
    settle: date
    gross: int
    fee: int
    net: int
    trace: str
    case: Case | None = None
    fault: str = ""
    waiting: list[str] = field(default_factory=list)
