"""One case: three views beside each other, what is proposed and would be booked, its history."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import CITY_TIME
from ledger.errors import LedgerError
from ledger.permissions import Caller, Permission, needs
from reconciliation.casework.byhand import Range, candidates, rows_of
from reconciliation.casework.cases import Case, case_history, find_case
from reconciliation.casework.correcting import step_to_take_back
from reconciliation.casework.deciding import Done, accept, codes_of, reject
from reconciliation.casework.lists import neighbours
from reconciliation.casework.noting import assign, note, put_off, request_file
from reconciliation.casework.refusals import CaseChanged, CaseUnknown, CaseworkRefused
from reconciliation.casework.undoing import undo
from reconciliation.desk.case.forms import by_hand, correction, day_of, divide, give_up, reversal
from reconciliation.desk.case.sides import sides_of
from reconciliation.desk.case_acts import acts_for
from reconciliation.desk.case_filters import filter_asked, query_of
from reconciliation.desk.case_lines import case_line
from reconciliation.desk.case_said import DONE, said_line
from reconciliation.desk.page import books, caller, go, now, refusal, render
from reconciliation.errors import ReconciliationError
from reconciliation.german import euros
from reconciliation.words import TIERS, class_word

pages = Blueprint("desk_case", __name__, url_prefix="/desk", template_folder="templates")

DAYS_AROUND = (1, 3, 7, 14, 30)
CENTS_AROUND = (0, 100, 1000, 10000)
STATUS = {"difference_changed": 409, "difference_waits": 409, "difference_closed": 409}


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was refused: it stands open again with what was typed."""

    dialog: str
    problem: str
    typed: MultiDict[str, str] = field(default_factory=MultiDict)


@pages.get("/differenzen/D-<int:number>")
@needs(Permission.RECONCILE_READ)
def show(number: int) -> Response:
    """The case."""
    return _page(number)


@pages.post("/differenzen/D-<int:number>/<deed>")
@needs(Permission.RECONCILE_DECIDE)
def act(number: int, deed: str) -> Response:
    """Do something with it, and go on with the next one where it is done with."""
    if deed not in _DEEDS:
        raise NotFound
    by, at = caller(), now()
    only = filter_asked(by.name, at)
    try:
        with books().transaction() as session:
            after = neighbours(session, only, number).after
            done = _DEEDS[deed](session, by, number, at)
            is_open = find_case(session, number).is_open
    except CaseUnknown as unknown:
        raise NotFound from unknown
    except (ReconciliationError, LedgerError) as error:
        form = Form(deed, _problem(error), MultiDict(request.form))
        return _page(number, form, STATUS.get(error.code, 422))
    following = number if is_open and done.request is None else after
    query = query_of(only, getan=str(done.step))
    if following is None:
        return go(url_for("desk_differences.show") + query)
    return go(url_for("desk_case.show", number=following) + query)


@pages.post("/schritte/<int:step>/zurueck")
@needs(Permission.RECONCILE_DECIDE)
def undo_step(step: int) -> Response:
    """Take one's own last step back."""
    try:
        with books().transaction() as session:
            undone = undo(session, caller(), step, at=now())
            newest = case_history(session, find_case(session, undone.case))[0].id
    except CaseworkRefused as no:
        if "step" not in no.data:
            raise
        return _undo_refused(step, no)
    return go(url_for("desk_case.show", number=undone.case, getan=newest))


def _undo_refused(step: int, no: CaseworkRefused) -> Response:
    query = text("SELECT d.number FROM difference_step s JOIN difference d ON d.id = s.difference"
                 " WHERE s.id = :id")  # fmt: skip
    with books().read_only() as session:
        number = session.scalar(query, {"id": step})
    if number is None:
        raise NotFound
    return _page(number, Form("", refusal(no)), 409)


def _accept(session: Session, by: Caller, number: int, at: datetime) -> Done:
    return accept(session, by, number, version=_version(), at=at)


