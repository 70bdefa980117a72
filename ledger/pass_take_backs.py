"""A visit that did not take place after all: its share goes back to the pass, exactly and once.

Only the newest visit of a pass can be taken back: share n belongs to visit n, and with a later
visit the shares would no longer add up to the cent.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cards import Pass, find_passes
from ledger.entries import Conflict, Outcome, Posted, Refused
from ledger.journal import reverse
from ledger.outcomes import Recorded
from ledger.queries import entry_of_key, find_entry
from ledger.sub_accounts import lock_funds
from ledger.tables.services import pass_visit, pass_visit_taken_back

LONGEST = timedelta(minutes=15)
_OF_A_VISIT = frozenset({"pass_visit", "combi_visit"})


def take_back_visit(
    session: Session, visit: UUID, *, key: UUID, at: datetime, longest: timedelta = LONGEST
) -> Outcome | Recorded:
    """Undo the visit of this key at `at` (aware), on its day and within `longest` of it.

    Refused: visit_unknown, visit_not_alone (a basket was booked with it), visit_too_late,
    visit_taken_back, pass_ended, visit_not_newest; and the journal's refusals, which alone are
    stored.
    """
    row = _lone_visit(session, visit)
    if isinstance(row, str):
        return Refused(key, row, {"visit": str(visit)})
    code = row[0]
    lock_funds(session, [find_passes(session, [code])[code].card.account])
    if known := _known(session, visit, key):
        return known
    found = find_passes(session, [code])[code]
    if no := _why_not(found, row, at, longest):
        return Refused(key, no, {"pass_code": code})
    outcome = _reversed(session, visit, key, row)
    if isinstance(outcome, Refused | Conflict):
        return outcome
    taken_back = {
        "pass": code, "turn": found.turn, "number": row.number, "visit": visit,
        "visit_turn": row.turn, "key": key, "taken_back_at": at,
        "entry_id": outcome.entry_id if isinstance(outcome, Posted) else None,
    }  # fmt: skip
    session.execute(insert(pass_visit_taken_back), [taken_back])
    return outcome


def _lone_visit(session: Session, visit: UUID) -> Row[Any] | str:
    rows = session.execute(select(pass_visit).where(pass_visit.c.key == visit)).all()
    if not rows:
        return "visit_unknown"
    entry_id = entry_of_key(session, visit)
    entry = None if entry_id is None else find_entry(session, entry_id)
    is_alone = entry is None or (entry.event in _OF_A_VISIT and len(entry.transfers) == 1)
    return rows[0] if len(rows) == 1 and is_alone else "visit_not_alone"


def _why_not(found: Pass, row: Row[Any], at: datetime, longest: timedelta) -> str | None:
    if found.ended:
        return "pass_ended"
    if business_day(at) != row.day or not timedelta(0) <= at - row.visited_at <= longest:
        return "visit_too_late"
    return None if row.number == found.visits else "visit_not_newest"


def _known(session: Session, visit: UUID, key: UUID) -> Outcome | Recorded | None:
    """The answer where the visit was taken back before."""
    taken_back = pass_visit_taken_back.c
    found = select(taken_back.key, taken_back.entry_id).where(taken_back.visit == visit)
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    if row.key != key:
        return Refused(key, "visit_taken_back", {"visit": str(visit)})
    return Recorded(key, True) if row.entry_id is None else Posted(key, row.entry_id, True)


def _reversed(session: Session, visit: UUID, key: UUID, row: Row[Any]) -> Outcome | Recorded:
    entry_id = entry_of_key(session, visit)
    if entry_id is None:
        return Recorded(key)
    return reverse(session, entry_id, key=key, booked_on=row.day)
