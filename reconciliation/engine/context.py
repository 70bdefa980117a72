"""One run of the matcher: the transaction it works in and what it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from reconciliation.engine.findings import Finding
from reconciliation.engine.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Run:
    """What every step is given; `found` collects the findings.

    rejected: what people tore apart, as codes of an item or payout and of what is not its own.
    """

    session: Session
    run_id: UUID
    as_of: datetime
    knowledge: Knowledge
    found: list[Finding] = field(default_factory=list)
    rejected: set[tuple[str, str]] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The day in the city at which the run looks."""
        return self.as_of.astimezone(self.knowledge.zone).date()

    def execute(self, statement: str, **values: Any) -> CursorResult[Any]:
        """Run one statement of SQL text in the run's transaction."""
        result = self.session.execute(text(statement), values)
        assert isinstance(result, CursorResult)
        return result

    def stream(self, statement: str, **values: Any) -> Iterator[Any]:
        """The rows of a statement that may find many, a few thousand at a time."""
        yield from self.execute(statement, **values).yield_per(10_000)

    def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        """The rows of a statement that finds few; they have the names of its columns."""
        return self.execute(statement, **values).all()
