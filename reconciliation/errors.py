"""What reconciliation refuses.

ReconciliationError
├── HeldBack              it is here already, with other content, and nothing says which is right
├── ForeignAccount        a statement of an account the city does not keep
├── IncompleteStatement   no id, no booking date or no closing balance to rely on
└── DangerousFile         too large, or an archive that may harm whoever unpacks it
"""

from dataclasses import dataclass
from typing import ClassVar


class ReconciliationError(Exception):
    """Root of what reconciliation refuses."""

    code: ClassVar[str]


@dataclass(eq=False)
class HeldBack(ReconciliationError):
    """It is here already and says something else now; only a person can tell which one counts.

    first: when the one that counts arrived, ISO 8601.
    """

    code = "held_back"
    series: str
    identity: str
    first: str | None

    def __str__(self) -> str:
        return f"{self.identity} of {self.series} is here already, with other content"


@dataclass(eq=False)
class DangerousFile(ReconciliationError):
    """Not opened any further. reason: "file_size", "unpacked_size", "member_count",
    "member_name", "nested", "encrypted" or "damaged"; found: the size, count or name."""

    code = "dangerous_file"
    reason: str
    found: str

    def __str__(self) -> str:
        return f"the file is not opened: {self.reason} {self.found}"


@dataclass(eq=False)
class ForeignAccount(ReconciliationError):
    """The IBAN is not one of the city's bank accounts."""

    code = "foreign_account"
    iban: str | None

    def __str__(self) -> str:
        return f"no bank account of the city has the IBAN {self.iban or '(none given)'}"


@dataclass(eq=False)
class IncompleteStatement(ReconciliationError):
    """Something the books need is not in the file, or its lines do not explain its balances."""

    code = "incomplete_statement"
    missing: str

    def __str__(self) -> str:
        return f"the statement lacks {self.missing}"
