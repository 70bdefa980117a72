"""What casework says no to.

ReconciliationError
├── CaseUnknown        no difference has this number
├── CaseChanged        somebody else, or the night, changed the case since it was opened
├── CaseworkRefused    what was asked for is not possible; `code` says why
└── ReleaseUnknown     nobody asked for this release
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciliation.errors import ReconciliationError


@dataclass(eq=False)
class CaseUnknown(ReconciliationError):
    """No difference has this number."""

    code = "difference_unknown"
    number: int


@dataclass(eq=False)
class CaseChanged(ReconciliationError):
    """The case is not what its reader saw. who: a name, None where it was the night."""

    code = "difference_changed"
    number: int
    who: str | None
    at: datetime | None
    did: str | None = None


@dataclass(eq=False)
class ReleaseUnknown(ReconciliationError):
    """Nobody asked for this release."""

    code = "release_unknown"
    request: str


class CaseworkRefused(ReconciliationError):
    """`code` says why: difference_closed, difference_open, difference_waits, difference_words,
    difference_proposal, difference_unlike, difference_sum, difference_account, difference_codes,
    difference_taken, difference_person, difference_due, difference_undone, difference_booking,
    release_decided, release_own, release_role, release_stale, receipt_unknown, filter_name,
    filter_count.

    data: what a person needs to understand it.
    """

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data
