"""Tickets on paper: a page made from the same facts as the one on the screen."""

from pathlib import Path

from flask import render_template

from ledger.documents.pdf import pdf_of
from terminals.gate.shop_data import Speech
from terminals.gate.ticket_data import TicketPage

_SHEET = Path(__file__).parent / "templates" / "gate" / "paper.css"


def paper(page: TicketPage, speech: Speech) -> bytes:
    """All tickets that still let in, one a page, as a tagged PDF. Raises PdfMissing."""
    names = {"t": speech.t, "day": speech.day, "language": speech.language}
    html = render_template("gate/paper.html", page=page, **names)
    return pdf_of(html, sheet=_SHEET.read_text("utf-8"))
