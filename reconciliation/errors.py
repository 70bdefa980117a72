"""What reconciliation refuses.

ReconciliationError
├── StatementKnown        a statement that another file brought before, with other content
├── ForeignAccount        a statement of an account the city does not keep
├── NotAStatement         a report or notification: not final, so nothing to book from
└── IncompleteStatement   no id, no booking date or no closing balance to rely on
"""

from dataclasses import dataclass
from typing import ClassVar


class ReconciliationError(Exception):
    """Root of what reconciliation refuses."""

    code: ClassVar[str]


@dataclass(eq=False)
class StatementKnown(ReconciliationError):
    """The statement was imported before from another file; a corrected one is not taken yet."""

    code = "statement_known"
    account: str
    statement_id: str

    def __str__(self) -> str:
        return f"statement {self.statement_id} of {self.account} was imported before"


@dataclass(eq=False)
class ForeignAccount(ReconciliationError):
    """The IBAN is not one of the city's bank accounts."""

    code = "foreign_account"
    iban: str | None

    def __str__(self) -> str:
        return f"no bank account of the city has the IBAN {self.iban or '(none given)'}"


@dataclass(eq=False)
class NotAStatement(ReconciliationError):
    """An intraday report or a notification; the statement of the day will hold its lines."""

    code = "not_a_statement"
    message: str

    def __str__(self) -> str:
        return f"{self.message} is not final: wait for the statement of the day"


@dataclass(eq=False)
class IncompleteStatement(ReconciliationError):
    """Something the books need is not in the file, or its lines do not explain its balances."""

    code = "incomplete_statement"
    missing: str

    def __str__(self) -> str:
        return f"the statement lacks {self.missing}"
