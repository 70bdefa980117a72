"""One child: where it eats, its sign, who pays, and what only the entitled family may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from babel.dates import get_day_names
from babel.lists import format_list
from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.booked_days import own_cents
from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.households import Child, children_of, subsidies_of
from ledger.permissions import Permission, needs
from ledger.standing_orders import StandingOrder, standing_order_of
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, language, render, say
from terminals.portal.child_names import Called, call
from terminals.portal.children import LONGEST_NICKNAME, SIGNS, looks, set_look
from terminals.portal.errors import NicknameMalformed, SignUnknown
from terminals.portal.sharing_words import days_in_words
from terminals.portal.standing import REMINDED

pages = Blueprint("child", __name__, url_prefix="/portal/kinder", template_folder="templates")
REMEMBERED = timedelta(days=120)  # how long an ended subsidy is still spoken of


@dataclass(frozen=True, slots=True)
class SubsidyCard:
    """What an authority pays. state: "active", "ending" or "ended"; lunch_cents: what one costs
    without it."""

    state: str
    until: date
    lunch_cents: int


@dataclass(frozen=True, slots=True)
class ChildPage:
    """The child's page. subsidy: None where this payer is not entitled, and then nothing of it is
    in the page. pays: which days this payer pays, in words; "" for all."""

    key: UUID
    code: str
    called: Called
    nickname: str
    house: str
    days: str
    subsidy: SubsidyCard | None
    pays: str
    is_own: bool
    signs: Sequence[str]
    problem: str = ""
    is_saved: bool = False


@pages.get("/<child>")
@needs(Permission.PORTAL_OWN)
def show(child: str) -> Response:
    """One child of this payer; another's is as unknown as none."""
    page = _page(child)
    said = say("child.saved") if page.is_saved else ""
    return render("portal/child.html", page, tab="more", said=said)


@pages.post("/<child>")
@needs(Permission.PORTAL_OWN)
def save(child: str) -> Response:
    """Sign and nickname, for the own view alone."""
    key_of_form()
    sign, nickname = request.form.get("sign", ""), request.form.get("nickname", "")
    try:
        with books().transaction() as session:
            _own(session, child)
            set_look(session, caller().name, child, sign=sign, nickname=nickname)
    except (NicknameMalformed, SignUnknown):
        page = _page(child, problem=say("child.nickname.long", n=LONGEST_NICKNAME))
        return render("portal/child.html", page, tab="more", status=422)
    return go(url_for("child.show", child=child, da="ja"))


def _own(session: Session, code: str) -> Child:
    own = children_of(session, caller().wallet or "", on=business_day(now()))
    child = next((one for one in own if one.code == code), None)
    if child is None:
        raise NotFound
    return child


def _page(code: str, *, problem: str = "") -> ChildPage:
    today, wallet = business_day(now()), caller().wallet or ""
    with books().read_only() as session:
        own = children_of(session, wallet, on=today)
        child = next((one for one in own if one.code == code), None)
        if child is None:
            raise NotFound
        look = looks(session, caller().name, [one.code for one in own])[code]
        standing = standing_order_of(session, code, on=today)
        return ChildPage(
            uuid4(), code, call(look), look.nickname or "",
            posted_catalogue(session).facilities[child.facility].name, _care_days(standing),
            _subsidy(session, wallet, code, standing, today), _pays(child),
            child.wallet == wallet, SIGNS, problem, "da" in request.args,
        )  # fmt: skip


def _care_days(standing: StandingOrder | None) -> str:
    if standing is None:
        return say("child.days.none")
    if len(standing.weekdays) == 5:
        return say("child.days.all")
    names = get_day_names("wide", locale=language())
    return format_list([names[number - 1] for number in standing.weekdays], locale=language())


def _pays(child: Child) -> str:
    if child.pays == "all":
        return ""
    if child.pays == "weeks":
        return days_in_words(None)
    return days_in_words(tuple(int(number) for number in child.pays.split(",") if number))


def _subsidy(
    session: Session, wallet: str, code: str, standing: StandingOrder | None, today: date
) -> SubsidyCard | None:
    """Of the child's own wallet alone; one that is long over is not spoken of any more."""
    known = [one for one in subsidies_of(session, wallet) if one.child == code]
    begun = [one for one in known if one.valid_from <= today]
    if not begun:
        return None
    last = max(begun, key=lambda one: one.valid_until)
    goes_on = any(one.valid_from > today for one in known)
    cents = _lunch_cents(session, standing, today)
    if last.valid_until < today - REMEMBERED:
        return None
    if last.valid_until < today:
        return None if goes_on else SubsidyCard("ended", last.valid_until, cents)
    is_ending = last.valid_until <= today + REMINDED and not goes_on
    return SubsidyCard("ending" if is_ending else "active", last.valid_until, cents)


def _lunch_cents(session: Session, standing: StandingOrder | None, today: date) -> int:
    """What one lunch costs a family without a subsidy; 0 where none is ordered."""
    catalogue = posted_catalogue(session)
    lunches = [code for code in (standing.products if standing else ())
               if catalogue.products[code].kind == "meal"]  # fmt: skip
    return sum(own_cents(catalogue, code, today, is_subsidised=False) for code in lunches)
