"""Voids and refunds as a till sends them: asked for, decided by a second person, paid."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ledger.approvals import decide, find_approval
from ledger.calendar import business_day
from ledger.charges import find_charge, reverse_charge
from ledger.pass_take_backs import take_back_visit
from ledger.permissions import Caller
from ledger.refund_lines import RefundLine
from ledger.refunds import Payment, RefundRequest, pay_refund, request_refund
from ledger.reminders import remind
from ledger.staff.audit import record
from ledger.staff.people import person
from terminals.site_items.item import NO_REASON, TAKEN, Item, Outcome, Place, outcome_of, refused
from terminals.site_items.notices import charge_of_sale
from terminals.tables import till_attempt, till_shift


def take_reversal(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A void: everything the charge did is taken back, once. Raises PayLinkRefused: notice_paid."""
    charge = charge_of_sale(session, body["charge"])
    found = find_charge(session, charge)
    if found is None or (found.facility, found.till) != (place.facility, place.till):
        return refused("charge_unknown", charge=str(body["charge"]))
    outcome = outcome_of(
        reverse_charge(
            session, charge, key=item.key, booked_on=business_day(body["reversed_at"]),
            reason=body["reason"],
        )
    )  # fmt: skip
    if outcome.state == "taken":
        detail = {"reason": body["reason"], "receipt": found.receipt_number}
        record(session, _person(session, body["person"]), "charge.reversed",
               about=str(found.key), detail=detail)  # fmt: skip
    return outcome


def take_visit_back(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A visit with a pass that was let in by mistake, at the time the till says, once.

    Refused: as `take_back_visit`; another till's visit is unknown here.
    """
    found = find_charge(session, body["visit"])
    if found is None or (found.facility, found.till) != (place.facility, place.till):
        return refused("visit_unknown", visit=str(body["visit"]))
    outcome = outcome_of(take_back_visit(session, found.key, key=item.key, at=item.at))
    if outcome.state == "taken":
        detail = {"receipt": found.receipt_number}
        record(session, _person(session, body["person"]), "visit.taken_back",
               about=str(found.key), detail=detail)  # fmt: skip
    return outcome


def take_requested(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A refund is asked for; up to its limit it is approved by that. Answers its state."""
    lines = body["lines"]
    asked = RefundRequest(
        body["refund"], body["charge"], body["amount_cents"],
        None if lines is None else tuple(RefundLine(**line) for line in lines),
        body["reason"], body["person"], item.at,
    )  # fmt: skip
    state = request_refund(session, asked, facility=place.facility, till=place.till)
    return Outcome("taken", data={"refund": str(body["refund"]), "refund_state": state})


def take_decided(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A second person decided at the till, by PIN; the till has checked that it was theirs."""
    found = find_approval(session, body["refund"])
    if found.request.till != place.till:
        return refused("refund_unknown", refund=str(body["refund"]))
    by = _person(session, body["person"])
    is_no = body["decision"] == "refused"
    reason = body["reason"] or (NO_REASON if is_no else None)
    decide(session, by, body["refund"], decision=body["decision"], at=item.at, reason=reason)
    return TAKEN


def take_reminded(session: Session, _item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A guest waits for a second person; one who decided meanwhile is not reminded any more."""
    if find_approval(session, body["refund"]).request.till != place.till:
        return refused("refund_unknown", refund=str(body["refund"]))
    remind(session, _person(session, body["person"]), body["refund"])
    return TAKEN


def take_paid(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """The money went back: both bookings of rule 30. Refused: attempt_not_approved, and more."""
    attempt = _attempt(session, body["attempt"])
    if attempt is not None and attempt.state != "approved":
        return refused("attempt_not_approved", state=attempt.state)
    how = Payment(
        way=body["way"], till=place.till, person=body["person"], paid_at=body["paid_at"],
        shift=_open_shift(session, place), attempt=body["attempt"],
        terminal=attempt.terminal if attempt else None,
    )  # fmt: skip
    return outcome_of(pay_refund(session, body["refund"], key=item.key, how=how))


def take_event(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """Something to remember: who signed in, what was printed again."""
    by = _person(session, body["person"]) if body["person"] else _device(place)
    detail = {"device": place.device, "at": item.at.isoformat(), "detail": body["detail"]}
    record(session, by, f"till.{body['what']}", about=place.till, detail=detail)
    return TAKEN


def _person(session: Session, code: str) -> Caller:
    """The person at the till, in the role they have; one who left has none. Raises
    UnknownPerson."""
    known = person(session, code)
    role = known.role if known.is_active else "former"
    return Caller(known.code, role, known.facility, person=known.name)


def _device(place: Place) -> Caller:
    return Caller(place.device, "till", place.facility, place.till)


def _attempt(session: Session, attempt: UUID | None) -> Row[Any] | None:
    if attempt is None:
        return None
    found = select(till_attempt).where(till_attempt.c.attempt == attempt)
    return session.execute(found).one_or_none()


def _open_shift(session: Session, place: Place) -> str | None:
    is_open = till_shift.c.closed_at.is_(None)
    return session.scalar(
        select(till_shift.c.shift)
        .where(till_shift.c.till == place.till, is_open)
        .order_by(till_shift.c.opened_at.desc())
        .limit(1)
    )
