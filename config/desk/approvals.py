"""What waits for a second person: the list, one request in full, and the decision."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from config.desk.lines import ApprovalLine, ApprovalPage, ApprovalsPage, RefundedLine
from config.desk.page import render
from config.desk.words import STATES, TITLES, age, reminded, why_not
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, go, refusal, shell
from config.staff.sites import site_names
from ledger.approvals import (
    Approval,
    UnknownApproval,
    decide,
    decided,
    find_approval,
    pending,
)
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import Charge, find_charge
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from ledger.reminders import reminders
from ledger.tables.approvals import refund

LONGEST_REASON = 200

pages = Blueprint("approvals", __name__, url_prefix="/desk/approvals")


@pages.get("")
@needs(Permission.APPROVALS_READ)
def show() -> Response:
    """What waits, and what was decided."""
    with books().read_only() as session:
        sites, facility, at = site_names(session), caller().facility, now()
        open_ones = pending(session, facility=facility)
        known = reminders(session, [one.request.id for one in open_ones])
        waiting = [
            replace(_line(one, sites, at), reminded=reminded(known.get(one.request.id), at))
            for one in open_ones
        ]
        done = [_line(one, sites, at) for one in decided(session, facility=facility)]
    return render("approvals.html", ApprovalsPage(shell(), waiting, done))


@pages.get("/<uuid:approval>")
@needs(Permission.APPROVALS_READ)
def show_one(approval: UUID) -> Response:
    """One request in full."""
    return _page(approval)


@pages.post("/<uuid:approval>")
@needs(Permission.APPROVALS_DECIDE)
def decide_one(approval: UUID) -> Response:
    """Approve or refuse it; the reason is needed to refuse."""
    decision, reason = request.form.get("decision"), request.form.get("reason", "").strip()
    if decision not in ("approved", "refused") or len(reason) > LONGEST_REASON:
        raise BadRequest
    if decision == "refused" and not reason:
        return _page(approval, "Bitte sagen Sie, warum Sie ablehnen.", status=422)
    try:
        with books().transaction() as session:
            _visible(session, approval)
            decide(session, caller(), approval, decision=decision, at=now(), reason=reason or None)
    except LedgerError as error:
        return _page(approval, refusal(error), typed=reason, status=sentence(error.code).status)
    return go(url_for("approvals.show"))


def _page(
    approval: UUID, problem: str | None = None, *, typed: str = "", status: int = 200
) -> Response:
    with books().read_only() as session:
        one = _visible(session, approval)
        known = reminders(session, [approval] if one.state == "pending" else [])
        line = replace(
            _line(one, site_names(session), now()), reminded=reminded(known.get(approval), now())
        )
        sold, lines = _sold(session, one)
    sold_at, paid_by = (sold.charged_at, sold.way) if sold else (None, None)
    page = ApprovalPage(shell(), line, lines, sold_at, paid_by, problem, typed)
    return render("approval.html", page, status)


def _visible(session: Session, approval: UUID) -> Approval:
    """The request, if it is one of the viewer's place. Raises NotFound."""
    try:
        one = find_approval(session, approval)
    except UnknownApproval as unknown:
        raise NotFound from unknown
    if caller().facility not in (None, one.request.facility):
        raise NotFound
    return one


def _sold(session: Session, one: Approval) -> tuple[Charge | None, list[RefundedLine]]:
    """The charge of a refund and the lines that go back, by the names of the products."""
    row = session.execute(select(refund).where(refund.c.id == one.request.id)).one_or_none()
    if row is None:
        return None, []
    products = posted_catalogue(session).products
    lines = [
        RefundedLine(
            products[line["product"]].name if line["product"] in products else line["product"],
            line["quantity"], line["amount_cents"],
        )
        for line in row.lines
    ]  # fmt: skip
    return find_charge(session, row.charge), lines


def _line(one: Approval, sites: dict[str, str], at: datetime) -> ApprovalLine:
    asked = one.request
    state, kind = STATES[one.state]
    return ApprovalLine(
        id=asked.id, title=TITLES[asked.kind], state=state, kind=kind,
        place=sites.get(asked.facility or "", asked.facility or "Stadtkasse"),
        till=asked.till or "–", subject=asked.subject,
        amount_cents=asked.amount_cents, reason=asked.reason, requester=one.requester,
        requested_at=asked.requested_at, age=age(asked.requested_at, at), decider=one.decider,
        decided_at=one.decided_at, decision_reason=one.decision_reason,
        barred=why_not(one, caller()),
    )  # fmt: skip
