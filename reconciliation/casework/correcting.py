"""Correcting entries of a case: one person prepares them with a reason, another one releases them.

Nothing is posted freely: what is moved goes by the posting rules of differences, between the
account of the case and another one; what two people booked is taken back whole, by a reversal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from sqlalchemy import func, insert, text, update
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.entries import Posted, Refused
from ledger.journal import mirrored, reverse
from ledger.periods import first_open_day
from ledger.permissions import Caller
from reconciliation.casework.cases import CLOSING_STEPS, Case, locked_case, open_case
from reconciliation.casework.deciding import Done, checked_words
from reconciliation.casework.postings import (
    GAIN_ACCOUNTS,
    LOSS_ACCOUNTS,
    Booking,
    Posting,
    book,
    transfers_of,
)
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.steps import Deed, Step, add_step, history
from reconciliation.casework.tables import match_decision, release_request
from reconciliation.tables import difference

if TYPE_CHECKING:  # releases carry corrections out
    from reconciliation.casework.releases import Release

_KEYS = UUID("5d0c2b6e-8f14-5b0a-9a55-0a8f7c3e4d21")
_REVERSALS = UUID("c1a0a4c7-93d0-5f7b-8f1e-7f6d5b1b0d33")
_CHANGING = CLOSING_STEPS | {"corrected", "rejected"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be moved: one account of the two is the case's. cents: positive."""

    debit: str
    credit: str
    cents: int


def ask_to_correct(
    session: Session, by: Caller, number: int, what: Correction, *, version: str, words: str
) -> Done:
    """Prepare a correcting entry; the case stays open, and the night sees what is left of it.

    Raises CaseUnknown, CaseChanged, CaseworkRefused (difference_closed, difference_waits,
    difference_words, difference_sum, difference_account, difference_booking).
    """
    case = open_case(session, number, version)
    posting = correction_posting(case, what)
    transfers_of(session, [posting])
    return _ask(session, by, case, {
        "kind": "correct", "amount_cents": what.cents, "postings": [posting.as_json()],
        "codes": {"difference_cents": case.amount_cents}, "reason": checked_words(words),
    })  # fmt: skip


def correction_posting(case: Case, what: Correction) -> Posting:
    """The rule that moves it. Raises CaseworkRefused: difference_sum, difference_account."""
    if what.cents <= 0:
        raise CaseworkRefused("difference_sum")
    if case.account not in (what.debit, what.credit) or what.debit == what.credit:
        raise CaseworkRefused("difference_account", number=case.number)
    amounts = {"amount": what.cents}
    if what.credit.partition("/")[0] in (*GAIN_ACCOUNTS, *LOSS_ACCOUNTS):
        roles = {"moved_to": what.debit, "gain": what.credit}
        return Posting("difference_gained", amounts, roles)
    if what.debit.partition("/")[0] in LOSS_ACCOUNTS:
        roles = {"loss": what.debit, "moved_from": what.credit}
        return Posting("difference_written_off", amounts, roles)
    roles = {"moved_to": what.debit, "moved_from": what.credit}
    return Posting("difference_moved", amounts, roles)


def correct(
    session: Session, by: Caller, case: Case, asked: "Release", *, at: datetime
) -> int | None:
    """Book a released correction."""
    key = uuid5(_KEYS, str(asked.id))
    entry = book(session, Booking(key, asked.what(), case.name), at=at)
    deed = Deed("corrected", _detail(asked), entry)
    add_step(session, by, case.id, deed, case=case.number, after=case.last_number)
    return entry


def step_to_take_back(steps: list[Step]) -> Step | None:
    """What two people booked last in a case, while nothing changed it since: the newest first."""
    changing = (one for one in steps if one.kind in _CHANGING and one.undone_by is None)
    newest = next(changing, None)
    if newest is None or newest.entry_id is None or "request" not in newest.detail:
        return None
    return newest


