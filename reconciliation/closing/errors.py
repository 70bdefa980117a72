"""What closing refuses.

ReconciliationError
├── ClosingBlocked        something must be done first: each blocker names its place
├── ClosingChanged        the totals are no longer those the signer looked at
├── FirstSignatureLapsed  the totals changed since the first signature
├── AlreadySigned         somebody else signed in this place meanwhile
├── OwnSignature          the first signature is the signer's own
└── PeriodLocked          two people have signed; there is no way back
"""

from dataclasses import dataclass
from datetime import date

from reconciliation.errors import ReconciliationError


@dataclass(eq=False)
class ClosingBlocked(ReconciliationError):
    """What stands in the way, by the codes of `reconciliation.closing.blockers`."""

    code = "closing_blocked"
    period: date
    blockers: tuple[str, ...]


@dataclass(eq=False)
class ClosingChanged(ReconciliationError):
    """The page showed other totals than the ones that would be signed now."""

    code = "closing_changed"
    period: date


@dataclass(eq=False)
class FirstSignatureLapsed(ReconciliationError):
    """What the first person signed is no longer so: the first signature is needed again."""

    code = "closing_first_lapsed"
    period: date
    first: str


@dataclass(eq=False)
class AlreadySigned(ReconciliationError):
    """This place has its signature, by `name`."""

    code = "closing_already_signed"
    period: date
    name: str


@dataclass(eq=False)
class OwnSignature(ReconciliationError):
    """Nobody signs twice: another person has to lock."""

    code = "closing_own_signature"
    period: date


@dataclass(eq=False)
class PeriodLocked(ReconciliationError):
    """The day or month is locked for good."""

    code = "closing_locked"
    period: date
