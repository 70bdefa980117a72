"""Electronic receipts: the page behind an address that cannot be guessed, to read and to print."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.permissions import Permission, needs
from ledger.proofs import is_sealed, prove
from terminals.face.page import books, language, render, say
from terminals.mail.letters import address
from terminals.pay_links.proof_file import proof_answer
from terminals.pay_links.receipt_data import ReceiptFacts, ReceiptLine, receipt_by_token
from terminals.printing import receipt as paper
from terminals.printing.receipt import House, Item, Language, Payment, Place, Tax
from terminals.printing.sheet import sheet, styles
from terminals.qr.drawing import draw

receipt_pages = Blueprint("receipts", __name__, url_prefix="/beleg", template_folder="templates")


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line in the reader's language; note: why it bears no tax."""

    name: str
    cents: int
    note: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt as its holder sees it. query: what `/pruefen` is asked with for it."""

    facts: ReceiptFacts
    place: str
    lines: tuple[NamedLine, ...]
    at: datetime
    path: str
    drawing: Markup
    query: dict[str, str]
    is_sealed: bool


@receipt_pages.get("/<token>")
@needs(Permission.PUBLIC_USE)
def show(token: str) -> Response:
    """The receipt, with its code and the way to check it."""
    path = f"/beleg/{token.upper()}"
    with books().read_only() as session:
        facts = receipt_by_token(session, token)
        if facts is None:
            raise NotFound
        catalogue = posted_catalogue(session)
        sealed = is_sealed(session, facts.entry_id)
    lines = tuple(_named(line, catalogue) for line in facts.lines)
    drawn = draw(address(path), label=say("receipt.code"))
    page = ReceiptPage(
        facts, _place(facts, catalogue), lines, facts.at, path,
        Markup(drawn.decode()),  # noqa: S704 - drawn by us, attributes only
        query_of(facts), sealed,
    )  # fmt: skip
    return render("pay_links/receipt.html", page)


@receipt_pages.get("/<token>/bon")
@needs(Permission.PUBLIC_USE)
def small(token: str) -> Response:
    """The receipt on 80 mm paper, as a till prints it."""
    with books().read_only() as session:
        facts = receipt_by_token(session, token)
        if facts is None:
            raise NotFound
        catalogue = posted_catalogue(session)
    chosen = cast(Language, language())
    house = House(current_app.config["CITY"], _place(facts, catalogue))
    items = [_item(line, catalogue) for line in facts.lines]
    printed = paper.sale(
        Place(house, say("receipt.way.online")), facts.number, items,
        payment=Payment("pay_link", facts.total_cents), started_at=facts.at,
        finished_at=facts.at, qr=address(f"/beleg/{token.upper()}"), language=chosen,
    )  # fmt: skip
    html = sheet(printed, stylesheet=url_for("receipts.stylesheet"))
    return Response(html, mimetype="text/html")


@receipt_pages.get("/<token>/beweis.json")
@needs(Permission.PUBLIC_USE)
def proof(token: str) -> Response:
    """The proof that the receipt stands in the books, to be checked without us."""
    with books().read_only() as session:
        facts = receipt_by_token(session, token)
        if facts is None:
            raise NotFound
        found = prove(session, facts.entry_id)
    return proof_answer(facts, found)


@receipt_pages.get("/receipt.css")
@needs(Permission.ASSETS_READ)
def stylesheet() -> Response:
    """The styles of receipts on small paper."""
    return Response(styles(), mimetype="text/css")


def query_of(facts: ReceiptFacts) -> dict[str, str]:
    """What `/pruefen` is asked with: number, amount and day."""
    cents = facts.total_cents
    return {
        "nummer": facts.number,
        "betrag": f"{cents // 100},{cents % 100:02}",
        "datum": f"{facts.at.astimezone(CITY_TIME):%Y-%m-%d}",
    }


def _named(line: ReceiptLine, catalogue: PostedCatalogue) -> NamedLine:
    name = _name(line, catalogue)
    name = f"{line.quantity} × {name}" if line.quantity > 1 else name
    return NamedLine(name, line.cents, "" if line.vat_rate else say("receipt.exempt"))


def _item(line: ReceiptLine, catalogue: PostedCatalogue) -> Item:
    tax = Tax(line.vat_rate, "" if line.vat_rate else say("receipt.exempt"))
    return Item(_name(line, catalogue), line.cents, line.quantity, tax=tax)


def _name(line: ReceiptLine, catalogue: PostedCatalogue) -> str:
    if line.product is None:
        return say(line.word or "receipt.top_up")
    product = catalogue.products[line.product]
    return product.name if language() == "de" else product.name_en or product.name


def _place(facts: ReceiptFacts, catalogue: PostedCatalogue) -> str:
    if facts.facility is None:
        return str(current_app.config["CITY"])
    return catalogue.facilities[facts.facility].name
