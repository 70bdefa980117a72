"""Every report as a file: /desk/berichte/vat/2026-11.pdf, or of what was known at an instant."""

import logging
from datetime import datetime

from flask import Blueprint, Response, current_app, make_response, request
from werkzeug.exceptions import BadRequest, NotFound

from ledger.documents.pdf import PdfMissing
from ledger.permissions import Permission, needs
from reconciliation.desk.page import books, now, render
from reconciliation.reports import load
from reconciliation.reports.document import Document
from reconciliation.reports.forms import KINDS, Stamp, as_csv, as_pdf, as_xlsx
from reconciliation.reports.period import period_named

pages = Blueprint("desk_reports", __name__, url_prefix="/desk/berichte")

log = logging.getLogger("stadtkasse.desk")


@pages.get("/<name>/<period>.<form>")
@needs(Permission.RECONCILE_READ)
def show(name: str, period: str, form: str) -> Response:
    """One report; `?bekannt=2026-11-18T02:03:00+01:00` asks what was known at that instant."""
    if form not in KINDS:
        raise NotFound
    document = document_of(name, period)
    try:
        content = _content(document, form)
    except PdfMissing as missing:
        log.warning("no PDF of a report: %s", missing)
        return _without_pdf()
    answer = make_response(content)
    answer.content_type = KINDS[form]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{period}.{form}"'
    return answer


def document_of(name: str, period: str) -> Document:
    """The report of the request. Raises NotFound, BadRequest."""
    found = period_named(period, known_at=known_at())
    report = load().get(name)
    if found is None or report is None:
        raise NotFound
    with books().read_only() as session:
        return report.build(session, found)


def known_at() -> datetime | None:
    """The instant of the request's `bekannt`; None for now. Raises BadRequest."""
    said = request.args.get("bekannt")
    if not said:
        return None
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as wrong:
        raise BadRequest from wrong
    if instant.tzinfo is None:
        raise BadRequest
    return instant


def _content(document: Document, form: str) -> bytes:
    if form == "csv":
        return as_csv(document)
    if form == "xlsx":
        return as_xlsx(document)
    return as_pdf(document, Stamp(current_app.config["CITY"], now()))


def _without_pdf() -> Response:
    words = "PDF lässt sich auf diesem Server nicht erzeugen. Bitte CSV oder XLSX laden."
    return render("error.html", 503, title="Kein PDF", advice=words, reference=None)
