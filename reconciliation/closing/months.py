"""Signing a month: the same two signatures, under totals that month end brings."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.closing.errors import ClosingBlocked
from reconciliation.closing.signatures import MONTH, Signed, Signing, sign, signed
from reconciliation.reports.period import month_of


def open_days(session: Session, month: date) -> tuple[date, ...]:
    """The days of the month on which something was booked and that are not locked yet."""
    first, last = _days_of(month)
    rows = session.scalars(
        text("SELECT date FROM (SELECT generate_series(CAST(:first AS date), CAST(:last AS date),"
             "                                         '1 day')::date AS date) month"
             " WHERE (EXISTS (SELECT FROM turnover t WHERE t.booked_on = month.date)"
             "   OR month.date IN (SELECT booked_on FROM entry WHERE id >"
             "                     (SELECT coalesce(max(last_entry), 0) FROM block)))"
             "  AND NOT EXISTS (SELECT FROM closed_day c WHERE c.day = month.date) ORDER BY 1"),
        {"first": first, "last": last},
    )  # fmt: skip
    return tuple(rows)


def signed_month(session: Session, month: date) -> Signed:
    """Who signed the month. month: any day of it."""
    return signed(session, MONTH, _days_of(month)[0])


def sign_month(
    session: Session, by: Caller, month: date, *, totals: Mapping[str, Any], signing: Signing
) -> Signed:
    """Sign these totals of the month: the caller computes them anew and knows what blocks.

    month: any day of it. totals: plain JSON. Raises ClosingBlocked while a day is open, and what
    `sign` raises. The second signature is of another person, under the same totals.
    """
    first, _ = _days_of(month)
    if waiting := open_days(session, first):
        raise ClosingBlocked(first, tuple(f"day_open:{day.isoformat()}" for day in waiting))
    done = sign(session, by, MONTH, first, totals=totals, signing=signing)
    what = "month.closed" if signing.place == 2 else "month.signed"
    detail = {"place": signing.place, "sha256": signing.seen.hex()}
    record(session, by, what, about=f"{first:%Y-%m}", detail=detail)
    return done


def _days_of(month: date) -> tuple[date, date]:
    whole = month_of(month)
    return whole.first, whole.last
