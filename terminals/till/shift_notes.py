"""A note from one shift to the next: a line of text that stays at this till.

Only the notes of the running shift and of the one before are kept; older ones are forgotten.
"""

from sqlalchemy import Connection, bindparam, select

from terminals.till.drafts import find_draft, keep_draft
from terminals.till.journal.tables import shift

NAME = "shift_notes"
LONGEST = 160


def keep_note(connection: Connection, till: str, of_shift: str, text: str) -> None:
    """Keep what this shift leaves to the next; nothing takes the note back."""
    others = {code: note for code, note in _notes(connection, till).items() if code != of_shift}
    last = last_closed(connection, till)
    kept = {code: note for code, note in others.items() if code == last}
    keep_draft(connection, till, NAME, kept | ({of_shift: text} if text else {}))


def note_of(connection: Connection, till: str, of_shift: str | None) -> str:
    """What this shift left or is about to leave; "" for nothing."""
    return _notes(connection, till).get(of_shift or "", "")


def note_before(connection: Connection, till: str) -> str:
    """What the shift that was closed last left to the one that runs, or comes."""
    return note_of(connection, till, last_closed(connection, till))


def last_closed(connection: Connection, till: str) -> str | None:
    """The code of the shift that was closed last."""
    return connection.scalar(_LAST_CLOSED, {"of": till})


def _notes(connection: Connection, till: str) -> dict[str, str]:
    notes: dict[str, str] | None = find_draft(connection, till, NAME)
    return notes or {}


_LAST_CLOSED = (
    select(shift.c.code)
    .where(shift.c.till == bindparam("of"), shift.c.closed_at.is_not(None))
    .order_by(shift.c.opened_at.desc())
    .limit(1)
)
