"""Settings: what is in force today and where its truth is kept; prices change here, by two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.approvals import barred_from_release
from ledger.calendar import business_day
from ledger.catalogue.model import Catalogue, Product, TaxCode
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.price_changes import (
    PriceChange,
    PriceChangeUnknown,
    ask_for_price,
    checked,
    decided_changes,
    find_change,
    refuse_price,
    release_price,
    waiting_changes,
    withdraw_price,
)
from ledger.catalogue.price_effect import Draft, Effect, PriceChangeRefused
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.desk.case.forms import cents_of
from reconciliation.desk.page import books, caller, go, may, now, refusal, render
from reconciliation.desk.releases import STATES, decision_asked
from reconciliation.desk.settings.limits import Limits, limits_in_force
from reconciliation.desk.settings.prices import (
    PriceGroup,
    PriceLine,
    file_line,
    price_groups,
    price_line,
    tax_words,
)
from reconciliation.desk.settings.reading import (
    Mappings,
    StaffRole,
    TariffLine,
    mappings,
    staff_roles,
    tariff_lines,
    tax_lines,
)

pages = Blueprint(
    "desk_settings", __name__, url_prefix="/desk/einstellungen", template_folder="templates"
)
FIELDS = ("preis", "ab", "grundlage", "grund")


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What is in force on `today`, by matter, and changes of prices that wait or were decided.

    taxes: with a word for when; with_names: whether people are called by more than a number.
    """

    today: date
    groups: Sequence[PriceGroup]
    tariffs: Sequence[TariffLine]
    taxes: Sequence[tuple[TaxCode, str]]
    limits: Sequence[Limits]
    mappings: Mappings
    roles: Sequence[StaffRole]
    waiting: Sequence[PriceChange]
    done: Sequence[PriceChange]
    with_names: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with its prices, the form's input, and the preview of a draft that can be asked.

    waiting: the change of this product that waits; history: those that were decided.
    """

    line: PriceLine
    typed: dict[str, str]
    waiting: PriceChange | None
    history: tuple[PriceChange, ...]
    draft: Draft | None = None
    effect: Effect | None = None
    problem: str = ""


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """Everything in force, group by group."""
    today = business_day(now())
    # A name beside a staff number is for those who read the audit log or look after accounts.
    with_names = may(Permission.AUDIT_READ) or may(Permission.STAFF_MANAGE)
    with books().read_only() as session:
        catalogue = posted_catalogue(session).offers
        page = SettingsPage(
            today, price_groups(catalogue, today), tariff_lines(session, today),
            tax_lines(catalogue.tax_codes, today),
            limits_in_force(session, current_app.extensions), mappings(session),
            staff_roles(session), waiting_changes(session), decided_changes(session), with_names,
        )  # fmt: skip
    return render("settings/settings.html", page=page, states=STATES, tax_words=tax_words,
                  may_change=_may_change())  # fmt: skip


@pages.get("/preise/<code>")
@needs(Permission.RECONCILE_READ)
def show_product(code: str) -> Response:
    """One product: its prices by day, and the form for another one."""
    return _product(code, {})


@pages.post("/preise/<code>")
@needs(Permission.RECONCILE_DECIDE)
def change(code: str) -> Response:
    """`schritt=ansehen` previews the draft and writes nothing, `beantragen` asks for it."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        draft = _draft(code, typed)
        if request.form.get("schritt") != "beantragen":
            return _product(code, typed, draft)
        asked = uuid4()
        with books().transaction() as session:
            ask_for_price(session, caller(), draft, request=asked, at=now())
    except PriceChangeRefused as no:
        return _product(code, typed, problem=refusal(no), status=_status(no.code))
    return go(url_for("desk_settings.show_change", asked=asked))


@pages.get("/aenderungen/<uuid:asked>")
@needs(Permission.RECONCILE_READ)
def show_change(asked: UUID) -> Response:
    """One change of a price, before and after, with who asked and who decided."""
    return _change(asked)


