"""What became of batches: listed, downloaded again, sent, receipted; released where money moves."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.exports.batches import CAPABLE_ROLES
from reconciliation.exports.refusals import ExportRefused
from reconciliation.exports.tables import export_part, export_step

PAYMENT_FORMATS = ("pain001", "pain008")
STEPS = ("sent", "accepted", "rejected")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Step:
    """Sent, accepted or rejected: when, noted by whom, in which words of the other side."""

    kind: str
    at: datetime
    staff: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch with its file. amount_cents: the sum of debits, which is that of credits.

    decision: released or refused, of a file for the bank alone; None while it waits. state: open,
    sent, accepted or rejected, by the newest step.
    """

    format: str
    number: int
    first_day: date
    last_day: date
    entry_count: int
    transfer_count: int
    amount_cents: int
    created_at: datetime
    created_by: str
    name: str
    sha256: bytes
    byte_count: int
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """Where it stands: the kind of its newest step."""
        return self.steps[-1].kind if self.steps else "open"

    @property
    def moves_money(self) -> bool:
        """Whether it is a file for the bank."""
        return self.format in PAYMENT_FORMATS


def batches(
    session: Session, *, format: str | None = None, before: datetime | None = None,
    limit: int = PAGE,
) -> list[Batch]:  # fmt: skip
    """Batches, the newest first."""
    where = "(CAST(:format AS text) IS NULL OR b.format = :format)"
    where += " AND (CAST(:before AS timestamptz) IS NULL OR b.created_at < :before)"
    return _read(session, where, {"format": format, "before": before, "limit": limit})


def find_batch(session: Session, format: str, number: int) -> Batch:
    """One batch. Raises ExportRefused (export_unknown)."""
    where = "b.format = :format AND b.number = :number"
    found = _read(session, where, {"format": format, "number": number, "limit": 1})
    if not found:
        raise ExportRefused("export_unknown", format=format, number=number)
    return found[0]


def content(session: Session, batch: Batch) -> Iterator[bytes]:
    """The file as it was made, part by part, after its hash was found right.

    Raises ExportRefused: export_not_released for a payment file nobody has released, and
    export_damaged where the file is not what it was.
    """
    if batch.moves_money and batch.decision != "released":
        raise ExportRefused("export_not_released", format=batch.format, number=batch.number)
    digest = hashlib.sha256()
    for part in parts(session, batch):
        digest.update(part)
    if digest.digest() != batch.sha256:
        raise ExportRefused("export_damaged", format=batch.format, number=batch.number)
    return parts(session, batch)


def parts(session: Session, batch: Batch) -> Iterator[bytes]:
    """The file part by part, unasked: for whoever has had it checked by `content` just before."""
    of = export_part.c
    for number in _part_numbers(session, batch):
        wanted = select(of.content).where(
            of.format == batch.format, of.number == batch.number, of.part == number
        )
        yield bytes(session.scalars(wanted).one())


def note_step(
    session: Session, by: Caller, batch: Batch, kind: str, *, words: str | None = None,
    at: datetime,
) -> None:  # fmt: skip
    """Note that it was sent, taken or refused; a refusal needs words. It may be sent again.

    Raises ExportRefused (export_role, export_not_released, export_words).
    """
    if by.role not in CAPABLE_ROLES:
        raise ExportRefused("export_role", role=by.role)
    if kind not in STEPS:
        raise ValueError(f"a step is one of {', '.join(STEPS)}, not {kind!r}")
    if batch.moves_money and batch.decision != "released":
        raise ExportRefused("export_not_released", format=batch.format, number=batch.number)
    if (kind == "rejected" and not words) or len(words or "") > 300:
        raise ExportRefused("export_words", kind=kind)
    row = {
        "format": batch.format, "number": batch.number, "kind": kind, "at": at,
        "staff": by.name, "words": words or None,
    }  # fmt: skip
    session.execute(insert(export_step), [row])
    record(session, by, f"export.{kind}", about=f"{batch.format} {batch.number}")


def _part_numbers(session: Session, batch: Batch) -> list[int]:
    of = export_part.c
    wanted = select(of.part).where(of.format == batch.format, of.number == batch.number)
    return list(session.scalars(wanted.order_by(of.part)))


def _read(session: Session, where: str, values: dict[str, object]) -> list[Batch]:
    rows = session.execute(
        text(f"""
            SELECT b.format, b.number, b.first_day, b.last_day, b.entry_count, b.transfer_count,
                   b.amount_cents, b.created_at, b.created_by, f.name, f.sha256, f.byte_count,
                   d.decision, d.decided_by, d.decided_at
              FROM export_batch b JOIN export_file f USING (format, number)
              LEFT JOIN export_decision d USING (format, number)
             WHERE {where} ORDER BY b.created_at DESC, b.format, b.number DESC LIMIT :limit"""),
        values,
    ).all()
    steps = _steps(session, rows)
    return [Batch(**row._mapping, steps=steps.get((row.format, row.number), ())) for row in rows]


_Steps = dict[tuple[str, int], tuple[Step, ...]]


def _steps(session: Session, rows: Sequence[Row[Any]]) -> _Steps:
    of = export_step.c
    numbers = {row.number for row in rows}
    found: _Steps = {}
    if numbers:
        wanted = select(export_step).where(of.number.in_(numbers)).order_by(of.id)
        for row in session.execute(wanted):
            key = (row.format, row.number)
            found[key] = (*found.get(key, ()), Step(row.kind, row.at, row.staff, row.words))
    return found
