"""Closing business days: once, for good, and with nobody posting meanwhile.

What arrives late for a closed day is booked on an open one; what was wrong in a closed day is
corrected by a reversal on an open one. There is no way to open a day again.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.errors import DayAlreadyClosed
from ledger.tables.books import closed_day


def close_day(session: Session, day: date, *, closed_by: str) -> None:
    """Close one business day. Raises DayAlreadyClosed.

    The trigger `day_fence` waits until every poster in flight has committed and lets none in
    until this transaction ends: keep it short.
    """
    if close_period(session, day, day, closed_by=closed_by) == 0:
        raise DayAlreadyClosed(day)


def close_period(session: Session, first: date, last: date, *, closed_by: str) -> int:
    """Close every day from `first` to `last` that is still open; returns how many were."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not days:
        return 0
    closed = session.execute(
        insert(closed_day)
        .values([{"day": day, "closed_by": closed_by} for day in days])
        .on_conflict_do_nothing()
        .returning(closed_day.c.day)
    )
    return len(closed.all())


def closed_days(session: Session, days: Iterable[date]) -> frozenset[date]:
    """Those of `days` that are closed."""
    return frozenset(
        session.scalars(select(closed_day.c.day).where(closed_day.c.day.in_(list(days))))
    )


def first_open_day(session: Session, day: date) -> date:
    """`day` itself, or the first day after it that is open: where late money is booked."""
    following = session.scalars(
        select(closed_day.c.day).where(closed_day.c.day >= day).order_by(closed_day.c.day)
    )
    for closed in following:
        if closed != day:
            break
        day += timedelta(days=1)
    return day


def last_closed_day(session: Session) -> date | None:
    """The latest closed day, or None."""
    latest: date | None = session.scalar(select(func.max(closed_day.c.day)))
    return latest
