"""What an address asks for: days, instants and pages; what is none of it is no such page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from ledger.balances import Cut, cut_at
from ledger.calendar import CITY_TIME, business_day


@dataclass(frozen=True, slots=True)
class Knowledge:
    """As of which business day figures are, and up to which seal they were known; None: all."""

    as_of: date
    known_at: datetime | None
    cut: Cut


def day_of(words: str) -> date:
    """A day of an address, `2026-11-17`. Raises NotFound."""
    try:
        return date.fromisoformat(words)
    except ValueError as wrong:
        raise NotFound from wrong


def day_asked(name: str) -> date | None:
    """`?name=2026-11-17`; None where it is not there. Raises BadRequest."""
    words = request.args.get(name, "")
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as wrong:
        raise BadRequest from wrong


def instant_asked(name: str) -> datetime | None:
    """`?name=2026-11-18T02:03`, in the city's time where it names no other; None where it is not
    there. Raises BadRequest."""
    words = request.args.get(name, "")
    try:
        found = datetime.fromisoformat(words) if words else None
    except ValueError as wrong:
        raise BadRequest from wrong
    return found.replace(tzinfo=CITY_TIME) if found and found.tzinfo is None else found


def page_asked(name: str = "seite") -> int:
    """Which page of a list, from 1. Raises BadRequest."""
    words = request.args.get(name, "1")
    if not words.isdecimal() or not 0 < int(words) < 1_000_000:
        raise BadRequest
    return int(words)


def knowledge_asked(session: Session, now: datetime) -> Knowledge:
    """`?stand=` a business day and `?bekannt=` an instant; else the last day of business, and
    all that is known."""
    as_of, known_at = day_asked("stand"), instant_asked("bekannt")
    as_of = as_of or last_business_day(session, now)
    return Knowledge(as_of, known_at, cut_at(session, as_of=as_of, known_at=known_at))


def last_business_day(session: Session, now: datetime) -> date:
    """The day that the last night looked at; without one, yesterday."""
    found: date | None = session.scalar(text("SELECT max(day) FROM night_run"))
    return found or business_day(now) - timedelta(days=1)
