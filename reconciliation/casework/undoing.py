"""Taking one's own last step back: by a reversal where it booked, once, on the first open day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from reconciliation.casework.cases import CLOSING_STEPS, locked_case
from reconciliation.casework.correcting import open_again, reversed_step
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.releases import withdraw
from reconciliation.casework.steps import Deed, Step, add_step, find_step

_UNDOABLE = CLOSING_STEPS | {"assigned", "due", "file_requested", "rejected", "release_asked"}


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it. entry: the reversal, booked on `booked_on`; moved: the day of the entry
    was locked meanwhile, so the correction stands on a later one."""

    case: int
    kind: str
    entry: int | None
    booked_on: date | None
    moved: bool


def undo(session: Session, by: Caller, step: int, *, at: datetime) -> Undone:
    """Take back the newest step of a case that changed it, if it was this person's own.

    What needed two people is not undone by one: see `correcting.ask_to_take_back`. Raises
    CaseworkRefused (difference_undone, difference_booking) and CaseUnknown.
    """
    found = find_step(session, step)
    if found is None:
        raise CaseworkRefused("difference_undone", step=step)
    case = locked_case(session, found.case, None)
    found = _checked(session, by, step)
    if found.kind == "release_asked":
        withdraw(session, by, UUID(found.detail["request"]))
        return Undone(case.number, found.kind, None, None, moved=False)
    entry, day, moved = reversed_step(session, found, at=at)
    if found.kind in CLOSING_STEPS or found.kind == "rejected":
        open_again(session, case, found)
    deed = Deed("undone", {"step": found.kind, "number": found.number}, entry, found.id)
    add_step(session, by, case.id, deed, case=case.number, after=case.last_number)
    return Undone(case.number, found.kind, entry, day, moved)


def _checked(session: Session, by: Caller, step: int) -> Step:
    """The step, if it can be taken back by this person now."""
    found = find_step(session, step)
    later = text("""
        SELECT count(*) FROM difference_step s
         WHERE s.difference = :difference AND s.number > :number
           AND s.kind NOT IN ('note', 'undone', 'assigned', 'due', 'file_requested')
           AND NOT EXISTS (SELECT FROM difference_step u WHERE u.undoes = s.id)""")
    if found is None or found.undone_by is not None or found.kind not in _UNDOABLE:
        raise CaseworkRefused("difference_undone", step=step)
    names = {"difference": found.difference, "number": found.number}
    is_latest = session.execute(later, names).scalar_one() == 0
    if found.person != by.name or not is_latest or ("request" in found.detail and found.entry_id):
        raise CaseworkRefused("difference_undone", step=step)
    return found
