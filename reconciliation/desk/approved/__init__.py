"""Who approved what: the acts of two people in some days, to read and to save."""

from flask import Blueprint, Response, request

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.audits.acts import KINDS, acts, acts_by_rule
from reconciliation.desk.asked import day_asked, last_business_day, page_asked
from reconciliation.desk.links import here
from reconciliation.desk.page import books, now, render
from reconciliation.reports.approvals import TWO_PEOPLE, by_two_people, outcome_of
from reconciliation.reports.period import Period

pages = Blueprint(
    "desk_approved", __name__, url_prefix="/desk/entscheidungen", template_folder="templates"
)

PAGE = 100


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The month up to now, or `?von=2026-11-02&bis=2026-11-17`; `?art=write_off` of one kind."""
    at, number, kind = now(), page_asked(), request.args.get("art", "")
    with books().read_only() as session:
        last = day_asked("bis") or max(last_business_day(session, at), business_day(at))
        first = day_asked("von") or last.replace(day=1)
        period = Period(min(first, last), max(first, last))
        found, alone = acts(session, period), acts_by_rule(session, period)
    listed = [one for one in found if kind in ("", one.kind)]
    shown = listed[(number - 1) * PAGE : number * PAGE]
    return render(
        "approved/list.html", period=period, shown=shown, total=len(listed), kind=kind, kinds=KINDS,
        alone=alone, number=number, last_page=-(-len(listed) // PAGE), here=here, at=at,
        refused=sum(one.outcome == "refused" for one in listed), outcome_of=outcome_of,
        agrees=by_two_people(found), check=TWO_PEOPLE,
    )  # fmt: skip
