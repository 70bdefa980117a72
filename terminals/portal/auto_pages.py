"""Topping up automatically: agreed to with a tick and one payment, looked after, paused, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.calendar import business_day
from ledger.outlook import outlook_with_each
from ledger.permissions import Permission, needs
from terminals.checkout.auto_state import spent_cents
from terminals.checkout.auto_top_up import Auto, Plan, auto_of, change, end, pause, resume, set_up
from terminals.checkout.errors import NO_PAGE
from terminals.checkout.here import origin, provider
from terminals.checkout.payments import Wanted, begin
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, language, money, render, say
from terminals.portal.auto_wish import BY_WORD, Wish, figures_of, typed_wish, wish_of
from terminals.portal.auto_words import consent_of, mandate_of, standing_of

pages = Blueprint("auto", __name__, url_prefix="/portal/automatisch", template_folder="templates")

OFFERED = Plan(threshold_cents=1500, amount_cents=4000, month_cap_cents=12000)
TEXT_VERSION = "2026-11"  # of auto.consent.*; a new wording is a new version


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """The form: three amounts, a way, the tick that nobody has set for the payer.

    consent: the text of the tick, with the figures `read`, which come back with it. mandate: the
    legal text of a direct debit, in paragraphs. secure: what comes next. is_change: of one that
    runs already.
    """

    key: UUID
    wish: Wish
    consent: str
    read: str
    mandate: Sequence[str]
    secure: str
    is_online: bool
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class AutoPage:
    """One that runs, or rests. words: how it stands; kind: of its badge. next_day: of the next
    payment, where the booked meals tell; errors: of the form to pause it."""

    key: UUID
    auto: Auto
    words: str
    kind: str
    spent_cents: int
    next_day: date | None
    earliest_pause: date
    errors: Mapping[str, str] = field(default_factory=dict)


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """How it stands, or the form to set it up."""
    with books().read_only() as session:
        found = auto_of(session, caller().wallet or "")
        if found is not None:
            page = _page(session, found)
            return render("portal/auto/show.html", page, tab="more")
    return _form(wish_of(OFFERED, "card"))


@pages.get("/erlaubnis")
@needs(Permission.PORTAL_OWN)
def show_consent() -> Response:
    """The tick for the figures as they are typed, unticked, for scripts to put in its place."""
    wish = typed_wish(request.args)
    page = _set_up_page(Wish(wish.typed, wish.way, plan=wish.plan))
    return render("portal/auto/consent_alone.html", page)


@pages.post("")
@needs(Permission.PORTAL_OWN)
def agree() -> Response:
    """Agree, and pay once, so that there is a way to pay; with one that is kept it runs at once."""
    key, wish = key_of_form(), typed_wish(request.form)
    if wish.plan is None or wish.errors:
        return _form(wish, status=422)
    with books().transaction() as session:
        agreed = auto_of(session, caller().wallet or "")
        if agreed is None or agreed.plan != wish.plan:
            agreed = set_up(
                session, caller().wallet or "", wish.plan, payer=caller().name,
                text_version=TEXT_VERSION, at=now(),
            )  # fmt: skip
    if agreed.state == "active":
        return go(url_for("auto.show"))
    return _pay_once(wish.plan, wish.way, key)


@pages.get("/aendern")
@needs(Permission.PORTAL_OWN)
def ask_change() -> Response:
    """The form with the figures that hold."""
    with books().read_only() as session:
        found = _own(session)
    return _form(wish_of(found.plan, found.way or "card"), is_change=True)


@pages.post("/aendern")
@needs(Permission.PORTAL_OWN)
def save_change() -> Response:
    """Other figures are agreed to as the first were."""
    key_of_form()
    wish = typed_wish(request.form)
    with books().transaction() as session:
        found = _own(session)
        if wish.plan is not None and not wish.errors:
            if found.plan != wish.plan:
                change(session, found.wallet, wish.plan, text_version=TEXT_VERSION, at=now())
            return go(url_for("auto.show"))
    return _form(wish, is_change=True, status=422)


@pages.post("/bestaetigen")
@needs(Permission.PORTAL_OWN)
def confirm() -> Response:
    """Pay once by hand with a way to keep: what waited for that goes on."""
    key = key_of_form()
    with books().read_only() as session:
        found = _own(session)
    way = BY_WORD.get(request.form.get("weg", ""), found.way or "card")
    return _pay_once(found.plan, way, key)


@pages.post("/pausieren")
@needs(Permission.PORTAL_OWN)
def rest() -> Response:
    """Rest until a day, or for good."""
    key_of_form()
    typed, at = request.form.get("bis", "").strip(), now()
    until = _day(typed)
    with books().transaction() as session:
        found = _own(session)
        if not typed or (until is not None and until > business_day(at)):
            pause(session, found.wallet, until=until, at=at)
            return go(url_for("auto.show"))
        page = _page(session, found, errors={"bis": say("auto.pause.wrong")})
    return render("portal/auto/show.html", page, tab="more", status=422)


@pages.post("/weiter")
@needs(Permission.PORTAL_OWN)
def go_on() -> Response:
    """End the rest."""
    key_of_form()
    with books().transaction() as session:
        resume(session, _own(session).wallet, at=now())
    return go(url_for("auto.show"))


@pages.get("/beenden")
@needs(Permission.PORTAL_OWN)
def ask_end() -> Response:
    """What ending it means."""
    with books().read_only() as session:
        _own(session)
    return render("portal/auto/end.html", uuid4(), tab="more")


@pages.post("/beenden")
@needs(Permission.PORTAL_OWN)
def stop() -> Response:
    """End it and forget the way to pay."""
    key_of_form()
    with books().transaction() as session:
        end(session, caller().wallet or "", at=now())
    return go(url_for("auto.show"))


def _own(session: Session) -> Auto:
    found = auto_of(session, caller().wallet or "")
    if found is None:
        raise NotFound
    return found


def _pay_once(plan: Plan, way: str, key: UUID) -> Response:
    behind = provider()
    if behind is None:
        return _form(wish_of(plan, way), status=503)
    anybody = UUID(int=0)
    wanted = Wanted(
        "top_up", caller().wallet or "", plan.amount_cents, say("topup.on_page"), language(),
        back=_with_payment(url_for("top_up_return.show", payment=anybody)),
        cancelled=_with_payment(url_for("top_up_return.show", payment=anybody)),
        ways=(way,), payer=caller().name, save=True,
    )  # fmt: skip
    try:
        payment = begin(
            books(), behind, wanted, key=uuid5(key, f"auto/{plan.amount_cents}/{way}"),
            origin=origin(), at=now(),
        )  # fmt: skip
    except NO_PAGE:
        return _form(wish_of(plan, way), status=503)
    return go(payment.page or url_for("top_up_return.show", payment=payment.id))


def _with_payment(address: str) -> str:
    return address.replace(str(UUID(int=0)), "{payment}")


def _page(session: Session, found: Auto, *, errors: Mapping[str, str] | None = None) -> AutoPage:
    at = now()
    spent = spent_cents(session, found.wallet, at)
    (left,) = outlook_with_each(session, found.wallet, [-found.plan.threshold_cents], at=at)
    is_full = spent + found.plan.amount_cents > found.plan.month_cap_cents
    words, kind = standing_of(found, is_full=is_full, today=business_day(at))
    runs = found.state == "active" and not is_full and not left.more_than_a_month
    return AutoPage(
        uuid4(), found, words, kind, spent, left.until if runs else None,
        business_day(at), errors or {},
    )  # fmt: skip


def _form(wish: Wish, *, is_change: bool = False, status: int = 200) -> Response:
    page = _set_up_page(wish, is_change=is_change)
    return render("portal/auto/set_up.html", page, tab="more", status=status)


def _set_up_page(wish: Wish, *, is_change: bool = False) -> SetUpPage:
    city = current_app.config["CITY"]
    secure = say("auto.secure", amount=money(wish.plan.amount_cents)) if wish.plan else ""
    return SetUpPage(
        uuid4(), wish, consent_of(wish.plan, city), figures_of(wish.plan), mandate_of(city), secure,
        provider() is not None, is_change,
    )  # fmt: skip


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
