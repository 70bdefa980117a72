"""What was just done, said above the next page, with the way back."""

from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from reconciliation.casework.steps import Step, find_step
from reconciliation.german import euros, german_day

DONE = {
    "assigned": "zugewiesen", "note": "Notiz gespeichert", "due": "auf Wiedervorlage",
    "file_requested": "Datei angefordert", "accepted": "zugeordnet", "rejected": "abgelehnt",
    "matched": "von Hand zugeordnet", "split": "aufgeteilt", "written_off": "ausgebucht",
    "release_asked": "zur Freigabe gegeben", "release_refused": "zurückgegeben",
    "release_withdrawn": "Antrag zurückgezogen", "undone": "Schritt zurückgenommen",
    "reopened": "wieder geöffnet", "corrected": "mit einer Korrektur gebucht",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One line. undo: where to send the form that takes it back; empty where nothing does."""

    words: str
    undo: str = ""


def said_line(session: Session, by: Caller) -> Said:
    """What the step named by `?getan=` was; nothing where there is none."""
    number = request.args.get("getan", "")
    step = find_step(session, int(number)) if number.isdecimal() and len(number) < 19 else None
    if step is None:
        return Said("")
    words = f"D-{step.case} {DONE[step.kind]}{_booked(session, step)}."
    can_undo = step.person == by.name and step.undone_by is None and step.kind not in _FINAL
    return Said(words, url_for("desk_case.undo_step", step=step.id) if can_undo else "")


_FINAL = frozenset(
    {"corrected", "note", "undone", "release_refused", "release_withdrawn", "reopened"}
)


def _booked(session: Session, step: Step) -> str:
    if step.entry_id is None:
        return ""
    query = text("""
        SELECT sum(t.amount_cents)::bigint AS cents, e.booked_on
          FROM transfer t JOIN entry e ON e.id = t.entry_id
         WHERE e.id = :id GROUP BY e.booked_on""")
    row = session.execute(query, {"id": step.entry_id}).one()
    return f", {euros(row.cents)} am {german_day(row.booked_on)} gebucht"
