"""Electronic receipts: the page behind a receipt's QR code, for whoever holds its address."""

from flask import Blueprint, Response, abort

from ledger.permissions import Permission, needs
from terminals.printing.sheet import page, styles
from terminals.till.journal import Journal
from terminals.till.papers import receipt_of
from terminals.till.sales import sale_with_receipt

STYLES = "/kasse/receipt.css"


def e_receipts(journal: Journal) -> Blueprint:
    """The pages `/kasse/beleg/<token>`; the token cannot be guessed, so no one signs in."""
    pages = Blueprint("e_receipts", __name__, url_prefix="/kasse")

    @pages.get("/beleg/<token>")
    @needs(Permission.HEALTH_READ)
    def show(token: str) -> Response:
        with journal.read() as connection:
            sold = sale_with_receipt(connection, token)
            if sold is None:
                abort(404)
            paper = receipt_of(connection, sold)
        return Response(page(paper, stylesheet=STYLES), mimetype="text/html")

    @pages.get("/receipt.css")
    @needs(Permission.ASSETS_READ)
    def stylesheet() -> Response:
        return Response(styles(), mimetype="text/css")

    return pages
