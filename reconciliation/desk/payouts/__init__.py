"""Payouts: which came, and each one down to the single payment and the bank's line."""

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.desk.asked import page_asked
from reconciliation.desk.downloads import as_file
from reconciliation.desk.page import books, now, render
from reconciliation.desk.payouts import words
from reconciliation.desk.payouts.files import document_of, file_name
from reconciliation.desk.payouts.page import PayoutPage, headline, known_words, payout_page
from reconciliation.desk.payouts.whole import (
    KINDS,
    NOTHING,
    PAGE,
    find_payout,
    payout_sums,
    payouts,
)
from reconciliation.reports.forms import KINDS as FORMS
from reconciliation.words import class_word

pages = Blueprint(
    "desk_payouts", __name__, url_prefix="/desk/auszahlungen", template_folder="templates"
)


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The list; `?zustand=` one of KINDS, `?anbieter=`, `?seite=`."""
    kind, provider = request.args.get("zustand", ""), request.args.get("anbieter", "")
    if kind not in ("", *KINDS) or provider not in ("", *words.PROVIDERS):
        raise BadRequest
    page, today = page_asked(), business_day(now())
    with books().read_only() as session:
        by_kind = payout_sums(session, today=today, provider=provider)
        rows = payouts(session, today=today, kind=kind, provider=provider, page=page)
    counts = {each: by_kind[each].payouts for each in KINDS}
    sums = by_kind[kind] if kind else sum(by_kind.values(), NOTHING)
    last = max(1, -(-sums.payouts // PAGE))
    return render(
        "payouts/list.html", rows=rows, sums=sums, counts=counts, kind=kind, provider=provider,
        page=page, last=last, today=today, words=words, class_word=class_word,
    )  # fmt: skip


@pages.get("/<number>")
@needs(Permission.RECONCILE_READ)
def show_one(number: str) -> Response:
    """One payout; `?einrichtung=` only the lines of one place, `?seite=`."""
    shown = _found(number, request.args.get("einrichtung", ""), page_asked())
    title, shape = headline(shown.whole, business_day(now()))
    return render(
        "payouts/payout.html", page=shown, whole=shown.whole, title=title, shape=shape,
        known=known_words(shown.whole), words=words, class_word=class_word,
        explain=_address("desk_accounts.explain_one", account="184200"), link=_address,
    )  # fmt: skip


@pages.get("/<number>/<form>")
@needs(Permission.RECONCILE_READ)
def file(number: str, form: str) -> Response:
    """The same as a file: csv, xlsx or pdf."""
    if form not in FORMS:
        raise NotFound
    shown = _found(number, "", 1)
    return as_file(document_of(shown), form, file_name(number, shown.whole.arrives_on))


def _found(number: str, place: str, page: int) -> PayoutPage:
    with books().read_only() as session:
        whole = find_payout(session, number, today=business_day(now()))
        if whole is None:
            raise NotFound
        return payout_page(session, whole, place=place, page=page)


def _address(endpoint: str, **values: object) -> str:
    """Where a page of another part is; nothing where this application has it not."""
    known = endpoint in current_app.view_functions
    return url_for(endpoint, **values) if known else ""  # type: ignore[arg-type]
