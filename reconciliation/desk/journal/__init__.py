"""The journal: find and read any entry. Nothing here changes one, and nothing could."""

from flask import Blueprint, Response, request
from sqlalchemy import text
from werkzeug.exceptions import BadRequest, NotFound

from ledger.errors import UnknownAccount
from ledger.permissions import Permission, needs
from reconciliation.desk.asked import day_asked
from reconciliation.desk.entries import entry_facts
from reconciliation.desk.event_words import EVENTS, event_word
from reconciliation.desk.journal.listing import NEWEST, Filter, Page, journal_page
from reconciliation.desk.links import here
from reconciliation.desk.page import books, now, render

LARGEST = 2**62

pages = Blueprint("desk_journal", __name__, url_prefix="/desk/journal", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The newest entries, or those that are asked for."""
    chosen, problem = _chosen(), None
    with books().read_only() as session:
        houses = session.execute(text("SELECT code, name FROM facility ORDER BY code")).all()
        try:
            page = journal_page(session, chosen)
        except UnknownAccount:
            page, problem = Page((), None), f"Das Konto {chosen.account} gibt es nicht."
    return render(
        "journal/journal.html", page=page, chosen=chosen, problem=problem, at=now(), here=here,
        event_word=event_word, facilities=[(row.code, row.name) for row in houses],
        events=sorted(EVENTS.items(), key=lambda each: each[1].casefold()),
    )  # fmt: skip


@pages.get("/<int:entry>")
@needs(Permission.RECONCILE_READ)
def show_one(entry: int) -> Response:
    """One entry with all that is known of it."""
    with books().read_only() as session:
        facts = entry_facts(session, entry) if entry <= LARGEST else None
    if facts is None:
        raise NotFound
    return render("journal/entry.html", facts=facts, event_word=event_word, at=now())


def _chosen() -> Filter:
    asked = request.args
    before = asked.get("vor", "")
    if before and not (before.isdecimal() and int(before) <= LARGEST):
        raise BadRequest
    return Filter(
        day_asked("von"), day_asked("bis"), asked.get("art") or None,
        asked.get("konto", "").strip() or None, asked.get("einrichtung") or None,
        int(before) if before else NEWEST,
    )  # fmt: skip
