"""Statements of a month or a year: one content as page, on paper, as CSV and as PDF."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import NotFound

from ledger.calendar import business_day
from ledger.documents.pdf import PdfMissing, pdf_of
from ledger.documents.spreadsheet import Cell, csv_of
from ledger.households import subsidies_of
from ledger.movement_months import first_day
from ledger.movements import statement
from ledger.permissions import Permission, needs
from ledger.tenders import meal_wallet
from terminals.face.moment import now
from terminals.face.page import books, caller, day, language, money, render, say
from terminals.portal.child_names import called
from terminals.portal.periods import Period, period_of, years_since
from terminals.portal.statement_pages import Line, Shown, StatementPage, statement_page

pages = Blueprint(
    "statements", __name__, url_prefix="/portal/uebersicht", template_folder="templates"
)

EARLIEST = date(2020, 1, 1)  # before the first account of ours
SHEET = Path(__file__).parent / "templates" / "portal" / "statements" / "paper.css"
FONT = "fonts/fira-sans-latin-{weight}-normal.woff2"
log = logging.getLogger("stadtkasse.portal")


@dataclass(frozen=True, slots=True)
class ListPage:
    """The years with their months, the newest first."""

    years: Sequence[tuple[Period, Sequence[Period]]]


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show_all() -> Response:
    """Every statement there is."""
    today = business_day(now())
    with books().read_only() as session:
        begun = first_day(session, meal_wallet(caller().wallet or "").account)
    page = ListPage(years_since(begun or today, today))
    return render("portal/statements/list.html", page, tab="more")


@pages.get("/<name>")
@needs(Permission.PORTAL_OWN)
def show(name: str) -> Response:
    """The statement as a page, which prints as it is."""
    return render("portal/statements/show.html", _page(name), tab="more")


@pages.get("/<name>.csv")
@needs(Permission.PORTAL_OWN)
def save_csv(name: str) -> Response:
    """The same for a spreadsheet."""
    page = _page(name)
    answer = make_response(csv_of(_head(page), _rows(page)))
    answer.content_type = "text/csv; charset=utf-8"
    return _as_file(answer, f"stadtkasse-{page.period.name}.csv")


@pages.get("/<name>.pdf")
@needs(Permission.PORTAL_OWN)
def save_pdf(name: str) -> Response:
    """The same as PDF/UA; without WeasyPrint one clear sentence, and the page itself."""
    page = _page(name)
    names = {"t": say, "money": money, "day": day, "language": language()}
    html = render_template(
        "portal/statements/paper.html", page=page, city=current_app.config["CITY"], **names
    )
    try:
        fonts = {weight: _font(weight) for weight in (400, 600)}
        answer = make_response(pdf_of(html, sheet=SHEET.read_text("utf-8"), fonts=fonts))
    except PdfMissing as missing:
        log.warning("no PDF: %s", missing)
        said = say("stat.pdf.missing")
        return render(
            "portal/statements/show.html", page, tab="more", said=said, status=503
        )  # fmt: skip
    answer.content_type = "application/pdf"
    return _as_file(answer, f"stadtkasse-{page.period.name}.pdf")


def _page(name: str) -> StatementPage:
    period, today, wallet = period_of(name), business_day(now()), caller().wallet or ""
    if period is None or not EARLIEST <= period.first <= today:
        raise NotFound
    with books().read_only() as session:
        children = called(session, caller(), on=today)
        entitled = subsidies_of(session, wallet)
        found = statement(session, wallet, period.first, period.last)
    child = request.args.get("kind", "")
    shown = Shown(child if child in children else None, request.args.get("zuschuss") == "ja")
    return statement_page(
        period, found, shown, wallet=wallet, children=children, knows_subsidy=bool(entitled),
        today=today,
    )  # fmt: skip


def _head(page: StatementPage) -> list[str]:
    names = ["day", "child", "what", "amount"]
    if page.child is None:
        names.append("balance")
    if page.with_subsidy:
        names.append("subsidy")
    return [say(f"stat.csv.{name}") for name in names]


def _rows(page: StatementPage) -> list[list[Cell]]:
    rows = [_cells(page, line) for line in page.lines]
    if page.child is not None:
        return rows
    blank: list[Cell] = [None] if page.with_subsidy else []
    first: list[Cell] = [f"{page.period.first}", None, say("stat.csv.opening"), None]
    last_day = min(page.period.last, page.made_on)
    last: list[Cell] = [f"{last_day}", None, say("stat.csv.closing"), None]
    return [
        [*first, page.opening_cents, *blank],
        *rows,
        [*last, page.closing_cents, *blank],
    ]


def _cells(page: StatementPage, line: Line) -> list[Cell]:
    cells: list[Cell] = [f"{line.day}", line.child, line.text, line.cents]
    if page.child is None:
        cells.append(line.balance_cents)
    if page.with_subsidy:
        cells.append(line.subsidy_cents or None)
    return cells


def _as_file(answer: Response, name: str) -> Response:
    """To be saved; its name says nothing about whose it is."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _font(weight: int) -> bytes:
    """The letters of our own pages, as the application serves them."""
    assets = cast("Callable[..., Response]", current_app.view_functions["assets"])
    served = assets(seen="", tree="vendor", name=FONT.format(weight=weight))
    with closing(served):
        served.direct_passthrough = False
        data: bytes = served.get_data()
    return data
