"""Every report as a file: /desk/berichte/vat/2026-11.pdf, or of what was known at an instant."""

from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, NotFound

from ledger.permissions import Permission, needs
from reconciliation.desk.downloads import as_file
from reconciliation.desk.page import books
from reconciliation.reports import load
from reconciliation.reports.document import Document
from reconciliation.reports.forms import KINDS
from reconciliation.reports.period import period_named

pages = Blueprint("desk_reports", __name__, url_prefix="/desk/berichte")


@pages.get("/<name>/<period>.<form>")
@needs(Permission.RECONCILE_READ)
def show(name: str, period: str, form: str) -> Response:
    """One report; `?bekannt=2026-11-18T02:03:00+01:00` asks what was known at that instant."""
    if form not in KINDS:
        raise NotFound
    return as_file(document_of(name, period), form, f"{name}-{period}")


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
