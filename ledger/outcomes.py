"""What came of a service: the journal's outcomes, and those that leave no entry behind."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from ledger.entries import Outcome
from ledger.errors import LedgerError
from ledger.facilities import FacilityRefusal


@dataclass(frozen=True, slots=True)
class Recorded:
    """Done, with nothing to book: free tickets, waived fees, a visit with a season card."""

    key: UUID
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ChargeInvalid:
    """The request itself is wrong, whatever the books say; nothing was stored.

    The same bytes will always get this, so the key may be used again for a corrected request.
    """

    key: UUID
    code: str
    data: Mapping[str, Any]


class ServiceRefusal(LedgerError):
    """A service says no before the journal is asked: a stable `code`, and `data` to explain it."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data


def refusal_data(no: ServiceRefusal | FacilityRefusal) -> Mapping[str, Any]:
    """What a refusal tells beside its code."""
    if isinstance(no, ServiceRefusal):
        return no.data
    return {each.name: getattr(no, each.name) for each in fields(no)}  # type: ignore[arg-type]


ServiceOutcome = Outcome | Recorded | ChargeInvalid
