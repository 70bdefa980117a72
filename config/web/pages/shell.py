"""The frame around every page: what its header says."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Shell:
    """Who looks at which city, and the two facts every page carries.

    city: its name. person: the role that is signed in. open_day: the business day that still
    takes postings. sealed_until: aware; None while nothing is sealed. `None` hides a fact.
    """

    city: str
    person: str | None = None
    open_day: date | None = None
    sealed_until: datetime | None = None
