"""The meals of a week, and what a tap on one of them does; the server's clock decides."""

from datetime import date, timedelta
from typing import NoReturn

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from ledger.family_meals import (
    CutOffPassed,
    MealsCharged,
    OtherPayersDay,
    UnknownChild,
    cancel_days,
    order_again,
)
from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render
from terminals.portal.home import show_home
from terminals.portal.meal_answers import (
    DEEDS,
    HOME,
    Done,
    address_after,
    day_in,
    done_before,
    too_late,
)
from terminals.portal.meal_week import week_page
from terminals.portal.notices import Notice

pages = Blueprint("meals", __name__, url_prefix="/portal/essen", template_folder="templates")
LONGEST = timedelta(days=7)


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """The week of a child: `?kind=C-000001&woche=2026-11-23`."""
    return _week(request.args.get("kind", ""), day_in(request.args.get("woche", "")))


@pages.post("/<child>/<on>/<deed>")
@needs(Permission.PORTAL_OWN)
def do(child: str, on: str, deed: str) -> Response:
    """Report sick, cancel or order one day, or sick days until one of the same week."""
    key_of_form()
    first = day_in(on)
    if deed not in DEEDS or first is None:
        raise NotFound
    done, page = Done(deed, child, first), request.form.get("von", "")
    try:
        _do(done)
    except (CutOffPassed, MealsCharged):
        return _refused(done, page)
    except (UnknownChild, OtherPayersDay) as not_theirs:
        _not_here(not_theirs)
    return go(address_after(done, page))


def _do(done: Done) -> None:
    wallet, at = caller().wallet or "", now()
    with books().transaction() as session:
        if done.deed == "bestellen":
            order_again(session, wallet, done.child, [done.day], at=at)
            return
        days = _days(done.day)
        is_sick = done.deed == "krank"
        cancel_days(session, wallet, done.child, days, at=at, is_sick=is_sick)


def _days(first: date) -> list[date]:
    """The day, or from it to the last of its week the form names."""
    last = day_in(request.form.get("bis", "")) or first
    if not first <= last < first + LONGEST:
        raise NotFound
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _refused(done: Done, page: str) -> Response:
    at = now()
    with books().read_only() as session:
        answer = too_late(session, caller(), done, at=at)
    if page == HOME:
        return show_home(answer=answer, status=409)
    return _week(done.child, done.day, answer=answer, status=409)


def _week(
    child: str, on: date | None, *, answer: Notice | None = None, status: int = 200
) -> Response:
    done = done_before(request.args) if answer is None else None
    with books().read_only() as session:
        page = week_page(session, caller(), child, on, at=now(), done=done, answer=answer)
    if page is None:
        return render("portal/meals/no_child.html", tab="meals")
    return render("portal/meals/week.html", page, tab="meals", said=page.said, status=status)


def _not_here(reason: Exception) -> NoReturn:
    raise NotFound from reason
