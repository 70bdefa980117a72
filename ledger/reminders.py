"""Reminders that a request waits for a second person: kept in the audit log, shown at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.approvals import find_approval
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.staff import audit_log

DEED = "approval.reminded"


@dataclass(frozen=True, slots=True)
class Reminded:
    """How often somebody reminded of a request; last_at: aware, by the books' clock."""

    times: int
    last_at: datetime


def remind(session: Session, by: Caller, approval: UUID) -> bool:
    """Remind of a request that waits; False where it was decided meanwhile, then nothing is kept.

    Raises UnknownApproval.
    """
    if find_approval(session, approval).state != "pending":
        return False
    record(session, by, DEED, about=str(approval))
    return True


def reminders(session: Session, approvals: Iterable[UUID]) -> dict[UUID, Reminded]:
    """The reminders of these requests; those nobody reminded of are left out."""
    asked = [str(one) for one in approvals]
    log = audit_log.c
    found = (
        select(log.about, func.count(), func.max(log.at))
        .where(log.what == DEED, log.about.in_(asked))
        .group_by(log.about)
    )
    return {UUID(about): Reminded(times, at) for about, times, at in session.execute(found)}
