"""What needs a second person: refunds, cash differences and goodwill above their limits.

Whoever asked never decides: the database holds that (`approval_by_second_person`), whatever this
module does. Every decision is written into the audit log by the transaction that makes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Select, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Posted
from ledger.errors import LedgerError, constraint_of
from ledger.goodwill import GoodwillRefused, Verdict, goodwill_decided
from ledger.journal import post
from ledger.outcomes import ServiceRefusal
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.approvals import approval, approval_decision
from ledger.tables.staff import staff

# Up to these the rule itself approves; above, a second person.
LIMITS_CENTS = {"refund": 2500, "cash_difference": 1000}
# The same for what is asked for at a desk and not at a till.
DESK_LIMITS_CENTS = {"meal_goodwill": 1000}
# Of the roles of `config.access` those with APPROVALS_DECIDE; a till has no request to ask by.
DECIDING_ROLES = frozenset({"site_manager", "finance_approver"})
# What moves money of the city itself, or changes a price, is released in its house alone.
RELEASING_ROLES = frozenset({"finance_approver"})
DECISIONS = ("approved", "refused", "withdrawn")
LISTED = 50


@dataclass
class UnknownApproval(LedgerError):
    """Nobody asked for this approval."""

    approval: UUID
    code = "approval_unknown"


@dataclass
class ApprovalDecided(LedgerError):
    """It was decided before, once and for good: `state` is approved, refused or withdrawn."""

    approval: UUID
    state: str
    code = "approval_decided"


@dataclass
class OwnRequest(LedgerError):
    """Who asked may withdraw, and cannot decide."""

    approval: UUID
    code = "approval_own_request"


@dataclass
class NotTheirs(LedgerError):
    """Only who asked may withdraw; only who holds the role, at that place, may decide."""

    approval: UUID
    person: str
    code = "approval_not_theirs"


class ApprovalNotBooked(ServiceRefusal):
    """The books refused what the decision has to book; nothing was decided."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    id: made by whoever asks. kind: a key of LIMITS_CENTS or DESK_LIMITS_CENTS. subject: what a
    person knows it by (receipt, shift, case). facility, till: None for a family's money, which
    is no matter of a site: then finance decides. amount_cents: of a cash difference negative
    where money is missing. requested_by: staff code; requested_at: aware.
    """

    id: UUID
    kind: str
    subject: str
    facility: str | None
    till: str | None
    amount_cents: int
    reason: str
    requested_by: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """A request with the names of people and what became of it.

    state: pending, approved, refused or withdrawn. is_by_rule: no person was needed.
    """

    request: Request
    limit_cents: int
    requester: str
    state: str
    is_by_rule: bool
    decided_by: str | None
    decider: str | None
    decided_at: datetime | None
    decision_reason: str | None


def request_approval(session: Session, asked: Request) -> str:
    """Ask; returns "approved" where the amount is within the limit, else "pending".

    What the rule approves is recorded as such. Raises NotTheirs for somebody who does not work
    here, and ValueError for an unknown kind.
    """
    limit = (LIMITS_CENTS | DESK_LIMITS_CENTS).get(asked.kind)
    if limit is None:
        raise ValueError(f"nothing of the kind {asked.kind!r} is approved")
    row = {name: getattr(asked, name) for name in Request.__dataclass_fields__}
    try:
        with session.begin_nested():
            session.execute(insert(approval), [row | {"limit_cents": limit}])
    except IntegrityError as refused:
        if constraint_of(refused) == "approval_requested_by":
            raise NotTheirs(asked.id, asked.requested_by) from refused
        raise
    if abs(asked.amount_cents) > limit:
        return "pending"
    decision = {"decision": "approved", "is_by_rule": True, "decided_at": asked.requested_at}
    _store(session, asked, decision)
    return "approved"


def decide(
    session: Session, by: Caller, approval_id: UUID, *, decision: str, at: datetime,
    reason: str | None = None,
) -> Approval:  # fmt: skip
    """Approve or refuse as the second person, once; withdraw as the first.

    by: a person with one of DECIDING_ROLES, at that facility if they have one. A refusal needs
    a reason. An approved cash shortage is booked as accepted, approved goodwill given back.
    Raises UnknownApproval, ApprovalDecided, OwnRequest, NotTheirs and ApprovalNotBooked.
    """
    found = find_approval(session, approval_id)
    _check(found, by, decision)
    said = Verdict(decision, by.name, at, reason)
    entry_id = _consequence(session, found.request, said)
    values = {
        "decision": decision, "is_by_rule": False, "decided_by": by.name, "decided_at": at,
        "reason": reason, "entry_id": entry_id,
    }  # fmt: skip
    _store(session, found.request, values)
    detail = {"kind": found.request.kind, "amount_cents": found.request.amount_cents}
    detail |= {"subject": found.request.subject, "decision": decision, "reason": reason}
    record(session, by, "approval.decided", about=str(approval_id), detail=detail)
    return find_approval(session, approval_id)


def find_approval(session: Session, approval_id: UUID) -> Approval:
    """One approval as it stands. Raises UnknownApproval."""
    row = session.execute(_APPROVALS.where(approval.c.id == approval_id)).one_or_none()
    if row is None:
        raise UnknownApproval(approval_id)
    return _approval(row)


def pending(session: Session, *, facility: str | None = None) -> list[Approval]:
    """What waits for a second person, the oldest first; `facility`: of that one alone."""
    waiting = _APPROVALS.where(approval_decision.c.decision.is_(None))
    return _listed(session, waiting.order_by(approval.c.requested_at), facility)


def decided(session: Session, *, facility: str | None = None) -> list[Approval]:
    """What people decided or withdrew lately, the newest first."""
    done = _APPROVALS.where(approval_decision.c.is_by_rule.is_(False))
    order = (approval_decision.c.decided_at.desc(), approval_decision.c.recorded_at.desc())
    newest = done.order_by(*order).limit(LISTED)
    return _listed(session, newest, facility)


def decisions_of(session: Session, till: str, *, since: datetime) -> list[Approval]:
    """Refunds asked for at this till, with every change recorded from `since` on."""
    refunds = _APPROVALS.where(approval.c.till == till, approval.c.kind == "refund")
    new = (approval.c.requested_at >= since) | (approval_decision.c.recorded_at >= since)
    return _listed(session, refunds.where(new).order_by(approval.c.requested_at), None)


_requester, _decider = staff.alias("requester"), staff.alias("decider")
_REQUEST = tuple(approval.c[name] for name in Request.__dataclass_fields__)
_APPROVALS: Select[Any] = (
    select(
        *_REQUEST, approval.c.limit_cents, _requester.c.name.label("requester"),
        approval_decision.c.decision, approval_decision.c.is_by_rule,
        approval_decision.c.decided_by, _decider.c.name.label("decider"),
        approval_decision.c.decided_at, approval_decision.c.reason.label("decision_reason"),
    )
    .join(_requester, _requester.c.code == approval.c.requested_by)
    .outerjoin(approval_decision, approval_decision.c.approval == approval.c.id)
    .outerjoin(_decider, _decider.c.code == approval_decision.c.decided_by)
)  # fmt: skip


def _listed(session: Session, query: Select[Any], facility: str | None) -> list[Approval]:
    if facility is not None:
        query = query.where(approval.c.facility == facility)
    return [_approval(row) for row in session.execute(query)]


def _approval(row: Any) -> Approval:
    names = Request.__dataclass_fields__
    return Approval(
        Request(**{name: getattr(row, name) for name in names}), row.limit_cents, row.requester,
        row.decision or "pending", bool(row.is_by_rule), row.decided_by, row.decider,
        row.decided_at, row.decision_reason,
    )  # fmt: skip


def _check(found: Approval, by: Caller, decision: str) -> None:
    asked, is_own = found.request, found.request.requested_by == by.name
    if decision not in DECISIONS:
        raise ValueError(f"a decision is one of {', '.join(DECISIONS)}, not {decision!r}")
    if found.state != "pending":
        raise ApprovalDecided(asked.id, found.state)
    if decision == "withdrawn":
        if not is_own:
            raise NotTheirs(asked.id, by.name)
        return
    if is_own:
        raise OwnRequest(asked.id)
    if by.role not in DECIDING_ROLES or by.facility not in (None, asked.facility):
        raise NotTheirs(asked.id, by.name)


def barred_from_release(by: Caller, asked_by: str) -> str | None:
    """Why this person may not release what `asked_by` wants: release_own, release_role; None
    where they may."""
    if asked_by == by.name:
        return "release_own"
    if by.role not in RELEASING_ROLES or by.facility is not None:
        return "release_role"
    return None


def _store(session: Session, asked: Request, values: dict[str, Any]) -> None:
    row = {"approval": asked.id, "requested_by": asked.requested_by, **values}
    try:
        with session.begin_nested():
            session.execute(insert(approval_decision), [row])
    except IntegrityError as refused:
        # Somebody else was faster while we looked.
        if constraint_of(refused) == "approval_decision_pkey":
            state = find_approval(session, asked.id).state
            raise ApprovalDecided(asked.id, state) from refused
        raise


def _consequence(session: Session, asked: Request, said: Verdict) -> int | None:
    """What the decision books; the entry, None where it books nothing."""
    if asked.kind == "meal_goodwill":
        try:
            return goodwill_decided(session, UUID(asked.subject), asked.id, said)
        except GoodwillRefused as no:
            raise ApprovalNotBooked(no.code, approval=str(asked.id)) from no
    if asked.kind == "cash_difference" and asked.amount_cents < 0 and said.decision == "approved":
        return _accept_shortage(session, asked, said.at)
    return None


def _accept_shortage(session: Session, asked: Request, at: datetime) -> int:
    """Rule 38: money that is missing becomes an expense once a second person accepts it."""
    assert asked.facility is not None
    catalogue = posted_catalogue(session)
    house = catalogue.facilities[asked.facility]
    at_place = Dimensions(
        facility=house.code, cost_centre=house.cost_centre, till=asked.till,
        shift=asked.subject,
    )  # fmt: skip
    transfers = catalogue.rulebook.transfers(
        "shortage_accepted", amounts={"amount": -asked.amount_cents}, roles={}, dimensions=at_place
    )
    key = uuid5(asked.id, "shortage_accepted")
    entry = Entry(key, "shortage_accepted", business_day(at), transfers, reference=asked.subject)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted):
        raise ApprovalNotBooked(getattr(outcome, "code", "refused"), approval=str(asked.id))
    return outcome.entry_id
