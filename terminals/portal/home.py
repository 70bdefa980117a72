"""The first page of the portal: how long the money lasts, and *Heute krank* with one tap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile

from flask import Blueprint, Response, request, url_for

from ledger.calendar import business_day, months_back
from ledger.movement_months import month_sums
from ledger.permissions import Permission, needs
from terminals.checkout.here import provider
from terminals.face.moment import now
from terminals.face.page import books, caller, go, render
from terminals.portal.home_page import home_page
from terminals.portal.meal_answers import done_before
from terminals.portal.notices import Notice
from terminals.portal.payers import dismiss

pages = Blueprint("home", __name__, url_prefix="/portal", template_folder="templates")
HOME = "/portal/"
MONTHS = 4


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """What each month's meals cost this payer, and the dearest."""

    months: Sequence[tuple[date, int]]
    most_cents: int


@pages.get("/")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """Balance, notice, today, the latest movements."""
    return show_home()


@pages.get("/monate")
@needs(Permission.PORTAL_OWN)
def months() -> Response:
    """What was paid for meals in the last months, fetched where the screen has room for it."""
    if "HX-Request" not in request.headers:
        return go(url_for("movements.show_all"))
    today = business_day(now())
    with books().read_only() as session:
        eaten = month_sums(session, caller().wallet or "", first=months_back(today, MONTHS - 1),
                           last=today, kind="meal")  # fmt: skip
    bars = [(month, -cents) for month, cents in eaten.items()]
    begun = list(dropwhile(lambda bar: not bar[1], bars)) or bars[-1:]
    return render("portal/months.html", MonthsPage(begun, max(cents for _, cents in bars)))


@pages.post("/vorschlag/automatisch")
@needs(Permission.PORTAL_OWN)
def dismiss_offer() -> Response:
    """Never offer topping up automatically again."""
    with books().transaction() as session:
        dismiss(session, caller().name, "auto_top_up")
    return go(HOME)


def show_home(*, answer: Notice | None = None, status: int = 200) -> Response:
    """The page; answer: why what was tapped could not be done."""
    done = done_before(request.args) if answer is None else None
    with books().read_only() as session:
        page = home_page(
            session, caller(), at=now(), is_online=provider() is not None, done=done, answer=answer
        )
    return render("portal/home.html", page, tab="start", said=page.said, status=status)
