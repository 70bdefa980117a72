"""What a rule of the night is: it finds open bank lines and says what each means, by which key.

Exact keys only: what a rule explains is booked without a person. Whoever is less sure than that
makes a proposal (`reconciliation.night.findings`) and no rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from ledger.entries import Posted
from ledger.rules import Posting


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one bank line is.

    line: a row of `OPEN_LINES`. key_used: the reference that proves it, kept with the match.
    postings: events with amounts and accounts, one entry together; empty where the rule's `book`
    books. event, reference: of that entry. about: what `book` and `then` need besides.
    """

    line: Row[Any]
    key_used: str
    postings: tuple[Posting, ...] = ()
    reference: str | None = None
    about: Any = None

    @property
    def event(self) -> str:
        """The event of the entry: that of its first posting."""
        return self.postings[0].event


Find = Callable[[Session, date], list[Explanation]]


@dataclass(frozen=True, slots=True)
class LineRule:
    """One way to explain bank lines.

    name, version: kept with every match it makes; a rule that decides otherwise than before gets
    the next version. find: the lines booked up to a day that it explains, each once, in a fixed
    order. book: where another service books what happened; the entry, or None to leave the line
    to a person. then: what follows from the entry, in the same transaction.
    """

    name: str
    version: int
    find: Find
    book: Callable[[Session, Explanation], int | None] | None = None
    then: Callable[[Session, Explanation, Posted], None] | None = None
