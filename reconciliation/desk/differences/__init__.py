"""The work list: one line per case, differences before suggestions, filters in the address."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import business_day
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.casework.cases import find_case
from reconciliation.casework.filters import forget_filter, keep_filter, kept_filters
from reconciliation.casework.lists import (
    PAGE,
    VIEWS,
    Filter,
    Totals,
    cases,
    choices,
    counts,
    last_closed,
    neighbours,
    totals,
)
from reconciliation.casework.noting import assign
from reconciliation.casework.refusals import CaseUnknown, CaseworkRefused
from reconciliation.desk.asked import page_asked
from reconciliation.desk.case_acts import acts_for
from reconciliation.desk.case_filters import (
    HIDEABLE,
    VIEW_WORDS,
    filter_asked,
    hidden_asked,
    order_query,
    query_of,
    view_query,
)
from reconciliation.desk.case_lines import CaseLine, case_line
from reconciliation.desk.case_said import said_line
from reconciliation.desk.differences import together
from reconciliation.desk.differences.sheet import FORMS, sheet_of
from reconciliation.desk.downloads import as_file
from reconciliation.desk.page import books, caller, go, now, refusal, render
from reconciliation.errors import ReconciliationError
from reconciliation.words import channel_word, class_word

pages = Blueprint(
    "desk_differences", __name__, url_prefix="/desk/differenzen", template_folder="templates"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A head cell. order: what it sorts by, None for one that does not; code: under which it can
    be left out, empty for one that always stands."""

    words: str
    order: str | None = None
    is_number: bool = False
    is_second: bool = False
    code: str = ""


