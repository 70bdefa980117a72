"""Taking a whole charge back: its entry, its free tickets and the passes it sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import Session

from ledger.cards import Pass, find_passes
from ledger.charge_rows import is_key_taken
from ledger.entries import Conflict, Outcome, Posted, Refused
from ledger.errors import LedgerError
from ledger.journal import reverse
from ledger.locks import lock_refunds
from ledger.outcomes import Recorded
from ledger.queries import find_entry
from ledger.sub_accounts import lock_funds
from ledger.tables.services import (
    charge,
    charge_reversal,
    counted,
    pass_end,
    pass_visit,
    sold_pass,
)


@dataclass
class UnknownCharge(LedgerError):
    """No charge was booked or handed out under this key."""

    key: UUID
    code = "charge_unknown"


def reverse_charge(
    session: Session, key_of_charge: UUID, *, key: UUID, booked_on: date, reason: str
) -> Outcome | Recorded:
    """Take back everything a charge did, once; Recorded where it had booked nothing.

    Refused: already_reversed; pass_used, where a pass it sold was used or has ended;
    pass_visited, where it opened a gate with a pass: the visit took place; charge_refunded, where
    money went back or is about to; and the journal's refusals. Only those of the journal are
    stored, the others stay true. Raises UnknownCharge, also for a charge that was refused.
    """
    found = session.execute(select(charge).where(charge.c.key == key_of_charge)).one_or_none()
    if found is None or found.refused is not None:
        raise UnknownCharge(key_of_charge)
    asked = (key_of_charge, booked_on, reason)
    if known := _known(session, key, asked):
        return known
    lock_refunds(session, key_of_charge)
    passes = _passes_locked(session, found)
    if refused := _refusal(session, found, key, passes):
        return refused
    outcome = _journalled(session, found, key, booked_on)
    if isinstance(outcome, Refused | Conflict):
        return outcome
    if outcome.replayed:  # the same request was first, in another transaction
        return _known(session, key, asked) or Conflict(key)
    row = {"key": key, "charge": key_of_charge, "booked_on": booked_on, "reason": reason}
    entry_id = outcome.entry_id if isinstance(outcome, Posted) else None
    if not _stored(session, {**row, "entry_id": entry_id}):
        return _known(session, key, asked) or _reversed_before(key, key_of_charge)
    _take_back_counts(session, key, key_of_charge, booked_on)
    ends = [{"pass": one.code, "kind": "voided", "key": key, "day": booked_on} for one in passes]
    if ends:
        session.execute(insert(pass_end), ends)
    return outcome


def _journalled(session: Session, found: Row[Any], key: UUID, day: date) -> Outcome | Recorded:
    if found.entry_id is None:
        return Conflict(key) if is_key_taken(session, key) else Recorded(key)
    reference = found.receipt_number
    return reverse(session, found.entry_id, key=key, booked_on=day, reference=reference)


def _known(session: Session, key: UUID, asked: tuple[UUID, date, str]) -> Outcome | Recorded | None:
    """The answer to a reversal made before under this key."""
    row = session.execute(select(charge_reversal).where(charge_reversal.c.key == key)).one_or_none()
    if row is None:
        return None
    if (row.charge, row.booked_on, row.reason) != asked:
        return Conflict(key)
    return Recorded(key, True) if row.entry_id is None else Posted(key, row.entry_id, True)


def _passes_locked(session: Session, found: Row[Any]) -> Sequence[Pass]:
    """The passes the charge sold; with them every account of its entry is locked, in order."""
    codes = session.scalars(select(sold_pass.c.code).where(sold_pass.c.charge == found.key)).all()
    if not codes:
        return ()
    entry = find_entry(session, found.entry_id)
    assert entry is not None
    lock_funds(session, {code for moved in entry.transfers for code in (moved.debit, moved.credit)})
    return list(find_passes(session, codes).values())


def _refusal(
    session: Session, found: Row[Any], key: UUID, passes: Sequence[Pass]
) -> Refused | None:
    other = select(charge_reversal.c.key).where(charge_reversal.c.charge == found.key)
    if session.scalar(other) is not None:
        return _reversed_before(key, found.key)
    if refunded := session.scalar(select(func.refunded_of(found.key))):
        return Refused(key, "charge_refunded", {"refunded_cents": refunded})
    for one in passes:
        if one.card.used or one.visits or one.ended:
            return Refused(key, "pass_used", {"pass_code": one.code})
    if session.scalar(select(pass_visit.c["pass"]).where(pass_visit.c.key == found.key).limit(1)):
        return Refused(key, "pass_visited", {"charge": str(found.key)})
    return None


def _reversed_before(key: UUID, key_of_charge: UUID) -> Refused:
    return Refused(key, "already_reversed", {"charge": str(key_of_charge)})


def _stored(session: Session, row: dict[str, Any]) -> bool:
    statement = insert_or_skip(charge_reversal).values(row).on_conflict_do_nothing()
    return session.execute(statement.returning(charge_reversal.c.key)).one_or_none() is not None


def _take_back_counts(session: Session, key: UUID, key_of_charge: UUID, day: date) -> None:
    columns = ("line", "charge", "facility", "product", "quantity", "reason", "case_id")
    given = select(*(counted.c[name] for name in columns)).where(counted.c.key == key_of_charge)
    rows = [
        {**row, "key": key, "quantity": -row["quantity"], "booked_on": day}
        for row in session.execute(given).mappings()
    ]
    if rows:
        session.execute(insert(counted), rows)
