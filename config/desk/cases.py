"""What payers have asked: finance's list with ages, one case with its facts, and the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from config.desk.page import render
from config.desk.words import age
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, go, refusal, shell
from config.web.pages import Shell
from ledger.calendar import business_day
from ledger.case_answers import (
    ANSWERS,
    Answer,
    UnclearReceipt,
    answer_case,
    assign_receipt,
    unclear_receipts,
)
from ledger.cases import LONGEST_WORDS, Case, answered_cases, find_case, open_cases
from ledger.closings import Closing, closings
from ledger.errors import LedgerError
from ledger.movements import Movement, movement
from ledger.permissions import Permission, needs
from terminals.face.amounts import cents_of

pages = Blueprint("desk_cases", __name__, url_prefix="/desk/cases")

TITLES: Mapping[str, str] = {
    "charge_dispute": "Zahlung prüfen",
    "missing_transfer": "Fehlende Überweisung",
    "unknown_payment": "Zahlung ohne Zuordnung",
    "payment_return": "Rückgabe einer Zahlung",
}
REASONS: Mapping[str, str] = {
    "was_absent": "Das Kind war nicht da",
    "was_cancelled": "War abbestellt",
    "wrong_price": "Der Preis stimmt nicht",
    "not_arrived": "Geld nicht angekommen",
    "other": "Etwas anderes",
}
STATES: Mapping[str, tuple[str, str]] = {
    "open": ("offen", "warning"),
    "granted": ("recht gegeben", "success"),
    "partly": ("teilweise", "success"),
    "refused": ("abgelehnt", "danger"),
    "withdrawn": ("zurückgezogen", "info"),
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in words. is_late: the promised day of the answer is over. barred: a second person
    decides about it now."""

    case: Case
    title: str
    reason: str
    state: str
    kind: str
    age: str
    is_late: bool
    barred: str | None


@dataclass(frozen=True, slots=True)
class CasesPage:
    """What waits, the oldest first, closings too, and what was answered lately."""

    shell: Shell
    waiting: Sequence[CaseLine]
    closings: Sequence[tuple[Closing, str]]
    answered: Sequence[CaseLine]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case with its facts: the charge it is about, or unclear money of the same amount first.

    typed: the words as they were sent; problem: why the answer was not taken.
    """

    shell: Shell
    line: CaseLine
    charge: Movement | None
    receipts: Sequence[UnclearReceipt]
    problem: str | None = None
    typed: str = ""


@pages.get("")
@needs(Permission.CASES_READ)
def show() -> Response:
    """What waits, and what was answered."""
    at = now()
    with books().read_only() as session:
        waiting = [_line(one, at) for one in open_cases(session)]
        leaving = [one for one in closings(session) if one.state in ("requested", "came_back")]
        done = [_line(one, at) for one in answered_cases(session)]
    aged = [(one, age(one.requested_at, at)) for one in leaving]
    return render("cases.html", CasesPage(shell(), waiting, aged, done))


@pages.get("/<uuid:case>")
@needs(Permission.CASES_READ)
def show_one(case: UUID) -> Response:
    """One case in full."""
    return _page(case)


@pages.post("/<uuid:case>")
@needs(Permission.CASES_DECIDE)
def answer(case: UUID) -> Response:
    """Give back, in part, or say why not; above its limit a second person has to agree."""
    said, problem = _answer()
    words = request.form.get("words", "").strip()
    if said is None:
        return _page(case, problem, typed=words, status=422)
    try:
        with books().transaction() as session:
            _found(session, case)
            answer_case(session, caller(), case, said, at=now())
    except LedgerError as error:
        return _page(case, refusal(error), typed=words, status=sentence(error.code).status)
    return go(url_for("desk_cases.show_one", case=case))


@pages.post("/<uuid:case>/receipt")
@needs(Permission.CASES_DECIDE)
def assign(case: UUID) -> Response:
    """The missed transfer is this money: onto the wallet with it, once."""
    receipt = request.form.get("receipt", type=int)
    if receipt is None:
        return _page(case, "Bitte wählen Sie einen Zahlungseingang.", status=422)
    try:
        with books().transaction() as session:
            _found(session, case)
            assign_receipt(session, caller(), case, receipt, at=now())
    except LedgerError as error:
        return _page(case, refusal(error), status=sentence(error.code).status)
    return go(url_for("desk_cases.show_one", case=case))


def _answer() -> tuple[Answer | None, str | None]:
    kind, words = request.form.get("decision", ""), request.form.get("words", "").strip()
    if kind not in ANSWERS or len(words) > LONGEST_WORDS:
        raise BadRequest
    if kind == "refused" and not words:
        return None, "Bitte sagen Sie, warum Sie ablehnen: Die Familie liest Ihre Antwort."
    cents = cents_of(request.form.get("amount", "")) if kind == "partly" else None
    if kind == "partly" and not cents:
        return None, "Bitte geben Sie an, wie viel zurückgeht."
    return Answer(kind, words or None, cents), None


def _page(
    case: UUID, problem: str | None = None, *, typed: str = "", status: int = 200
) -> Response:
    with books().read_only() as session:
        found = _found(session, case)
        charge = None
        if found.kind == "charge_dispute" and found.wallet and found.subject:
            charge = movement(session, found.wallet, UUID(found.subject))
        receipts = unclear_receipts(session) if found.kind == "missing_transfer" else []
    receipts.sort(key=lambda one: one.amount_cents != found.amount_cents)
    page = CasePage(shell(), _line(found, now()), charge, receipts, problem, typed)
    return render("case.html", page, status)


def _found(session: Session, case: UUID) -> Case:
    found = find_case(session, case)
    if found is None:
        raise NotFound
    return found


def _line(case: Case, at: datetime) -> CaseLine:
    state, kind = STATES[case.state]
    barred = "Ein Vorschlag wartet auf eine zweite Person." if case.awaits_approval else None
    is_late = case.state == "open" and business_day(at) > case.answer_by
    return CaseLine(
        case, TITLES.get(case.kind, "Anfrage"), REASONS.get(case.reason, case.reason), state, kind,
        age(case.opened_at, at), is_late, barred,
    )  # fmt: skip
