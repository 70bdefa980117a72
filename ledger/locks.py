"""Advisory locks: the few things that go on one at a time, by number and by what they guard.

The fence comes before every other lock: fence, guards by account, keys by key, rows.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

FENCE = (
    4711  # also in the database: the triggers entry_fence and day_fence, and the posting functions
)
SEALING = 4712
MEALS = 4713
LOADING = 4714
NIGHT = 4715


def share_fence(session: Session) -> None:
    """Take the posters' side of the fence until the transaction ends: nothing closes meanwhile."""
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({FENCE})"))


def have_alone(session: Session, what: int) -> None:
    """Wait until nobody else has `what`, and keep it until the transaction ends."""
    session.execute(text(f"SELECT pg_advisory_xact_lock({what})"))


def share_meals(session: Session, day: date) -> None:
    """Order or cancel meals of a day: many at once, but not while the day is charged."""
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({MEALS}, {day.toordinal()})"))


def have_meals_alone(session: Session, day: date) -> None:
    """Charge the meals of a day, with nobody ordering or cancelling."""
    session.execute(text(f"SELECT pg_advisory_xact_lock({MEALS}, {day.toordinal()})"))