@pages.post("/aenderungen/<uuid:asked>")
@needs(Permission.APPROVALS_DECIDE)
def decide(asked: UUID) -> Response:
    """Release it as the second person, or give it back with a reason."""
    decision, words = decision_asked()
    try:
        with books().transaction() as session:
            if decision == "released":
                release_price(session, caller(), asked, at=now())
            else:
                refuse_price(session, caller(), asked, words=words)
    except PriceChangeUnknown as unknown:
        raise NotFound from unknown
    except LedgerError as no:
        return _change(asked, refusal(no), words, _status(no.code))
    return go(url_for("desk_releases.show"))


@pages.post("/aenderungen/<uuid:asked>/zurueckziehen")
@needs(Permission.RECONCILE_DECIDE)
def take_back(asked: UUID) -> Response:
    """Withdraw one's own request."""
    try:
        with books().transaction() as session:
            withdraw_price(session, caller(), asked)
    except PriceChangeUnknown as unknown:
        raise NotFound from unknown
    except PriceChangeRefused as no:
        return _change(asked, refusal(no), status=_status(no.code))
    return go(url_for("desk_settings.show_change", asked=asked))


def _may_change() -> bool:
    return may(Permission.RECONCILE_DECIDE)


def _status(code: str) -> int:
    if code in ("release_own", "release_role"):
        return 403
    unfit = ("release_decided", "price_change_same_day", "price_change_waits",
             "price_change_late", "price_change_stale", "price_change_unfit")  # fmt: skip
    return 409 if code in unfit else 422


def _draft(code: str, typed: dict[str, str]) -> Draft:
    """What the form asks for. Raises PriceChangeRefused."""
    try:
        cents, first = cents_of(typed["preis"]), date.fromisoformat(typed["ab"])
    except CaseworkRefused as wrong:
        raise PriceChangeRefused("price_change_amount") from wrong
    except ValueError as wrong:
        raise PriceChangeRefused("price_change_past") from wrong
    return Draft(code, first, cents, typed["grundlage"], typed["grund"])


def _known(catalogue: Catalogue, code: str) -> Product:
    product = next((one for one in catalogue.products if one.code == code), None)
    if product is None:
        raise NotFound
    return product


def _product(
    code: str, typed: dict[str, str], draft: Draft | None = None, *, problem: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    at = now()
    today = business_day(at)
    with books().read_only() as session:
        catalogue = posted_catalogue(session).offers
        line = price_line(catalogue, _known(catalogue, code), today)
        # Before anything is shown: a draft that cannot be asked for is a problem of the form.
        effect = checked(session, draft, at=at) if draft else None
        waiting = next((one for one in waiting_changes(session) if one.product == code), None)
        history = tuple(one for one in decided_changes(session) if one.product == code)
    basis = line.now.price.legal_basis if line.now else ""
    page = ProductPage(
        line, typed or {"grundlage": basis}, waiting, history, draft, effect, problem
    )
    return render("settings/product.html", status, page=page, today=today, states=STATES,
                  tax_words=tax_words, may_change=_may_change(),
                  nav_of="desk_settings")  # fmt: skip


def _change(asked: UUID, problem: str = "", words: str = "", status: int = 200) -> Response:
    by, today = caller(), business_day(now())
    with books().read_only() as session:
        found = _found(session, asked)
        effect, stale = _effect(session, found)
    return render(
        "settings/change.html", status, one=found, effect=effect, stale=stale, today=today,
        barred=barred_from_release(by, found.asked_by), is_mine=found.asked_by == by.name,
        problem=problem, typed=words, states=STATES, file_line=file_line, tax_words=tax_words,
        nav_of="desk_settings",
    )  # fmt: skip


def _found(session: Session, asked: UUID) -> PriceChange:
    try:
        return find_change(session, asked)
    except PriceChangeUnknown as unknown:
        raise NotFound from unknown


def _effect(session: Session, found: PriceChange) -> tuple[Effect | None, str]:
    """Whom a waiting change would reach as things are now, or why it cannot be released."""
    if found.state != "pending":
        return None, ""
    try:
        return checked(session, found.draft, at=now()), ""
    except PriceChangeRefused as no:
        late = no.code == "price_change_past"
        return None, refusal(PriceChangeRefused("price_change_late") if late else no)
