"""A transfer that did not arrive: the payer says how much and when, finance looks for it.

What has arrived unassigned is never shown here: nobody can fish for somebody else's money.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for

from ledger.calendar import add_bank_days, business_day
from ledger.cases import CaseRefused, claim_transfer
from ledger.permissions import Permission, needs
from terminals.face.amounts import cents_of
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render, say

pages = Blueprint(
    "missing_transfer", __name__, url_prefix="/portal/fehlende-ueberweisung",
    template_folder="templates",
)  # fmt: skip

MOST_CENTS = 1_000_000
DAYS_BACK = 396  # 13 months: as long as banks answer questions about a payment
LONGEST_REFERENCE = 140  # of a SEPA transfer


@dataclass(frozen=True, slots=True)
class Claim:
    """What was typed, and what of it cannot be right, by field."""

    key: UUID
    amount: str = ""
    day: str = ""
    iban_end: str = ""
    reference: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """The form; answer_by: the next bank day. latest, earliest: of the day's field."""

    claim: Claim
    answer_by: date
    earliest: date
    latest: date
    is_sent: bool = False


@pages.get("")
@needs(Permission.PORTAL_OWN)
def ask() -> Response:
    """The form, or that it was sent."""
    return _page(Claim(uuid4()), is_sent="gesendet" in request.args)


@pages.post("")
@needs(Permission.PORTAL_OWN)
def send() -> Response:
    """Open the case."""
    claim = _typed(business_day(now()))
    if claim.errors:
        return _page(claim, status=422)
    try:
        with books().transaction() as session:
            claim_transfer(
                session, caller().wallet or "", key=claim.key,
                amount_cents=cents_of(claim.amount) or 0, paid_on=date.fromisoformat(claim.day),
                iban_end=claim.iban_end or None, words=claim.reference or None, at=now(),
            )  # fmt: skip
    except CaseRefused:  # what a form can get wrong was looked at: there are three already
        errors = {"betrag": say("claim.most")}
        return _page(Claim(uuid4(), *_values(claim), errors), status=422)
    return go(url_for("missing_transfer.ask", gesendet="ja"))


def _typed(today: date) -> Claim:
    form = {name: request.form.get(name, "").strip() for name in ("betrag", "tag", "iban", "zweck")}
    errors = {}
    cents = cents_of(form["betrag"])
    if cents is None or not 0 < cents <= MOST_CENTS:
        errors["betrag"] = say("claim.amount.wrong")
    if not _is_day(form["tag"], today):
        errors["tag"] = say("claim.day.wrong")
    if form["iban"] and not (len(form["iban"]) == 4 and form["iban"].isascii()
                             and form["iban"].isalnum()):  # fmt: skip
        errors["iban"] = say("claim.iban.wrong")
    if len(form["zweck"]) > LONGEST_REFERENCE:
        errors["zweck"] = say("claim.reference.wrong")
    return Claim(
        key_of_form(), form["betrag"], form["tag"], form["iban"].upper(), form["zweck"], errors
    )


def _values(claim: Claim) -> tuple[str, str, str, str]:
    return claim.amount, claim.day, claim.iban_end, claim.reference


def _is_day(typed: str, today: date) -> bool:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return False
    return today - timedelta(days=DAYS_BACK) <= day <= today


def _page(claim: Claim, *, is_sent: bool = False, status: int = 200) -> Response:
    today = business_day(now())
    page = ClaimPage(
        claim, add_bank_days(today + timedelta(days=1), 0), today - timedelta(days=DAYS_BACK),
        today, is_sent,
    )  # fmt: skip
    return render("portal/cases/missing_transfer.html", page, tab="more", status=status)
