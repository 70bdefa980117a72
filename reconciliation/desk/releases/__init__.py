"""Maker and checker: what one person asked and another one releases, once."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from ledger.approvals import barred_from_release, pending
from ledger.catalogue.price_changes import decided_changes, waiting_changes
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.casework.refusals import CaseworkRefused, ReleaseUnknown
from reconciliation.casework.releases import (
    Release,
    decided_releases,
    find_release,
    pending_releases,
    refuse,
    release,
    withdraw,
)
from reconciliation.desk.case_acts import preview_of, preview_of_reversal
from reconciliation.desk.page import books, caller, go, now, refusal, render
from reconciliation.desk.tasks.reading import APPROVALS, RELEASES
from reconciliation.words import class_word

pages = Blueprint(
    "desk_releases", __name__, url_prefix="/desk/freigaben", template_folder="templates"
)
STATES = {
    "released": ("closed", "freigegeben"), "refused": ("break", "zurückgegeben"),
    "withdrawn": ("open", "zurückgezogen"), "pending": ("suggestion", "wartet"),
}  # fmt: skip


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What waits, and what was decided lately; others' requests and one's own."""
    by, at = caller(), now()
    with books().read_only() as session:
        waiting, done = pending_releases(session), decided_releases(session)
        others = pending(session)
        changes, changed = waiting_changes(session), decided_changes(session)
    return render(
        "releases/list.html", waiting=waiting, done=done, others=others, words=RELEASES,
        changes=changes, changed=changed, approvals=APPROVALS, states=STATES,
        me=by.name, class_word=class_word, at=at,
    )  # fmt: skip


@pages.get("/<uuid:asked>")
@needs(Permission.RECONCILE_READ)
def show_one(asked: UUID) -> Response:
    """One request in full, with what it books."""
    return _page(asked)


@pages.post("/<uuid:asked>")
@needs(Permission.APPROVALS_DECIDE)
def decide(asked: UUID) -> Response:
    """Release it or give it back with a reason; withdrawing is for whoever asked."""
    decision, words = decision_asked()
    try:
        with books().transaction() as session:
            if decision == "released":
                release(session, caller(), asked, at=now())
            else:
                refuse(session, caller(), asked, words=words)
    except ReleaseUnknown as unknown:
        raise NotFound from unknown
    except (CaseworkRefused, LedgerError) as no:
        return _page(asked, refusal(no), words, _status(no.code))
    return go(url_for("desk_releases.show"))


@pages.post("/<uuid:asked>/zurueckziehen")
@needs(Permission.RECONCILE_DECIDE)
def take_back(asked: UUID) -> Response:
    """Withdraw one's own request."""
    try:
        with books().transaction() as session:
            withdraw(session, caller(), asked)
    except ReleaseUnknown as unknown:
        raise NotFound from unknown
    except CaseworkRefused as no:
        return _page(asked, refusal(no), status=_status(no.code))
    return go(url_for("desk_releases.show"))


def decision_asked() -> tuple[str, str]:
    """`released` or `refused`, and the words given with it. Raises BadRequest."""
    decision = request.form.get("entscheidung", "")
    if decision not in ("released", "refused"):
        raise BadRequest
    return decision, request.form.get("worte", "")


def _status(code: str) -> int:
    if code in ("release_own", "release_role"):
        return 403
    return 409 if code in ("release_decided", "release_stale", "difference_closed") else 422


def _page(asked: UUID, problem: str = "", words: str = "", status: int = 200) -> Response:
    by, at = caller(), now()
    with books().read_only() as session:
        found = _found(session, asked)
        taken = found.reversed_entry
        preview = (
            preview_of(session, found.what(), at=at) if taken is None
            else preview_of_reversal(session, taken, at=at)
        )  # fmt: skip
    return render(
        "releases/one.html", status, one=found, preview=preview,
        barred=barred_from_release(by, found.asked_by), is_mine=found.asked_by == by.name,
        words=RELEASES, problem=problem, typed=words, class_word=class_word, at=at,
        nav_of="desk_releases", is_pending=found.state == "pending",
    )  # fmt: skip


def _found(session: Session, asked: UUID) -> Release:
    try:
        return find_release(session, asked)
    except ReleaseUnknown as unknown:
        raise NotFound from unknown
