"""One movement in full: its lines, how it came about, and a dispute where something is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.calendar import business_day
from ledger.cases import (
    DISPUTE_REASONS,
    DISPUTED_WITHIN,
    LONGEST_WORDS,
    case_about,
    open_case,
)
from ledger.catalogue.posted import posted_catalogue
from ledger.meal_background import NOTHING, Background, meal_background
from ledger.movements import Movement, movement
from ledger.permissions import Permission, needs
from ledger.queries import entry_of_key
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, language, render, say
from terminals.pay_links.addresses import receipt_path
from terminals.portal.case_words import CaseShown, shown
from terminals.portal.child_names import called, sign_of
from terminals.portal.movement_words import Moment, moments_of, text_of

pages = Blueprint("movement", __name__, url_prefix="/portal/umsaetze", template_folder="templates")

LUNCH = "meal"
# What was paid in here or at the bank; a counter gave its own receipt, and a meal has none.
WITH_RECEIPT = frozenset({"online", "transfer", "direct_debit"})


@dataclass(frozen=True, slots=True)
class Line:
    """A product with its price; note: what was on the plate, and where."""

    name: str
    note: str
    cents: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """The form as it was sent, with what is wrong about it by field; and its key."""

    key: UUID
    reason: str = ""
    words: str = ""
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DetailPage:
    """One movement.

    lines: at full price, `subsidy_cents` of it is an authority's, for the entitled alone. case:
    the dispute there is. may_dispute, is_late: whether one may still be opened, and if not why.
    has_receipt: there is one to open.
    """

    movement: Movement
    text: str
    sign: str
    lines: Sequence[Line]
    subsidy_cents: int
    moments: Sequence[Moment]
    case: CaseShown | None
    may_dispute: bool
    is_late: bool
    reasons: Sequence[str]
    form: Dispute
    has_receipt: bool


@pages.get("/<uuid:movement_id>")
@needs(Permission.PORTAL_OWN)
def show(movement_id: UUID) -> Response:
    """One movement in full."""
    with books().read_only() as session:
        page = _page(session, movement_id, Dispute(uuid4()))
    return render("portal/movements/detail.html", page, tab="movements")


@pages.post("/<uuid:movement_id>/pruefen")
@needs(Permission.PORTAL_OWN)
def dispute(movement_id: UUID) -> Response:
    """Have a charge checked: it stays as it is, and finance answers."""
    form = _sent()
    with books().transaction() as session:
        page = _page(session, movement_id, form)
        if page.may_dispute and not form.errors:
            _open(session, page.movement, form)
            return go(url_for("movement.show", movement_id=movement_id, _anchor="pruefung"))
    if page.case is not None:  # sent twice, or from an old tab
        return go(url_for("movement.show", movement_id=movement_id, _anchor="pruefung"))
    return render("portal/movements/detail.html", page, tab="movements", status=422)


@pages.post("/<uuid:movement_id>/beleg")
@needs(Permission.PORTAL_OWN)
def receipt(movement_id: UUID) -> Response:
    """Open its receipt: the page everybody may see who is shown its address."""
    key_of_form()
    with books().transaction() as session:
        one = movement(session, caller().wallet or "", movement_id)
        entry_id = entry_of_key(session, movement_id)
        if one is None or entry_id is None or not _has_receipt(one):
            raise NotFound
        path = receipt_path(session, entry_id)
    return go(path)


def _has_receipt(one: Movement) -> bool:
    return one.kind == "top_up" and one.way in WITH_RECEIPT


def _sent() -> Dispute:
    reason = request.form.get("grund", "")
    words = request.form.get("text", "").strip().replace("\r\n", "\n")
    errors = {}
    if reason not in DISPUTE_REASONS:
        errors["grund"] = say("disp.choose")
    if len(words) > LONGEST_WORDS:
        errors["text"] = say("disp.long")
    return Dispute(key_of_form(), reason, words, errors)


def _open(session: Session, one: Movement, form: Dispute) -> None:
    open_case(
        session, form.key, kind="charge_dispute", wallet=caller().wallet or "",
        subject=str(one.id), reason=form.reason, words=form.words or None, at=now(),
    )  # fmt: skip


def _page(session: Session, movement_id: UUID, form: Dispute) -> DetailPage:
    today, wallet = business_day(now()), caller().wallet or ""
    one = movement(session, wallet, movement_id)
    if one is None:
        raise NotFound
    children = called(session, caller(), on=today)
    case, known = None, NOTHING
    if one.kind == "meal" and one.child is not None:
        case = case_about(session, wallet, "charge_dispute", str(one.id))
        known = meal_background(session, one.child, one.day)
    is_over = today > one.day + DISPUTED_WITHIN
    can_be_wrong = one.kind == "meal" and case is None
    return DetailPage(
        one, text_of(one, children), sign_of(children, one.child),
        _lines(session, one, known), one.subsidy_cents, moments_of(one, known),
        shown(case) if case else None,
        can_be_wrong and not is_over, can_be_wrong and is_over, DISPUTE_REASONS, form,
        _has_receipt(one),
    )  # fmt: skip


def _lines(session: Session, one: Movement, known: Background) -> list[Line]:
    catalogue = posted_catalogue(session)
    house = catalogue.facilities.get(one.facility or "")
    lines = []
    for each in one.lines:
        product = catalogue.products.get(each.product or "")
        is_lunch = product is not None and product.kind == LUNCH
        plate = getattr(known.dish, language()) if known.dish and is_lunch else None
        place = house.name if house and each is one.lines[0] else None
        name = (product.name if language() == "de" else product.name_en) if product else None
        note = ", ".join(part for part in (plate, place) if part)
        lines.append(Line(name or say("move.text.other"), note, each.price_cents))
    return lines
