"""One field that finds everything: cases, entries, provider lines, bank lines, files."""

from flask import Blueprint, Response, jsonify, request, url_for

from ledger.permissions import Permission, needs
from reconciliation.desk.page import books, go, now, render
from reconciliation.desk.search.finding import exact_case, find, read_asked

pages = Blueprint("desk_search", __name__, url_prefix="/desk/suche", template_folder="templates")
LONGEST = 100
SHORTEST_HIT = 2
HITS_OF_A_KIND = 4


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What is found for `?q=`; a case that is named opens at once."""
    words, at = request.args.get("q", "").strip()[:LONGEST], now()
    if not words:
        return render("search/search.html", asked="", groups=[], at=at)
    asked = read_asked(words, at)
    with books().read_only() as session:
        case = exact_case(session, asked)
        groups = find(session, asked, at) if case is None else []
    if case is not None:
        return go(url_for("desk_case.show", number=case))
    return render("search/search.html", asked=words, groups=groups, at=at)


@pages.get("/treffer")
@needs(Permission.RECONCILE_READ)
def hits() -> Response:
    """The first hits of each kind for the command palette; exact: a case named outright, alone."""
    words, at = request.args.get("q", "").strip()[:LONGEST], now()
    if len(words) < SHORTEST_HIT:
        return jsonify(exact=False, hits=[])
    asked = read_asked(words, at)
    with books().read_only() as session:
        case = exact_case(session, asked)
        groups = find(session, asked, at) if case is None else []
    if case is not None:
        address = url_for("desk_case.show", number=case)
        one = {"kind": "Fall", "title": f"D-{case}", "words": "öffnen", "href": address}
        return jsonify(exact=True, hits=[one])
    found = [(group.title, hit) for group in groups for hit in group.hits[:HITS_OF_A_KIND]]
    rows = [
        {"kind": kind, "title": hit.title, "words": hit.words, "href": hit.href}
        for kind, hit in found
    ]
    return jsonify(exact=False, hits=rows)
