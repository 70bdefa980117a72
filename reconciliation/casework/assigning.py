"""Assigning unclear money to a wallet or a claim: booked once, with the case that is about it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.pay_links import note_transfer, transfer_due
from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.casework.cases import open_case
from reconciliation.casework.deciding import Decision, carry_out, codes_of
from reconciliation.casework.postings import Booking, book
from reconciliation.casework.receipts import (
    Receipt,
    Target,
    assigned_key,
    find_receipt,
    target_posting,
)
from reconciliation.casework.refusals import CaseworkRefused


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of it: the entry, and the step of the case that was about it."""

    entry: int
    step: int | None


def assign_receipt(
    session: Session, by: Caller, entry: int, target: Target, *, at: datetime
) -> Assigned:
    """Book an unclear receipt to a target, once for all time.

    Raises CaseworkRefused: receipt_unknown (also where it was assigned), difference_waits where
    it is asked to go back, difference_sum where a claim is over another amount.
    """
    receipt = _unclear(session, entry)
    if receipt.case is not None:
        open_case(session, receipt.case, None)  # locks it
        receipt = _unclear(session, entry)
    if receipt.asked is not None:
        raise CaseworkRefused("difference_waits", receipt=entry)
    if target.link is not None and transfer_due(session, target.link, receipt.amount_cents) is None:
        raise CaseworkRefused(
            "difference_sum", rest_cents=(target.due_cents or 0) - receipt.amount_cents
        )
    done = _booked(session, by, receipt, target, at=at)
    if target.link is not None:
        note_transfer(
            session, target.link, key=assigned_key(session, entry),
            amount_cents=receipt.amount_cents, entry_id=done.entry, at=at,
        )  # fmt: skip
    detail = {"amount_cents": receipt.amount_cents, "account": target.account, "entry": done.entry}
    record(session, by, "receipt.assigned", about=str(entry), detail=detail)
    return done


def _unclear(session: Session, entry: int) -> Receipt:
    found = find_receipt(session, entry)
    if found is None:
        raise CaseworkRefused("receipt_unknown", receipt=entry)
    return found


def _booked(
    session: Session, by: Caller, receipt: Receipt, target: Target, *, at: datetime
) -> Assigned:
    posting = target_posting(receipt.amount_cents, target)
    if receipt.case is None:
        key = assigned_key(session, receipt.entry_id)
        entry = book(session, Booking(key, [posting], receipt.reference or ""), at=at)
        return Assigned(entry or 0, None)
    case = open_case(session, receipt.case, None)
    said = Decision("match", [posting], codes_of(case), None, {"to": target.words})
    done = carry_out(session, by, case, said, at=at)
    return Assigned(done.entry or 0, done.step)
