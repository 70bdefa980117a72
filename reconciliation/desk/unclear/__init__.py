"""Unidentified money: all the bank said, whose it may be, assigning it, or sending it back."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import business_day
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.casework.assigning import assign_receipt
from reconciliation.casework.receipts import (
    Receipt,
    find_receipt,
    find_targets,
    receipts,
    target_named,
    target_posting,
)
from reconciliation.casework.releases import ask_to_send_back
from reconciliation.casework.suggesting import suggestions
from reconciliation.desk.case_acts import preview_of
from reconciliation.desk.page import books, caller, go, now, refusal, render
from reconciliation.errors import ReconciliationError

pages = Blueprint(
    "desk_unclear", __name__, url_prefix="/desk/ungeklaert", template_folder="templates"
)
OLD_DAYS = 10  # domain rule: unclear money older than ten days is a case for somebody
LISTED_SUGGESTIONS = 10


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """Everything nobody has assigned yet, the oldest first, with the best guess for each."""
    at = now()
    with books().read_only() as session:
        found = receipts(session)
        # Guesses cost a look each: those of the oldest are shown at once, the others on their page.
        guesses = {
            one.entry_id: next(iter(suggestions(session, one)), None)
            for one in found[:LISTED_SUGGESTIONS]
        }
    today = business_day(at)
    return render(
        "unclear/list.html", receipts=found, guesses=guesses, at=at,
        cents=sum(one.amount_cents for one in found),
        ages={one.entry_id: (today - one.booked_on).days for one in found}, old=OLD_DAYS,
        done=request.args.get("gebucht", ""),
    )  # fmt: skip


@pages.get("/<int:receipt>")
@needs(Permission.RECONCILE_READ)
def show_one(receipt: int) -> Response:
    """One receipt in full."""
    return _page(receipt)


@pages.post("/<int:receipt>")
@needs(Permission.RECONCILE_DECIDE)
def assign(receipt: int) -> Response:
    """Book it to the chosen wallet or claim, once."""
    account, link = request.form.get("konto", ""), _uuid(request.form.get("link", ""))
    try:
        with books().transaction() as session:
            target = target_named(session, account, link)
            if target is None:
                raise BadRequest
            done = assign_receipt(session, caller(), receipt, target, at=now())
    except (ReconciliationError, LedgerError) as error:
        return _page(receipt, refusal(error), status=409)
    return go(url_for("desk_unclear.show", gebucht=done.entry))


@pages.post("/<int:receipt>/zurueck")
@needs(Permission.RECONCILE_DECIDE)
def send_back(receipt: int) -> Response:
    """Ask a second person to send it back to whoever sent it."""
    words = request.form.get("worte", "")
    try:
        with books().transaction() as session:
            found = _found(session, receipt)
            asked = ask_to_send_back(session, caller(), receipt, found.amount_cents, words=words)
    except (ReconciliationError, LedgerError) as error:
        return _page(receipt, refusal(error), typed=words, status=422)
    return go(url_for("desk_releases.show_one", asked=asked))


def _page(receipt: int, problem: str = "", *, typed: str = "", status: int = 200) -> Response:
    at, asked = now(), request.args.get("q", "").strip()
    with books().read_only() as session:
        every = receipts(session)
        place = next((n for n, one in enumerate(every) if one.entry_id == receipt), None)
        if place is None:
            raise NotFound
        found = every[place]
        guesses = [
            (one, preview_of(session, [target_posting(found.amount_cents, one.target)], at=at))
            for one in suggestions(session, found)
        ]
        targets = find_targets(session, asked) if asked else []
    return render(
        "unclear/one.html", status, one=found, guesses=guesses, targets=targets, asked=asked,
        problem=problem, typed=typed, at=at, is_back_open=status == 422 and bool(problem),
        before=every[place - 1].entry_id if place else None,
        after=every[place + 1].entry_id if place + 1 < len(every) else None,
        may_decide=caller().role in ("finance", "finance_approver"),
    )  # fmt: skip


def _found(session: Session, receipt: int) -> Receipt:
    found = find_receipt(session, receipt)
    if found is None:
        raise NotFound
    return found


def _uuid(words: str) -> UUID | None:
    try:
        return UUID(words) if words else None
    except ValueError as wrong:
        raise BadRequest from wrong
