"""Refunds of online payments: what waits for a second person, and what has to go another way."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from config.access import may
from config.desk.page import render
from config.desk.payment_lines import RefundsPage
from config.desk.payment_story import refund_line
from config.desk.payment_words import REFUSALS
from config.staff.cookie import now
from config.staff.page import books, caller, go, shell
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from terminals.checkout.errors import RefundNotPossible
from terminals.checkout.refunds import (
    OnlineRefund,
    failed_refunds,
    release,
    turn_down,
    waiting_refunds,
)

DECISIONS = {"released": release, "turned_down": turn_down}

pages = Blueprint("desk_refunds", __name__, url_prefix="/desk/refunds")


@pages.get("")
@needs(Permission.PAYMENTS_READ)
def show() -> Response:
    """What waits, the oldest first, and what failed."""
    return _page()


@pages.post("/<uuid:refund>")
@needs(Permission.APPROVALS_DECIDE)
def decide(refund: UUID) -> Response:
    """Release it or turn it down, as the second person."""
    if not may(caller(), Permission.PAYMENTS_READ):
        raise NotFound  # the head of a pool decides refunds too, but not these
    decision = request.form.get("decision", "")
    if decision not in DECISIONS:
        raise BadRequest
    try:
        with books().transaction() as session:
            one = DECISIONS[decision](session, refund, by=caller().name, at=now())
            _note(session, one, decision)
    except RefundNotPossible as no:
        if no.why == "unknown":
            raise NotFound from no
        status, words = REFUSALS[no.why]
        return _page(words, status)
    return go(url_for("desk_refunds.show"))


def _note(session: Session, one: OnlineRefund, decision: str) -> None:
    detail = {"refund": str(one.id), "amount_cents": one.amount_cents, "person": one.asked_by}
    record(
        session, caller(), f"payment.refund_{decision}", about=str(one.payment), detail=detail
    )  # fmt: skip


def _page(problem: str | None = None, status: int = 200) -> Response:
    at = now()
    with books().read_only() as session:
        waiting, failed = waiting_refunds(session), failed_refunds(session)
    page = RefundsPage(
        shell(), [refund_line(one, at) for one in waiting],
        [refund_line(one, at) for one in failed], problem,
    )  # fmt: skip
    return render("refunds.html", page, status)
