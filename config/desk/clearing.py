"""What finance has to look at about online payments: disputes, cases, messages, mail, and money
that nobody knows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from config.access import may
from config.desk.page import render
from config.desk.payment_lines import CaseLine, ClearingPage
from config.desk.payment_story import dispute_line
from config.desk.payment_words import CASES, DETAILS, ON_WALLET, PURPOSES, WHYS, said
from config.desk.words import age
from config.staff.cookie import now
from config.staff.page import books, caller, go, shell
from config.web.formats import euro
from ledger.case_answers import UnclearReceipt, unclear_receipts
from ledger.cases import Case
from ledger.cases import open_cases as open_questions
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from terminals.checkout.cases import OnlineCase, close_case, open_cases
from terminals.checkout.inbox import failing_events
from terminals.checkout.queries import Heard, open_disputes
from terminals.mail.sending import letters_given_up

LONGEST_ANSWER = 200

pages = Blueprint("desk_clearing", __name__, url_prefix="/desk/clearing")


@pages.get("")
@needs(Permission.PAYMENTS_READ)
def show() -> Response:
    """All of it."""
    return _page()


@pages.post("/cases/<int:case>")
@needs(Permission.CASES_DECIDE)
def close(case: int) -> Response:
    """Close a case with what was done about it; closed once, it stays as it is."""
    answer = request.form.get("answer", "").strip()
    if len(answer) > LONGEST_ANSWER:
        raise BadRequest
    if not answer:
        return _page("Bitte schreiben Sie, was Sie unternommen haben.", 422)
    with books().transaction() as session:
        is_closed = close_case(session, case, by=caller().name, answer=answer, at=now())
        if is_closed:
            detail = {"answer": answer}
            record(session, caller(), "payment.case_closed", about=f"case {case}", detail=detail)
    if not is_closed:
        return _page("Dieser Fall ist schon abgeschlossen.", 409)
    return go(url_for("desk_clearing.show"))


def _page(problem: str | None = None, status: int = 200) -> Response:
    at = now()
    with books().read_only() as session:
        page = ClearingPage(
            shell(), [dispute_line(one, at) for one in open_disputes(session)],
            [_case(one, at) for one in open_cases(session)], _receipts(session),
            [(_heard(row), age(row.received_at, at)) for row in failing_events(session)],
            letters_given_up(session), may(caller(), Permission.CASES_DECIDE), problem,
        )  # fmt: skip
    return render("clearing.html", page, status)


def _case(one: OnlineCase, at: datetime) -> CaseLine:
    title, advice = CASES.get(one.kind, (one.kind, ""))
    if one.detail.get("is_on_wallet"):
        advice = ON_WALLET
    facts = [
        (DETAILS[name], _fact(name, value)) for name, value in one.detail.items() if name in DETAILS
    ]
    return CaseLine(one, title, advice, age(one.opened_at, at), facts)


def _fact(name: str, value: Any) -> str:
    if name.endswith("_cents"):
        return euro(value)
    return said(WHYS, said(PURPOSES, str(value)))


def _receipts(session: Session) -> list[tuple[UnclearReceipt, UUID | None]]:
    """Money nobody knows, with a question of a family about the same amount, if there is one."""
    asked = [one for one in open_questions(session) if one.kind == "missing_transfer"]
    return [(one, _asked_for(one, asked)) for one in unclear_receipts(session)]


def _asked_for(receipt: UnclearReceipt, asked: Sequence[Case]) -> UUID | None:
    same = (one.id for one in asked if one.amount_cents == receipt.amount_cents)
    return next(same, None)


def _heard(row: Any) -> Heard:
    return Heard(row.id, row.type, row.received_at, "new", row.tries, row.trouble)
