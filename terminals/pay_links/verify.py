"""Checking a receipt: number, amount and day together, and not too often from one address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound, TooManyRequests

from ledger.catalogue.posted import posted_catalogue
from ledger.permissions import Permission, needs
from ledger.proofs import Proof, prove
from ledger.staff.throttle import Visit, note, wait_seconds
from terminals.face.amounts import cents_of
from terminals.face.moment import now
from terminals.face.page import books, render
from terminals.pay_links.proof_file import proof_answer
from terminals.pay_links.receipt_data import Correction, ReceiptFacts, receipts_on

verify_pages = Blueprint("verify", __name__, url_prefix="/pruefen", template_folder="templates")

LONGEST = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, and what it means; errors: message ids by field."""

    number: str
    typed_amount: str
    typed_day: str
    cents: int | None
    day: date | None

    @property
    def errors(self) -> dict[str, str]:
        """What is not understood, by field."""
        faults = {
            "nummer": not 1 <= len(self.number) <= LONGEST,
            "betrag": self.cents is None,
            "datum": self.day is None,
        }
        words = {"nummer": "number", "betrag": "amount", "datum": "day"}
        return {name: f"verify.{words[name]}.bad" for name, is_bad in faults.items() if is_bad}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    state: "ok", "soon" (not sealed yet), "fixed" (corrected later), "differs", "unknown", "broken"
    (it does not fit its seal) or "wait" (too many tries, until then).
    """

    state: str
    facts: ReceiptFacts | None = None
    place: str | None = None
    proof: Proof | None = None
    correction: Correction | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The form as it was filled in, and what came of it. proof_href: of the file to download."""

    asked: Asked
    verdict: Verdict | None
    proof_href: str


@verify_pages.get("")
@needs(Permission.PUBLIC_USE)
def show() -> Response:
    """The form, and the answer where all three were given."""
    asked = _asked()
    has_asked = any(name in request.args for name in ("nummer", "betrag", "datum"))
    if not has_asked or asked.errors:
        page = VerifyPage(asked, None, "")
        status = 422 if has_asked and "betrag" in request.args else 200
        return render("pay_links/verify.html", page, status=status)
    verdict = _checked(asked)
    given = {"nummer": asked.number, "betrag": asked.typed_amount, "datum": asked.typed_day}
    page = VerifyPage(asked, verdict, f"/pruefen/beweis.json?{urlencode(given)}")
    return render("pay_links/verify.html", page, status=429 if verdict.state == "wait" else 200)


@verify_pages.get("/beweis.json")
@needs(Permission.PUBLIC_USE)
def proof() -> Response:
    """The proof of a receipt, for who names number, amount and day."""
    asked = _asked()
    verdict = Verdict("unknown") if asked.errors else _checked(asked)
    if verdict.state == "wait":
        raise TooManyRequests
    if verdict.facts is None:
        raise NotFound
    return proof_answer(verdict.facts, verdict.proof)


def _asked() -> Asked:
    number, amount, day = (
        request.args.get(name, "").strip() for name in ("nummer", "betrag", "datum")
    )
    return Asked(number.upper(), amount, day, cents_of(amount), _day(day))


def _day(typed: str) -> date | None:
    """`2026-11-24` as browsers send it, `24.11.2026` as people type it."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _checked(asked: Asked) -> Verdict:
    """The verdict; who names what is not there has to wait longer each time."""
    # Apart from signing in: who mistypes a receipt locks nobody out of their office.
    address = f"receipts {request.remote_addr or ''}"
    visit = Visit(now(), address)
    with books().transaction() as session:
        seconds = wait_seconds(session, address, visit)
        if seconds:
            return Verdict("wait", until=visit.at + timedelta(seconds=seconds))
        verdict = _found(session, asked)
        if verdict.facts is None:
            note(session, address, visit, is_success=False)
    return verdict


def _found(session: Session, asked: Asked) -> Verdict:
    assert asked.day is not None
    candidates = receipts_on(session, asked.number, asked.day)
    facts = next((one for one in candidates if one.total_cents == asked.cents), None)
    if facts is None:
        return Verdict("differs" if candidates else "unknown")
    houses = posted_catalogue(session).facilities
    place = houses[facts.facility].name if facts.facility else None
    found = prove(session, facts.entry_id)
    correction = facts.corrections[0] if facts.corrections else None
    state = "ok"
    if found is None:
        state = "soon"
    elif not found.holds():
        state = "broken"
    elif correction is not None:
        state = "fixed"
    return Verdict(state, facts, place, found, correction)
