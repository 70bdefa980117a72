"""Closing a day: its totals, what stands in the way, and the two signatures that lock it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.locks import FENCE, have_alone
from ledger.periods import close_day
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.books import closed_day
from reconciliation.closing.checks import Check, blockers, check_day
from reconciliation.closing.errors import ClosingBlocked, PeriodLocked
from reconciliation.closing.signatures import (
    DAY,
    Signature,
    Signed,
    Signing,
    hash_of,
    sign,
    signed,
    signed_totals,
)
from reconciliation.closing.totals import DayTotals, day_totals, totals_from


@dataclass(frozen=True, slots=True)
class Lock:
    """That a day is locked. by: a staff code, or what closed it before the city signed."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DayClosing:
    """A day as its page shows it. sha256: of the totals; first: the valid first signature;
    lapsed: a first signature under totals that are no longer so."""

    day: date
    totals: DayTotals
    sha256: bytes
    checks: tuple[Check, ...]
    signed: Signed
    lock: Lock | None

    @property
    def blockers(self) -> tuple[Check, ...]:
        """What stands in the way."""
        return () if self.lock else blockers(self.checks)

    @property
    def first(self) -> Signature | None:
        """The first signature, while it holds."""
        return self.signed.first if self.lock else self.signed.first_under(self.sha256)

    @property
    def lapsed(self) -> Signature | None:
        """The first signature that no longer holds, when none does."""
        return self.signed.first if self.first is None else None


def day_closing(session: Session, day: date, *, at: datetime) -> DayClosing:
    """How far this day is; of a locked day, what was signed. Reads only."""
    kept = signed_totals(session, DAY, day)
    totals = totals_from(kept) if kept else day_totals(session, day)
    sha256 = hash_of(session, kept or totals.plain())
    checks = check_day(session, day, totals, at=at)
    lock = lock_of(session, day)
    return DayClosing(day, totals, sha256, checks, signed(session, DAY, day), lock)


def lock_of(session: Session, day: date) -> Lock | None:
    """When and by whom the day was locked; None while it is open."""
    row = session.execute(
        select(closed_day.c.closed_at, closed_day.c.closed_by).where(closed_day.c.day == day)
    ).one_or_none()
    return Lock(*row) if row else None


def sign_day(session: Session, by: Caller, day: date, signing: Signing, *, at: datetime) -> Signed:
    """Sign the day's totals; the second signature, of another person, locks the day for good.

    by: a person with DAYS_SIGN. Raises ClosingBlocked, PeriodLocked and what `sign` raises; the
    database holds the rest, whatever this module does.
    """
    if signing.place == 2:
        # From here to the end nobody posts: what is signed is what is locked.
        have_alone(session, FENCE)
    if lock_of(session, day):
        raise PeriodLocked(day)
    totals = day_totals(session, day)
    if found := blockers(check_day(session, day, totals, at=at)):
        raise ClosingBlocked(day, tuple(check.code for check in found))
    done = sign(session, by, DAY, day, totals=totals.plain(), signing=signing)
    if signing.place == 2:
        close_day(session, day, closed_by=by.name)
    what = "day.closed" if signing.place == 2 else "day.signed"
    detail = {"place": signing.place, "sha256": signing.seen.hex(), "cases": len(totals.cases)}
    record(session, by, what, about=day.isoformat(), detail=detail)
    return done
