"""What the shop and the return of tickets refuse.

TerminalsError
├── OrderRefused   nothing, too much, or something that is not sold there is wanted
└── NotReturnable  used, too late, given back before, or no such ticket
"""

from typing import Any

from terminals.errors import TerminalsError


class OrderRefused(TerminalsError):
    """code: tickets_none, tickets_too_many, ticket_not_sold."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data


class NotReturnable(TerminalsError):
    """code: ticket_used, ticket_return_late, ticket_over, ticket_unknown, ticket_not_returnable."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data
