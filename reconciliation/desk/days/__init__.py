"""Closing days: what a day came to, what was looked at, and two people who lock it."""

from datetime import date, timedelta

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.closing.days import DayClosing, day_closing, sign_day
from reconciliation.closing.late import late_items
from reconciliation.closing.signatures import Signing
from reconciliation.desk.asked import day_of
from reconciliation.desk.days.page import (
    DayPage,
    channel_rows,
    control_rows,
    first_day_to_sign,
    looked_at,
    name_of,
    ribbon,
)
from reconciliation.desk.days.words import PROBLEMS, UNSEEN, month_words
from reconciliation.desk.links import case_address
from reconciliation.desk.page import books, caller, go, may, now, render
from reconciliation.errors import ReconciliationError
from reconciliation.words import channel_word, class_word

LONGEST_REMARK = 200
STATUSES = {"closing_changed": 409, "closing_first_lapsed": 409, "closing_already_signed": 409}

pages = Blueprint("desk_days", __name__, url_prefix="/desk/tage", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The day that waits for signatures."""
    with books().read_only() as session:
        day = first_day_to_sign(session, business_day(now()) - timedelta(days=1))
    return go(url_for("desk_days.show_one", day=day.isoformat()))


@pages.get("/<day>")
@needs(Permission.RECONCILE_READ)
def show_one(day: str) -> Response:
    """One day."""
    return _page(day_of(day))


@pages.post("/<day>")
@needs(Permission.DAYS_SIGN)
def sign_one(day: str) -> Response:
    """Sign what one has seen; the second person locks the day."""
    on, signing = day_of(day), _signing()
    if "gesehen" not in request.form:
        return _page(on, UNSEEN, 422)
    try:
        with books().transaction() as session:
            sign_day(session, caller(), on, signing, at=now())
    except ReconciliationError as refused:
        return _page(on, PROBLEMS[refused.code], STATUSES.get(refused.code, 422))
    return go(url_for("desk_days.show_one", day=day, getan=signing.place))


def _signing() -> Signing:
    form = request.form
    remark = form.get("bemerkung", "").strip()
    try:
        seen = bytes.fromhex(form.get("summe", ""))
    except ValueError as wrong:
        raise BadRequest from wrong
    if form.get("stelle") not in ("1", "2") or len(remark) > LONGEST_REMARK or len(seen) != 32:
        raise BadRequest
    return Signing(int(form["stelle"]), seen, remark or None)


def _page(day: date, problem: str | None = None, status: int = 200) -> Response:
    at = now()
    with books().read_only() as session:
        page = _read(session, day_closing(session, day, at=at), business_day(at))
    done = request.args.get("getan") if request.method == "GET" else None
    remark = request.form.get("bemerkung", "") if problem else ""
    return render(
        "days/day.html", status, page=page, problem=problem, done=done, remark=remark, at=at,
        month=month_words(day), case_address=case_address, class_word=class_word,
        channel_word=channel_word,
    )  # fmt: skip


def _read(session: Session, state: DayClosing, today: date) -> DayPage:
    day = state.day
    after = day + timedelta(days=1)
    place, barred = _next(state)
    items = late_items(session, at=now())
    return DayPage(
        state, ribbon(session, day, today), channel_rows(state), control_rows(session, state),
        looked_at(state), day - timedelta(days=1), after if after < today else None, place, barred,
        name_of(session, state.lock.by) if state.lock else None,
        sum(item.day == day for item in items),
    )  # fmt: skip


def _next(state: DayClosing) -> tuple[int | None, str | None]:
    """Which signature this viewer may give, or why they may not."""
    if state.lock or not may(Permission.DAYS_SIGN):
        return None, None
    if state.blockers:
        return None, "Erst muss erledigt sein, was links mit einer Raute steht."
    if state.first is None:
        return 1, None
    if state.first.person == caller().name:
        return None, PROBLEMS["closing_own_signature"]
    return 2, None