def _reject(session: Session, by: Caller, number: int, _: datetime) -> Done:
    words = request.form.get("worte", "")
    return reject(session, by, number, version=_version(), words=words)


def _assign(session: Session, by: Caller, number: int, _: datetime) -> Done:
    person = request.form.get("person") or None
    return assign(session, by, number, person, version=_version())


def _note(session: Session, by: Caller, number: int, _: datetime) -> Done:
    return note(session, by, number, request.form.get("worte", ""))


def _put_off(session: Session, by: Caller, number: int, at: datetime) -> Done:
    return put_off(
        session, by, number, day_of("am"), words=request.form.get("worte", ""), at=at,
        waits_for=request.form.get("auf") or None,
    )  # fmt: skip


def _request_file(session: Session, by: Caller, number: int, at: datetime) -> Done:
    return request_file(session, by, number, at=at)


def _version() -> str:
    return request.form.get("fassung", "")


_DEEDS = {
    "annehmen": _accept, "ablehnen": _reject, "zuweisen": _assign, "notiz": _note,
    "wiedervorlage": _put_off, "datei": _request_file, "von-hand": by_hand, "aufteilen": divide,
    "ausbuchen": give_up, "korrektur": correction, "storno": reversal,
}  # fmt: skip


def _problem(error: ReconciliationError | LedgerError) -> str:
    """What was refused, in words; of a conflict who was faster, and when."""
    if isinstance(error, CaseChanged) and error.who and error.at:
        did = DONE.get(error.did or "", "geändert")
        at = f"{error.at.astimezone(CITY_TIME):%H:%M}"
        return f"{error.who} hat diesen Fall um {at} Uhr {did}. Ihre Eingabe ist erhalten."
    said = refusal(error)
    rest = getattr(error, "data", {}).get("rest_cents")
    return said if rest is None else f"{said} Rest: {euros(rest)}."


def _page(number: int, form: Form | None = None, status: int = 200) -> Response:
    by, at = caller(), now()
    only = filter_asked(by.name, at)
    within = _around()
    with books().read_only() as session:
        try:
            case = find_case(session, number)
        except CaseUnknown as unknown:
            raise NotFound from unknown
        beside, steps = neighbours(session, only, number), case_history(session, case)
        sides, acts = sides_of(session, case), acts_for(session, case, by, at=at)
        nearby = candidates(session, case, within) if case.is_open else []
        own = rows_of(session, codes_of(case))
        said, nights = said_line(session, by), _nights(session, case)
    return render(
        "case/case.html", status, case=case, line=case_line(case, person=by.name, at=at),
        beside=beside, steps=steps, sides=sides, acts=acts, nearby=nearby, own=own, said=said,
        nights=nights, form=form, query=query_of(only), only=only, tiers=TIERS, within=within,
        days_around=DAYS_AROUND, cents_around=CENTS_AROUND, done_words=DONE, at=at,
        reasons=(case.proposal or {}).get("reasons", []), class_word=class_word,
        nav_of="desk_differences", chosen=_chosen(form), taken=step_to_take_back(steps),
    )  # fmt: skip


def _chosen(form: Form | None) -> frozenset[str]:
    if form is None or form.dialog != "von-hand":
        return frozenset()
    return frozenset(request.form.getlist("posten"))


def _around() -> Range:
    days, cents = request.args.get("tage", "3"), request.args.get("cent", "0")
    if not (days.isdecimal() and cents.isdecimal() and len(days) < 3 and len(cents) < 8):
        raise BadRequest
    return Range(int(days), int(cents))


def _nights(session: Session, case: Case) -> dict[str, tuple[int, datetime]]:
    """The runs that found and closed it: number and start."""
    runs = {"opened": case.opened_run, "closed": case.closed_run}
    rows = session.execute(
        text("SELECT run, number, started_at FROM night_start WHERE run = ANY(:runs)"),
        {"runs": [run for run in runs.values() if run]},
    ).all()
    known = {row.run: (row.number, row.started_at) for row in rows}
    return {name: known[run] for name, run in runs.items() if run in known}
