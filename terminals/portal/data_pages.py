"""Meine Daten: take along everything, or have it forgotten."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, request, url_for

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, go, render, say
from terminals.portal.cookie import take_cookie
from terminals.portal.errors import BalanceNotZero, PaymentPending
from terminals.portal.own_data import archive, erase, kept_until
from terminals.portal.visiting import ask_again, me

pages = Blueprint(
    "portal_data", __name__, url_prefix="/portal/mehr/daten", template_folder="templates"
)


@dataclass(frozen=True, slots=True)
class DataPage:
    """kept_until: the last day amounts are kept. balance_cents: what stands in the way, if so."""

    kept_until: date
    problem: str = ""
    balance_cents: int | None = None


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """Both ways, and what each of them means."""
    return render("portal/data.html", DataPage(kept_until(business_day(now()))), tab="more")


@pages.post("/herunterladen")
@needs(Permission.PORTAL_OWN)
def download() -> Response:
    """The ZIP, at once."""
    if question := ask_again(url_for("portal_data.show")):
        return question
    at = now()
    with books().read_only() as session:
        packed = archive(session, me(session), at=at)
    answer = make_response(packed)
    answer.content_type = "application/zip"
    name = f"stadtkasse-{business_day(at).isoformat()}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/loeschen")
@needs(Permission.PORTAL_OWN)
def ask() -> Response:
    """Two lists: what goes at once, what stays and until when."""
    return render("portal/erase.html", DataPage(kept_until(business_day(now()))), tab="more")


@pages.post("/loeschen")
@needs(Permission.PORTAL_OWN)
def forget() -> Response:
    """Forget the payer and sign out everywhere."""
    if question := ask_again(url_for("portal_data.ask")):
        return question
    at = now()
    until = kept_until(business_day(at))
    if "sure" not in request.form:
        page = DataPage(until, say("erase.sure.needed"))
        return render("portal/erase.html", page, tab="more", status=422)
    try:
        with books().transaction() as session:
            erase(session, me(session), at=at)
    except PaymentPending:
        page = DataPage(until, say("erase.pending"))
        return render("portal/erase.html", page, tab="more", status=422)
    except BalanceNotZero as refused:
        page = DataPage(until, say("erase.balance"), refused.balance_cents)
        return render("portal/erase.html", page, tab="more", status=422)
    answer = go(url_for("portal_data.erased"))
    take_cookie(answer)
    return answer


@pages.get("/geloescht")
@needs(Permission.PORTAL_SIGN_IN)
def erased() -> Response:
    """It is done."""
    return render("portal/erased.html", DataPage(kept_until(business_day(now()))))
