"""Cancelling several days at once: which days it is, what it saves, and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.family_meals import MealDay, cancel_days, meal_days, order_again
from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, money, render, say
from terminals.portal.child_names import Called, called
from terminals.portal.meal_answers import day_in

pages = Blueprint(
    "several_days", __name__, url_prefix="/portal/essen/zeitraum", template_folder="templates"
)
MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Wish:
    """From when to when, for which children; errors: of the fields, by name."""

    first: date | None
    last: date | None
    children: tuple[str, ...]
    errors: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether it can be done."""
        return not self.errors and None not in (self.first, self.last)


@dataclass(frozen=True, slots=True)
class SeveralDaysPage:
    """The form; with a whole wish what it comes to: days by child, and cents. is_done: it stands.

    earliest: the first day that can be named.
    """

    key: UUID
    wish: Wish
    children: Mapping[str, Called]
    earliest: date
    days: Sequence[tuple[str, date]] = ()
    cents: int = 0
    is_done: bool = False
    is_undone: bool = False


@pages.get("")
@needs(Permission.PORTAL_OWN)
def ask() -> Response:
    """The form, and below it what was asked for comes to, or came to."""
    at, done = now(), request.args.get("da", "")
    with books().read_only() as session:
        children = called(session, caller(), on=business_day(at))
        wish = _wish(children)
        page = SeveralDaysPage(uuid4(), wish, children, business_day(at))
        if wish.is_whole:
            wanted = ("cancelled", "sick") if done == "ab" else ("ordered",)
            found = _days(session, wish, wanted)
            page = replace(
                page, days=[(one.child, one.day) for one in found],
                cents=sum(one.own_cents for one in found), is_done=done == "ab",
                is_undone=done == "zurueck",
            )  # fmt: skip
    said = _said(page)
    status = 422 if wish.errors else 200
    return render("portal/meals/several_days.html", page, tab="meals", said=said, status=status)


@pages.post("")
@needs(Permission.PORTAL_OWN)
def cancel() -> Response:
    """All of these days that can still be cancelled, or none."""
    return _change("ab")


@pages.post("/zurueck")
@needs(Permission.PORTAL_OWN)
def take_back() -> Response:
    """Order them again."""
    return _change("zurueck")


def _change(what: str) -> Response:
    key_of_form()
    at, wallet = now(), caller().wallet or ""
    with books().transaction() as session:
        wish = _wish(called(session, caller(), on=business_day(at)))
        wanted = ("ordered",) if what == "ab" else ("cancelled", "sick")
        found = _days(session, wish, wanted) if wish.is_whole else []
        change = cancel_days if what == "ab" else order_again
        for child in wish.children:
            days = [one.day for one in found if one.child == child]
            if days:
                change(session, wallet, child, days, at=at)
    return go(_address(wish, what if wish.is_whole else ""))


def _wish(children: Mapping[str, Called]) -> Wish:
    """What the form or address says; nothing was asked where it names no day at all."""
    asked = request.values
    first, last = day_in(asked.get("von", "")), day_in(asked.get("bis", ""))
    chosen = tuple(code for code in asked.getlist("kind") if code in children)
    if "von" not in asked:
        return Wish(None, None, chosen or tuple(children), {})
    errors = {}
    if first is None:
        errors["von"] = say("days.error.day")
    if last is None:
        errors["bis"] = say("days.error.day")
    elif first is not None and not first <= last <= first + timedelta(days=MOST_DAYS):
        errors["bis"] = say("days.error.order")
    if not chosen:
        errors["kind"] = say("days.error.child")
    return Wish(first, last, chosen, errors)


def _days(session: Session, wish: Wish, states: Sequence[str]) -> list[MealDay]:
    """The days of the wish that stand so and can still be changed."""
    assert wish.first is not None
    assert wish.last is not None
    days = meal_days(session, caller().wallet or "", wish.first, wish.last, now())
    return [one for one in days
            if one.child in wish.children and one.can_change and one.state in states]  # fmt: skip


def _address(wish: Wish, done: str) -> str:
    query = [("von", str(wish.first or "")), ("bis", str(wish.last or "")),
             *(("kind", code) for code in wish.children), ("da", done)]  # fmt: skip
    return f"{url_for('several_days.ask')}?{urlencode(query)}"


def _said(page: SeveralDaysPage) -> str:
    count = len({on for _, on in page.days})
    if page.is_done:
        return say("days.done", n=count, amount=money(page.cents))
    return say("days.undone") if page.is_undone else ""