COLUMNS = (
    Column("Fall", "number"), Column("Art", "kind", code="art"),
    Column("Kanal", "channel", code="kanal"), Column("Ort", "place", is_second=True, code="ort"),
    Column("Beleg", is_second=True, code="beleg"), Column("Tag", "day", code="tag"),
    Column("Erwartet €", is_number=True, code="erwartet"),
    Column("Bestätigt €", is_number=True, code="bestaetigt"),
    Column("Differenz €", "amount", is_number=True),
    Column("BT", "age", is_number=True, code="bt"),
    Column("Stufe, Vorschlag oder nächster Schritt", code="schritt"),
    Column("Zuständig", "owner", code="person"),
    Column("Zustand", is_second=True, code="zustand"),
)  # fmt: skip


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The list of this filter, a hundred cases a page."""
    return _list()


@pages.get("/liste.<form>")
@needs(Permission.RECONCILE_READ)
def download(form: str) -> Response:
    """The list of this filter as CSV or XLSX, all pages and all columns."""
    if form not in FORMS:
        raise NotFound
    at = now()
    with books().read_only() as session:
        document = sheet_of(session, filter_asked(caller().name, at))
    return as_file(document, form, f"differenzen-{business_day(at)}")


@pages.post("")
@needs(Permission.RECONCILE_DECIDE)
def assign_chosen() -> Response:
    """Take the chosen cases oneself: what is valid for all of them."""
    chosen = [_number(one) for one in request.form.getlist("fall")]
    if not chosen:
        return _list("Bitte wählen Sie Fälle mit X aus.", 422)
    by, step = caller(), 0
    try:
        with books().transaction() as session:
            for number in sorted(chosen):
                step = assign(session, by, number, by.name).step
    except (ReconciliationError, LedgerError) as error:
        return _list(refusal(error), 409)
    only = filter_asked(by.name, now())
    return go(url_for("desk_differences.show") + query_of(only, getan=str(step)))


@pages.post("/gemeinsam")
@needs(Permission.RECONCILE_DECIDE)
def summarise_chosen() -> Response:
    """What accepting the chosen proposals in one step would do."""
    chosen = [_number(one) for one in request.form.getlist("fall")]
    if not chosen:
        return _list("Bitte wählen Sie Fälle mit X aus.", 422)
    try:
        return together.summary(chosen)
    except CaseUnknown as unknown:
        raise NotFound from unknown
    except CaseworkRefused as no:
        return _list(refusal(no), 422)


@pages.post("/angenommen")
@needs(Permission.RECONCILE_DECIDE)
def accept_chosen() -> Response:
    """Accept them, each as a decision of its own."""
    return together.accept_each()


@pages.get("/angenommen")
@needs(Permission.RECONCILE_READ)
def accepted() -> Response:
    """What came of each."""
    return together.outcome()


@pages.post("/spalten")
@needs(Permission.RECONCILE_READ)
def choose_columns() -> Response:
    """Show the ticked columns; the address keeps the others out, also in a filter kept of it."""
    ticked = request.form.getlist("spalte")
    hidden = " ".join(code for code in HIDEABLE if code not in ticked)
    only = filter_asked(caller().name, now())
    return go(url_for("desk_differences.show") + query_of(only, ohne=hidden))


@pages.post("/filter")
@needs(Permission.RECONCILE_DECIDE)
def keep() -> Response:
    """Keep this filter under a name, or drop the one of that name."""
    by, name = caller(), request.form.get("name", "")
    query = query_of(filter_asked(by.name, now()))
    try:
        with books().transaction() as session:
            if request.form.get("weg"):
                forget_filter(session, by, name)
            else:
                keep_filter(session, by, name, query)
    except CaseworkRefused as no:
        return _list(refusal(no), 422)
    return go(url_for("desk_differences.show") + query)


@pages.get("/D-<int:number>/fuss")
@needs(Permission.RECONCILE_READ)
def foot(number: int) -> Response:
    """The foot of the list for one case: all of it in words, and what can be done."""
    by, at = caller(), now()
    only = filter_asked(by.name, at)
    with books().read_only() as session:
        try:
            case = find_case(session, number)
        except CaseUnknown as unknown:
            raise NotFound from unknown
        acts = acts_for(session, case, by, at=at)
    line = case_line(case, person=by.name, at=at)
    html = render_template("differences/foot.html", line=line, acts=acts, query=query_of(only))
    return make_response(html)


def _list(problem: str = "", status: int = 200) -> Response:
    by, at = caller(), now()
    only, page, hidden = filter_asked(by.name, at), page_asked(), hidden_asked()
    with books().read_only() as session:
        found = cases(session, only, page=page)
        whole, counted = totals(session, only), counts(session, only)
        narrowed, said = choices(session), said_line(session, by)
        closed = last_closed(session) if not found else None
        first = acts_for(session, found[0], by, at=at) if found else None
        walk, kept = _first_suggestion(session, only, whole), kept_filters(session, by)
    lines = [case_line(case, person=by.name, at=at) for case in found]
    return render(
        "differences/list.html", status, only=only, lines=lines, whole=whole, said=said,
        problem=problem, page=page, last=max(1, -(-whole.count // PAGE)), hidden=hidden,
        columns=[one for one in COLUMNS if one.code not in hidden], hideable=HIDEABLE,
        groups=_groups(lines, whole, only), tabs=_tabs(only, counted), query=query_of(only),
        query_of=query_of, order_query=order_query, acts=first, walk=walk,
        channels=[(code, channel_word(code)) for code in narrowed["channel"]],
        kinds=sorted(((code, class_word(code)) for code in narrowed["kind"]), key=lambda k: k[1]),
        places=[(place, place) for place in narrowed["place"]], closed=closed, at=at, kept=kept,
    )  # fmt: skip


def _groups(
    lines: Sequence[CaseLine], whole: Totals, only: Filter
) -> list[tuple[str, int, Sequence[CaseLine]]]:
    """Differences, then suggestions; what is done stands in one group by the day it was closed."""
    if only.view == "done":
        return [("closed", whole.count, lines)] if lines else []
    counted = {"break": whole.differences, "suggestion": whole.suggestions}
    groups = [
        (severity, count, [line for line in lines if line.severity == severity])
        for severity, count in counted.items()
    ]
    return [group for group in groups if group[2]]


def _tabs(only: Filter, counted: dict[str, int]) -> list[tuple[str, int | None, str, bool]]:
    address = url_for("desk_differences.show")
    return [
        (VIEW_WORDS[view], counted.get(view), address + view_query(only, view), view == only.view)
        for view in VIEWS
    ]


def _first_suggestion(session: Session, only: Filter, whole: Totals) -> str:
    """Where going through the suggestions begins; empty without any."""
    if not whole.suggestions or only.view == "done":
        return ""
    walked = Filter(only.person, only.at, severity="suggestion")
    first = neighbours(session, walked, 0).after
    address = url_for("desk_case.show", number=first) if first else ""
    return address + query_of(walked)


def _number(words: str) -> int:
    if not words.isdecimal() or len(words) > 18:
        raise BadRequest
    return int(words)
