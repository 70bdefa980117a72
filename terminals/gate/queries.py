"""What the centre shows of its gates: which there are, who came today, what contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ledger.tables import catalogue
from terminals.gate.tables import admission, admission_withdrawal
from terminals.tables import device

LISTED = 50


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate's device. heard_at: when its last admission came in; today: how many were let in."""

    device: str
    facility: str
    facility_name: str
    is_in_use: bool
    heard_at: datetime | None
    today: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A gate opened and should not have. other_gate, other_at: what it contradicts, if known."""

    key: UUID
    kind: str
    code: str
    facility_name: str
    gate: str
    admitted_at: datetime
    recorded_at: datetime
    reason: str
    data: Mapping[str, Any] | None
    other_gate: str | None
    other_at: datetime | None


def gates(session: Session, day: date, *, facility: str | None = None) -> list[GateState]:
    """All gates that have or had a device, by name."""
    of_gate = admission.c.device == device.c.name
    is_withdrawn = admission_withdrawal.c.admission == admission.c.key
    # By index for each gate: years of admissions lie behind it.
    heard_at = select(func.max(admission.c.recorded_at)).where(of_gate).scalar_subquery()
    today = (
        select(func.count())
        .where(of_gate, admission.c.day == day, admission.c.state == "admitted")
        .where(~select(admission_withdrawal.c.key).where(is_withdrawn).exists())
        .scalar_subquery()
    )
    query = (
        select(
            device.c.name, device.c.facility, catalogue.facility.c.name,
            device.c.revoked_at.is_(None), heard_at, today,
        )
        .join(catalogue.facility, catalogue.facility.c.code == device.c.facility)
        .where(device.c.role == "gate")
        .order_by(device.c.name)
    )  # fmt: skip
    return [GateState(*row) for row in session.execute(_at(query, device, facility))]


def contradictions(session: Session, *, facility: str | None = None) -> list[Contradiction]:
    """Admissions that should not have been, the newest first."""
    other = admission.alias("other")
    names = ("gate", "admitted_at", "recorded_at", "reason", "data")
    query = (
        select(
            admission.c.key, admission.c.kind, admission.c.code, catalogue.facility.c.name,
            *(admission.c[name] for name in names), other.c.gate, other.c.admitted_at,
        )
        .join(catalogue.facility, catalogue.facility.c.code == admission.c.facility)
        .outerjoin(other, other.c.key == admission.c.other)
        .where(admission.c.state == "conflict")
        .order_by(admission.c.recorded_at.desc())
        .limit(LISTED)
    )  # fmt: skip
    rows = session.execute(_at(query, admission, facility))
    return [Contradiction(*row) for row in rows]


def _at(query: Select[Any], of: Any, facility: str | None) -> Select[Any]:
    return query if facility is None else query.where(of.c.facility == facility)
