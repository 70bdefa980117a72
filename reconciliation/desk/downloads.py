"""Files that pages hand out: an answer under a name, and a report in each of its forms."""

import logging

from flask import Response, current_app, make_response

from ledger.documents.pdf import PdfMissing
from reconciliation.desk.page import now, render
from reconciliation.reports.document import Document
from reconciliation.reports.forms import KINDS, Stamp, in_form

log = logging.getLogger("stadtkasse.desk")


def attached(answer: Response, name: str) -> Response:
    """The answer as a file to be kept; name: ASCII without quotation marks."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_file(document: Document, form: str, name: str) -> Response:
    """A document in one of KINDS, which its name ends with; a page that says so where this server
    draws no PDF. name: as of `attached`."""
    try:
        content = in_form(document, form, Stamp(current_app.config["CITY"], now()))
    except PdfMissing as missing:
        log.warning("no PDF of %s: %s", name, missing)
        advice = "PDF lässt sich auf diesem Server nicht erzeugen. Bitte CSV oder XLSX laden."
        return render("error.html", 503, title="Kein PDF", advice=advice, reference=None)
    answer = make_response(content)
    answer.content_type = KINDS[form]
    return attached(answer, f"{name}.{form}")
