"""What comes of a tap on a meal: the answer's address, what is spoken, and why it was late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from ledger.family_meals import MealDay, meal_days
from ledger.permissions import Caller
from terminals.face.page import clock, money, say
from terminals.portal.child_names import Called
from terminals.portal.meal_words import said_of
from terminals.portal.notices import Notice

DEEDS = ("krank", "abbestellen", "bestellen")
HOME, WEEK = "start", "woche"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done before this page: the deed, whose meal, of which day."""

    deed: str
    child: str
    day: date


def day_in(text: str) -> date | None:
    """The day of an address or form field; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def done_before(asked: Mapping[str, str]) -> Done | None:
    """What an address says was done; nothing is believed but the words to be spoken."""
    on = day_in(asked.get("tag", ""))
    deed, child = asked.get("da", ""), asked.get("kind", "")
    return Done(deed, child, on) if on is not None and deed in DEEDS else None


def address_after(done: Done, page: str) -> str:
    """Where to look next: the page the tap was on, at the row it was in."""
    query: dict[str, Any] = {"da": done.deed, "kind": done.child, "tag": done.day.isoformat()}
    if page == HOME:
        return url_for("home.show", **query, _anchor=f"kind-{done.child}")
    monday = date.fromordinal(done.day.toordinal() - done.day.weekday()).isoformat()
    return url_for("meals.show", woche=monday, **query, _anchor=f"tag-{done.day}")


def said_after(
    done: Done | None, days: Sequence[MealDay], children: Mapping[str, Called], *, at: datetime
) -> str:
    """One sentence for who listens, if the day stands as the deed left it."""
    if done is None or done.child not in children:
        return ""
    amount = money(sum(one.own_cents for one in days
                       if (one.child, one.day) == (done.child, done.day)))  # fmt: skip
    return said_of(done.deed, children[done.child].name, done.day, at=at, amount=amount)


def too_late(session: Session, caller: Caller, done: Done, *, at: datetime) -> Notice:
    """Why it could not be done: when it came, until when it was possible, what the meal costs."""
    days = meal_days(session, caller.wallet or "", done.day, done.day, at)
    cents = sum(one.own_cents for one in days if one.child == done.child)
    limit = next((one.cut_off for one in days if one.child == done.child), at)
    links = [
        (say("sick.late.next"), url_for("several_days.ask", kind=done.child)),
        (say("sick.late.check"), url_for("movements.show_all", kind=done.child)),
    ]
    title = say("sick.late.title", time=clock(at))
    text = say("sick.late", time=clock(at), limit=clock(limit), amount=money(cents))
    return Notice(title, text, links=links)
