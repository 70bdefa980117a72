"""Accounts: the chart, the statement of one account, and why it stands where it stands."""

from datetime import date, datetime, timedelta

from flask import Blueprint, Response, make_response, request
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import CITY_TIME
from ledger.documents.spreadsheet import csv_of
from ledger.errors import UnknownAccount
from ledger.permissions import Permission, needs
from reconciliation.desk.accounts.explanation import Chosen, explain, proof_lines
from reconciliation.desk.accounts.listing import chart
from reconciliation.desk.accounts.listing import statement as read_statement
from reconciliation.desk.asked import day_asked, knowledge_asked, page_asked
from reconciliation.desk.downloads import attached
from reconciliation.desk.links import case_address, here
from reconciliation.desk.page import books, now, render

LONGEST_STATEMENT = timedelta(days=366)
PERIOD = timedelta(days=6)
HEAD = ("Buchung", "Zeile", "Buchungstag", "Erfasst", "Text", "Referenz", "Konto", "Gegenkonto",
        "Soll", "Haben", "Saldo")  # fmt: skip

pages = Blueprint("desk_accounts", __name__, url_prefix="/desk/konten", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The chart of accounts."""
    at = now()
    with books().read_only() as session:
        knowledge = knowledge_asked(session, at)
        groups = chart(session, knowledge.cut)
    return render("accounts/chart.html", groups=groups, knowledge=knowledge, at=at)


@pages.get("/<path:account>/erklaeren")
@needs(Permission.RECONCILE_READ)
def explain_one(account: str) -> Response:
    """Where each cent of a balance comes from."""
    at, asked = now(), request.args
    entry = asked.get("buchung", "")
    if entry and not entry.isdecimal():
        raise BadRequest
    chosen = Chosen(asked.get("tag"), asked.get("teil"), int(entry) if entry else None)
    try:
        with books().read_only() as session:
            knowledge = knowledge_asked(session, at)
            page = explain(session, account, knowledge, chosen)
    except UnknownAccount as unknown:
        raise NotFound from unknown
    return render("accounts/explain.html", page=page, at=at, case_address=case_address, here=here)


@pages.get("/<path:account>/nachweis.csv")
@needs(Permission.RECONCILE_READ)
def proof(account: str) -> Response:
    """The transfers behind a balance as a table."""
    at = now()
    try:
        with books().read_only() as session:
            knowledge = knowledge_asked(session, at)
            before, lines = proof_lines(session, account, knowledge)
    except UnknownAccount as unknown:
        raise NotFound from unknown
    rows: list[tuple[str | int | None, ...]] = []
    running = before
    if before:
        rows.append(
            (None, None, None, None, "Saldo davor", None, account, None, None, None, before)
        )
    for line in lines:
        running += line.cents
        rows.append((
            str(line.entry_id), str(line.line), line.booked_on.isoformat(),
            _instant(line.recorded_at), line.words, line.reference, line.place, line.counter,
            line.debit_cents or None, line.credit_cents or None, running,
        ))  # fmt: skip
    answer = make_response(csv_of(HEAD, rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"nachweis-{account.replace('/', '-')}-{knowledge.as_of.isoformat()}.csv"
    return attached(answer, name)


@pages.get("/<path:account>")
@needs(Permission.RECONCILE_READ)
def statement(account: str) -> Response:
    """The statement of an account."""
    at = now()
    by_day = request.args.get("je") == "tag"
    try:
        with books().read_only() as session:
            knowledge = knowledge_asked(session, at)
            first = _first(day_asked("von"), knowledge.as_of)
            found = read_statement(
                session, account, knowledge, first=first, page=page_asked(), by_day=by_day
            )
    except UnknownAccount as unknown:
        raise NotFound from unknown
    return render("accounts/statement.html", page=found, by_day=by_day, at=at, here=here)


def _first(asked: date | None, last: date) -> date:
    """The first day of a statement: a week unless asked for, never more than a year."""
    first = asked or last - PERIOD
    if not last - LONGEST_STATEMENT <= first <= last:
        raise BadRequest
    return first


def _instant(at: datetime) -> str:
    return f"{at.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}"
