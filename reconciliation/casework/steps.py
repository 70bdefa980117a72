"""The history of a case: steps are added and never changed; one may take back another, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.casework.tables import difference_step


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person did. person: staff code; name: what they are called. undone_by: the id
    of the step that took this one back."""

    id: int
    difference: str
    case: int
    number: int
    kind: str
    person: str
    name: str
    at: datetime
    detail: Mapping[str, Any]
    entry_id: int | None
    undoes: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be written down. about: id of the difference, its case number, last step."""

    kind: str
    detail: Mapping[str, Any]
    entry_id: int | None = None
    undoes: int | None = None


_STEPS = """
    SELECT s.id, s.difference, d.number AS "case", s.number, s.kind, s.person, p.name, s.at,
           s.detail, s.entry_id, s.undoes, u.id AS undone_by
      FROM difference_step s JOIN difference d ON d.id = s.difference
      JOIN staff p ON p.code = s.person
      LEFT JOIN difference_step u ON u.undoes = s.id"""


def history(session: Session, difference: str) -> list[Step]:
    """The steps of one difference, the newest first."""
    query = text(f"{_STEPS} WHERE s.difference = :difference ORDER BY s.number DESC")
    return [Step(*row) for row in session.execute(query, {"difference": difference})]


def last_step(session: Session, difference: str) -> Step | None:
    """The newest step of one difference."""
    found = history(session, difference)
    return found[0] if found else None


def find_step(session: Session, step: int) -> Step | None:
    """The step with this id."""
    row = session.execute(text(f"{_STEPS} WHERE s.id = :step"), {"step": step}).first()
    return None if row is None else Step(*row)


def add_step(
    session: Session, by: Caller, difference: str, deed: Deed, *, case: int, after: int
) -> int:
    """Write a step down, in the audit log too; returns its id.

    after: the number of the step before, 0 for none. Two who write the same number at once: the
    constraint `difference_step_once` keeps one, though whoever holds the case meets nobody.
    """
    row = {
        "difference": difference, "number": after + 1, "kind": deed.kind, "person": by.name,
        "detail": dict(deed.detail), "entry_id": deed.entry_id, "undoes": deed.undoes,
    }  # fmt: skip
    added: int = session.execute(
        insert(difference_step).values(row).returning(difference_step.c.id)
    ).scalar_one()
    detail = {**deed.detail, "entry": deed.entry_id, "step": added}
    record(session, by, f"difference.{deed.kind}", about=f"D-{case}", detail=detail)
    return added
