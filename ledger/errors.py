"""What the ledger says no to, one class each, under one root.

    LedgerError
    ├── UnknownAccount      an account code that is not in the chart
    ├── UnknownEntry        an entry id that is not in the books
    ├── HoldUnknown         a hold nobody placed
    ├── HoldResolved        a hold that was already captured, voided or has expired
    ├── HoldExceeded        more is captured than was held
    ├── DayAlreadyClosed    a business day that is closed for good
    ├── BatchContended      other batches with the same keys kept coming first
    └── SealBusy            the fence was never free long enough to seal

Refusals of a booking are no exceptions but stored answers: see `ledger.entries.Refused`.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID


class LedgerError(Exception):
    """Root of everything the ledger refuses by exception."""

    code: ClassVar[str]


def constraint_of(trouble: Exception) -> str | None:
    """The name of the constraint a database error is about, if it names one."""
    diagnosis = getattr(getattr(trouble, "orig", trouble), "diag", None)
    name: str | None = getattr(diagnosis, "constraint_name", None)
    return name


@dataclass
class UnknownAccount(LedgerError):
    """The chart has no account of this code (or it is a control account)."""

    account: str
    code = "unknown_account"


@dataclass
class UnknownEntry(LedgerError):
    """The books have no entry of this id."""

    entry_id: int
    code = "unknown_entry"


@dataclass
class HoldUnknown(LedgerError):
    """No hold has this id."""

    hold_id: UUID
    code = "hold_unknown"


@dataclass
class HoldResolved(LedgerError):
    """The hold came to its end before: `kind` is captured, voided or expired."""

    hold_id: UUID
    kind: str
    code = "hold_resolved"


@dataclass
class HoldExceeded(LedgerError):
    """More than the held amount was to be captured."""

    hold_id: UUID
    held_cents: int
    wanted_cents: int
    code = "hold_exceeded"


@dataclass
class DayAlreadyClosed(LedgerError):
    """The day was closed before; closing is once and for good."""

    day: date
    code = "day_already_closed"


@dataclass
class BatchContended(LedgerError):
    """Twins of the same keys committed first on every try; nothing was written, try again."""

    tries: int
    code = "batch_contended"


@dataclass
class SealBusy(LedgerError):
    """Posters held the fence through every try; the next run seals what this one left."""

    tries: int
    code = "seal_busy"