def ask_to_take_back(
    session: Session, by: Caller, number: int, *, version: str, words: str
) -> Done:
    """Prepare the reversal of what two people booked last in this case, open or closed.

    Raises CaseUnknown, CaseChanged, CaseworkRefused (difference_undone, difference_waits,
    difference_words).
    """
    case = locked_case(session, number, version)
    if case.request is not None:
        raise CaseworkRefused("difference_waits", number=number, asker=case.asker_name)
    step = step_to_take_back(history(session, case.id))
    if step is None or step.entry_id is None:
        raise CaseworkRefused("difference_undone", number=number)
    return _ask(session, by, case, {
        "kind": "take_back", "postings": [], "reason": checked_words(words),
        "amount_cents": sum(one.amount.cents for one in mirrored(session, step.entry_id)),
        "codes": {"step": step.id, "entry": step.entry_id},
    })  # fmt: skip


def take_back(
    session: Session, by: Caller, case: Case, asked: "Release", *, at: datetime
) -> int | None:
    """Book a released reversal, and open the case again where the step had closed it.

    Raises CaseworkRefused: release_stale where something else changed the case meanwhile.
    """
    step = step_to_take_back(history(session, case.id))
    if step is None or step.id != asked.codes.get("step"):
        raise CaseworkRefused("release_stale", number=case.number)
    entry, _, _ = reversed_step(session, step, at=at)
    if step.kind in CLOSING_STEPS:
        open_again(session, case, step)
    detail = {**_detail(asked), "step": step.kind, "number": step.number}
    deed = Deed("undone", detail, entry, step.id)
    add_step(session, by, case.id, deed, case=case.number, after=case.last_number)
    return entry


def reversed_step(
    session: Session, found: Step, *, at: datetime
) -> tuple[int | None, date | None, bool]:
    """Reverse what a step booked: the entry, its day, and whether that is a later day than the
    step's own. Nothing where it booked nothing. Raises CaseworkRefused: difference_booking."""
    if found.entry_id is None:
        return None, None, False
    query = text("SELECT booked_on, reference FROM entry WHERE id = :id")
    booked = session.execute(query, {"id": found.entry_id}).one()
    day = first_open_day(session, max(booked.booked_on, business_day(at)))
    key = uuid5(_REVERSALS, str(found.id))
    outcome = reverse(session, found.entry_id, key=key, booked_on=day, reference=booked.reference)
    if not isinstance(outcome, Posted):
        why = outcome.code if isinstance(outcome, Refused) else "conflict"
        raise CaseworkRefused("difference_booking", why=why)
    return outcome.entry_id, day, day != booked.booked_on


def open_again(session: Session, case: Case, found: Step) -> None:
    """End what a step decided about rows, and open its case."""
    ended = update(match_decision).where(
        match_decision.c.step == found.id, match_decision.c.ended_at.is_(None)
    )
    session.execute(ended.values(ended_at=func.clock_timestamp()))
    was = found.detail.get("was")
    values = {"closed_at": None} | (dict(was) if was else {})
    session.execute(update(difference).where(difference.c.id == case.id).values(**values))


def _ask(session: Session, by: Caller, case: Case, row: Mapping[str, Any]) -> Done:
    request = uuid5(_KEYS, f"{case.id}|{case.last_number + 1}|{row['kind']}")
    asked = {"id": request, "difference": case.id, "asked_by": by.name, **row}
    session.execute(insert(release_request), [asked])
    detail = {"words": row["reason"], "kind": row["kind"], "request": str(request)}
    deed = Deed("release_asked", detail)
    step = add_step(session, by, case.id, deed, case=case.number, after=case.last_number)
    return Done(step, request=request)


def _detail(asked: "Release") -> dict[str, Any]:
    return {
        "words": asked.reason, "request": str(asked.id), "asked_by": asked.asked_by,
        "asker": asked.asker,
    }  # fmt: skip
