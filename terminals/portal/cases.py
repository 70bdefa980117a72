"""What the payer has asked of the city: the list with its answers, withdrawing, asking again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from ledger.cases import (
    LONGEST_WORDS,
    CaseNotOpen,
    UnknownCase,
    ask_again,
    cases_of,
    withdraw_case,
)
from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render
from terminals.portal.case_words import CaseShown, shown

pages = Blueprint("cases", __name__, url_prefix="/portal/anfragen", template_folder="templates")


@dataclass(frozen=True, slots=True)
class CasesPage:
    """The cases, the newest first."""

    cases: Sequence[CaseShown]


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show_all() -> Response:
    """Everything asked, with what came of it."""
    with books().read_only() as session:
        found = cases_of(session, caller().wallet or "")
    return render("portal/cases/list.html", CasesPage([shown(one) for one in found]), tab="more")


@pages.post("/<uuid:case>/zurueckziehen")
@needs(Permission.PORTAL_OWN)
def withdraw(case: UUID) -> Response:
    """Take it back; a second tap finds it taken back."""
    key_of_form()
    try:
        with books().transaction() as session:
            withdraw_case(session, caller().wallet or "", case, at=now())
    except UnknownCase as unknown:
        raise NotFound from unknown
    except CaseNotOpen:
        return _back(case)  # it was answered a moment ago: that is what the list says
    return _back(case)


@pages.post("/<uuid:case>/nachfragen")
@needs(Permission.PORTAL_OWN)
def again(case: UUID) -> Response:
    """Ask again after a no, or after less than was asked for."""
    key_of_form()
    words = request.form.get("text", "").strip().replace("\r\n", "\n")
    if not 1 <= len(words) <= LONGEST_WORDS:
        raise BadRequest  # the field must be filled, and takes no more
    try:
        with books().transaction() as session:
            ask_again(session, caller().wallet or "", case, words=words, at=now())
    except UnknownCase as unknown:
        raise NotFound from unknown
    except CaseNotOpen:
        return _back(case)
    return _back(case)


def _back(case: UUID) -> Response:
    return go(url_for("cases.show_all", _anchor=f"case-{case}"))
