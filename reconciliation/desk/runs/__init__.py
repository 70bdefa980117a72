"""Night runs: when each went, how long its steps took, what it wrote; and one more, now."""

from datetime import timedelta

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from ledger.calendar import CITY_TIME
from ledger.jobs import defer
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from reconciliation.desk.page import books, caller, go, may, now, render
from reconciliation.desk.runs.listing import listed, steps_of
from reconciliation.night.summary import missing

JOB, LOCK = "night_now", "night"

pages = Blueprint("desk_runs", __name__, url_prefix="/desk/laeufe", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The newest runs, and the steps of the one that `?lauf=` names, or of the newest."""
    asked = request.args.get("lauf", type=int)
    with books().read_only() as session:
        rows = listed(session, at=now())
        day = missing(session, now())
    chosen = next((row for row in rows if row.number == asked), rows[0] if rows else None)
    if asked is not None and (chosen is None or chosen.number != asked):
        raise NotFound
    before = next((row for row in rows if chosen and row.number < chosen.number), None)
    return render(
        "runs/runs.html", rows=rows, chosen=chosen, before=before, missing=day,
        steps=steps_of(chosen, before) if chosen else [], asked="jetzt" in request.args,
        may_run=may(Permission.RECONCILE_DECIDE), at=now(),
    )  # fmt: skip


@pages.post("")
@needs(Permission.RECONCILE_DECIDE)
def run_now() -> Response:
    """Have the worker reconcile up to yesterday, after whatever runs now."""
    day = now().astimezone(CITY_TIME).date() - timedelta(days=1)
    with books().transaction() as session:
        defer(session, JOB, {}, lock=LOCK)
        record(session, caller(), "night.asked_for", detail={"day": day.isoformat()})
    return go(url_for("desk_runs.show", jetzt=1))
