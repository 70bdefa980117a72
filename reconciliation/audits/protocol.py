"""Audits of tills: begin (freeze), count without seeing what is expected, finish once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.audits.errors import AuditCounts, AuditFinished, AuditNotTheirs, AuditUnknown
from reconciliation.audits.frozen import frozen_till
from reconciliation.tables import difference, till_audit

# What lies in a drawer, in cents.
DENOMINATIONS = (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
MOST_PIECES = 10_000


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit. frozen: see `frozen_till`; counts: pieces by cents, None while nobody counted.

    The amounts are cents; difference: counted less expected.
    """

    number: int
    key: UUID
    till: str
    frozen_at: datetime
    frozen: Mapping[str, Any]
    expected_cents: int
    auditor: str
    counts: Mapping[str, int] | None
    counted_cents: int | None
    difference_cents: int | None
    remarks: str | None
    finished_at: datetime | None

    @property
    def name(self) -> str:
        """`P-2026-0017`."""
        return f"P-{self.frozen_at.year}-{self.number:04d}"


def begin_audit(session: Session, by: Caller, till: str, *, key: UUID, at: datetime) -> Audit:
    """Freeze what the books say now; the same key again gives the same audit.

    Raises AuditUnknown.
    """
    if known := _find(session, till_audit.c.key == key):
        return known
    facts = frozen_till(session, till, at)
    if facts is None:
        raise AuditUnknown(till)
    number = session.scalar(
        insert(till_audit)
        .values(key=key, till=till, frozen_at=at, frozen=facts, auditor=by.name,
                expected_cents=facts["expected_cents"])
        .returning(till_audit.c.number)
    )  # fmt: skip
    record(session, by, "till_audit.begun", about=till, detail={"number": number})
    return find_audit(session, int(number or 0))


def finish_audit(
    session: Session, by: Caller, number: int, counts: Mapping[int, int], *, remarks: str,
    at: datetime,
) -> Audit:  # fmt: skip
    """Keep the count; only now may the expected amount be seen. What differs becomes a case.

    counts: pieces of every denomination. Raises AuditUnknown, AuditFinished, AuditCounts,
    AuditNotTheirs.
    """
    audit = find_audit(session, number)
    if audit.finished_at is not None:
        raise AuditFinished(audit.name)
    if audit.auditor != by.name:
        raise AuditNotTheirs(audit.name)
    if set(counts) != set(DENOMINATIONS) or not all(
        0 <= pieces <= MOST_PIECES for pieces in counts.values()
    ):
        raise AuditCounts(audit.name)
    counted = sum(cents * pieces for cents, pieces in counts.items())
    changed = session.connection().execute(
        update(till_audit)
        .where(till_audit.c.number == number, till_audit.c.finished_at.is_(None))
        .values(counts={str(cents): pieces for cents, pieces in counts.items()},
                counted_cents=counted, remarks=remarks[:2000], finished_at=at)
    )  # fmt: skip
    if not changed.rowcount:
        raise AuditFinished(audit.name)
    done = find_audit(session, number)
    if done.difference_cents:
        _open_case(session, done, at)
    detail = {"number": number, "difference_cents": done.difference_cents}
    record(session, by, "till_audit.finished", about=done.till, detail=detail)
    return done


def find_audit(session: Session, number: int) -> Audit:
    """One audit. Raises AuditUnknown."""
    found = _find(session, till_audit.c.number == number)
    if found is None:
        raise AuditUnknown(str(number))
    return found


def audits(session: Session, *, till: str | None = None, limit: int = 100) -> Sequence[Audit]:
    """The newest first."""
    statement = select(till_audit).order_by(till_audit.c.number.desc()).limit(limit)
    if till is not None:
        statement = statement.where(till_audit.c.till == till)
    return [_audit(row) for row in session.execute(statement)]


def names_of(session: Session, audit: Audit) -> Mapping[str, str]:
    """What the people in a protocol are called, by their codes."""
    codes = [audit.auditor, audit.frozen["shift"].get("opened_by")]
    rows = session.execute(
        sql("SELECT code, name FROM staff WHERE code = ANY (CAST(:codes AS text[]))"),
        {"codes": codes},
    )
    return {row.code: row.name for row in rows}


_TILLS = """
    SELECT t.code, t.name, f.name AS house, max(a.finished_at) AS audited_at
      FROM till t JOIN facility f ON f.code = t.facility
      LEFT JOIN till_audit a ON a.till = t.code
     GROUP BY t.code, f.name ORDER BY t.code"""


def tills(session: Session) -> Sequence[Row[Any]]:
    """Every till (code, name, house) and when it was audited last."""
    return session.execute(sql(_TILLS)).all()


def _open_case(session: Session, audit: Audit, at: datetime) -> None:
    cents = audit.difference_cents or 0
    kind = "CASH_SHORT" if cents < 0 else "CASH_OVER"
    session.execute(
        insert(difference).values(
            {
                "id": f"{kind}:{audit.name}", "kind": kind, "subject": audit.name,
                "amount_cents": cents, "since": business_day(at), "data": {"audit": audit.number},
                "severity": "break", "channel": "cash", "place": audit.till,
                "reference": audit.name, "expected_cents": audit.expected_cents,
                "confirmed_cents": audit.counted_cents,
                "explanation": "Bei einer unvermuteten Kassenprüfung stimmte der Bestand nicht;"
                               " gebucht wird der Unterschied beim Abschluss der Schicht.",
            }
        )
    )  # fmt: skip


def _find(session: Session, condition: Any) -> Audit | None:
    row = session.execute(select(till_audit).where(condition)).one_or_none()
    return _audit(row) if row else None


def _audit(row: Row[Any]) -> Audit:
    return Audit(**row._mapping)
