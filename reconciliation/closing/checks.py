"""What is looked at before a day is signed, and what stands in the way, with its place named.

A difference blocks nothing: it is carried over by its name. A missing night, an uncounted shift,
books that do not balance and a broken seal do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.proofs import last_check
from ledger.turnovers import entries_between
from reconciliation.closing.totals import DayTotals

BLOCKER, HINT, SOUND = "blocker", "hint", "sound"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. code: what; result: BLOCKER, HINT or SOUND; facts: figures and
    names for its sentence."""

    code: str
    result: str
    facts: dict[str, Any] = field(default_factory=dict)


def check_day(session: Session, day: date, totals: DayTotals, *, at: datetime) -> tuple[Check, ...]:
    """Every check of the day, in the order in which a person would make them."""
    if day >= business_day(at):
        return (Check("day_not_over", BLOCKER, {"day": day}),)
    checks: tuple[Callable[[Session, date], Iterator[Check]], ...] = (
        _night, _shifts, _files, _seal,
    )  # fmt: skip
    found = [check for look in checks for check in look(session, day)]
    found[-1:-1] = [_journal(totals), _carried(totals)]
    return (*found, *_earlier(session, day))


def blockers(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Those that stand in the way of both signatures."""
    return tuple(check for check in checks if check.result == BLOCKER)


def _night(session: Session, day: date) -> Iterator[Check]:
    finished = session.scalar(
        text("SELECT max(finished_at) FROM night_run WHERE day ="
             " (SELECT min(day) FROM night_run WHERE day >= :day)"),
        {"day": day},
    )  # fmt: skip
    if finished is None:
        yield Check("night_missing", BLOCKER, {"day": day})
    else:
        yield Check("night_done", SOUND, {"at": finished})


_OPEN_SHIFTS = """
    SELECT s.shift, s.till, f.name AS facility FROM till_shift s
      JOIN till t ON t.code = s.till JOIN facility f ON f.code = t.facility
     WHERE s.closed_at IS NULL AND s.opened_at < :midnight ORDER BY s.till, s.shift"""

_COUNTED = """
    SELECT count(*) AS shifts, count(DISTINCT t.facility) AS facilities
      FROM till_shift s JOIN till t ON t.code = s.till
     WHERE s.business_day = :day AND s.closed_at IS NOT NULL"""


def _shifts(session: Session, day: date) -> Iterator[Check]:
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), CITY_TIME)
    waiting = session.execute(text(_OPEN_SHIFTS), {"midnight": midnight}).all()
    for row in waiting:
        yield Check("shift_open", BLOCKER, dict(row._mapping))
    if not waiting:
        counted = session.execute(text(_COUNTED), {"day": day}).one()
        yield Check("shifts_counted", SOUND, dict(counted._mapping))


_FILES = """
    SELECT number, class AS kind, reference, channel FROM difference
     WHERE closed_at IS NULL AND since <= :day
       AND class IN ('FILE_MISSING', 'STATEMENT_MISSING', 'EOD_MISSING') ORDER BY number"""


def _files(session: Session, day: date) -> Iterator[Check]:
    missing = session.execute(text(_FILES), {"day": day}).all()
    for row in missing:
        yield Check("file_missing", HINT, dict(row._mapping))
    if not missing:
        yield Check("files_there", SOUND)


def _journal(totals: DayTotals) -> Check:
    entries = totals.entries
    facts = {"count": entries.count, "rest_cents": entries.debit_cents - entries.credit_cents}
    agrees = entries.debit_cents == entries.credit_cents
    return Check("books_balanced" if agrees else "books_unbalanced",
                 SOUND if agrees else BLOCKER, facts)  # fmt: skip


def _carried(totals: DayTotals) -> Check:
    return Check("cases_carried", SOUND, {"count": len(totals.cases)})


def _seal(session: Session, day: date) -> Iterator[Check]:
    check = last_check(session)
    if check is not None and check.broken_block is not None:
        yield Check("seal_broken", BLOCKER, {"block": check.broken_block, "at": check.checked_at})
        return
    within = entries_between(session, day, day)
    waiting = session.scalar(
        text("SELECT count(*) FROM entry WHERE id > :sealed AND booked_on = :day"),
        {"sealed": within.sealed, "day": day},
    )
    if waiting:
        yield Check("seal_waits", HINT, {"count": waiting})
    else:
        yield Check("sealed", SOUND, {"entry": within.until})


def _earlier(session: Session, day: date) -> Iterator[Check]:
    """Days before this one that are still open: no reason to wait, but to know."""
    count = session.scalar(
        text("SELECT count(*) FROM (SELECT DISTINCT booked_on FROM turnover"
             "  WHERE booked_on < :day AND booked_on >= :first) moved"
             " WHERE NOT EXISTS (SELECT FROM closed_day c WHERE c.day = moved.booked_on)"),
        {"day": day, "first": day - timedelta(days=62)},
    )  # fmt: skip
    if count:
        yield Check("earlier_open", HINT, {"count": count})
