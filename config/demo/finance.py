"""What finance does by day in the demo city: it looks into what the night left open.

Most of it is settled within a few days, so what stands on the desk is young, and a little is old.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, text

from config.database import Database
from config.demo.chance import draws, key_of
from config.demo.households import Household
from ledger.entries import Dimensions, Entry
from ledger.journal import post
from ledger.rules import Rulebook

LOOKS_BACK_DAYS = 8  # the longest wait and a weekend
NEVER = 99
# After how many days somebody finds out.
UNCLEAR_AFTER = (1, 1, 3, 4, 5, 1, 2, 3, 4, NEVER)
DIFFERENCE_AFTER = (1, 1, 2, 2, 3, 3, 4, 5, 5, *[2] * 20, NEVER)
_ACCEPTED = {"till_shortage": "shortage_accepted", "till_overage": "overage_released"}

_UNCLEAR = """
    SELECT e.reference, e.booked_on, t.amount_cents FROM entry e
      JOIN transfer t ON t.entry_id = e.id
     WHERE e.event = 'unclear_receipt' AND e.booked_on >= :first AND e.booked_on < :day
     ORDER BY e.id"""
_DIFFERENCES = """
    SELECT e.event, e.booked_on, t.amount_cents, t.facility, t.cost_centre, t.till, t.shift
      FROM entry e JOIN transfer t ON t.entry_id = e.id
     WHERE e.event IN ('till_shortage', 'till_overage')
       AND e.booked_on >= :first AND e.booked_on < :day ORDER BY e.id"""


def look_into(
    database: Database, rulebook: Rulebook, everybody: Sequence[Household], day: date
) -> None:
    """Assign the unclear money and accept the differences of tills that are settled today."""
    if day.weekday() >= 5:
        return
    days = {"first": day - timedelta(days=LOOKS_BACK_DAYS), "day": day}
    with database.transaction() as session:
        unclear = session.execute(text(_UNCLEAR), days).all()
        off = session.execute(text(_DIFFERENCES), days).all()
        found = list(_assignments(unclear, rulebook, everybody, day))
        found.extend(_acceptances(off, rulebook, day))
        post(session, found)


def _assignments(
    rows: Sequence[Row[Any]], rulebook: Rulebook, everybody: Sequence[Household], day: date
) -> Iterator[Entry]:
    for row in rows:
        chance = draws(row.reference, "assigned")
        if _settled_on(row.booked_on, chance.choice(UNCLEAR_AFTER)) != day:
            continue
        roles = {"assigned_to": chance.choice(everybody).account}
        booked = rulebook.transfers(
            "unclear_assigned", amounts={"amount": row.amount_cents}, roles=roles,
            dimensions=Dimensions(),
        )  # fmt: skip
        key = key_of("assigned", row.reference)
        yield Entry(key, "unclear_assigned", day, booked, reference=row.reference)


def _acceptances(rows: Sequence[Row[Any]], rulebook: Rulebook, day: date) -> Iterator[Entry]:
    for row in rows:
        chance = draws(row.till, row.shift, "accepted")
        if _settled_on(row.booked_on, chance.choice(DIFFERENCE_AFTER)) != day:
            continue
        event = _ACCEPTED[row.event]
        at: Mapping[str, Any] = {
            "facility": row.facility, "cost_centre": row.cost_centre, "till": row.till,
            "shift": row.shift,
        }  # fmt: skip
        booked = rulebook.transfers(
            event, amounts={"amount": row.amount_cents}, roles={}, dimensions=Dimensions(**at)
        )
        yield Entry(key_of(row.till, row.shift, event), event, day, booked)


def _settled_on(since: date, after: int) -> date | None:
    """The working day on which it is settled; what falls on a weekend waits for Monday."""
    if after == NEVER:
        return None
    day = since + timedelta(days=after)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
