"""What the week shows: one child, five days, and what can be done about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from ledger.booked_days import own_cents
from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.family_meals import MealDay, meal_days
from ledger.households import Child, children_of
from ledger.permissions import Caller
from terminals.face.page import clock, day, language, money, say
from terminals.portal.child_names import Called, all_called
from terminals.portal.meal_answers import Done, said_after
from terminals.portal.meal_words import Deed, contents_of, deed_of, dish_name, more_sick_days
from terminals.portal.notices import Notice

WEEKS_BACK, WEEKS_AHEAD = 8, 12
FIVE = timedelta(days=4)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DayCard:
    """One day. when: "past", "today" or "ahead". status: before the dish, with its kind.

    is_struck: the dish is not eaten. cents: what this payer pays, None where nothing is.
    note: below the dish; rule: beside the button.
    """

    day: date
    when: str
    state: str
    status: str
    dish: str
    is_struck: bool
    notes: Sequence[str]
    cents: int | None
    deed: Deed | None
    more: Sequence[Deed]
    rule: str


@dataclass(frozen=True, slots=True)
class WeekPage:
    """The week of one child. children: all, by code; before, after: the other weeks' Mondays."""

    key: UUID
    monday: date
    title: str
    note: str
    children: Mapping[str, Called]
    child: str
    days: Sequence[DayCard]
    before: str
    after: str
    rules: str
    said: str = ""
    answer: Notice | None = None


def week_page(
    session: Session, caller: Caller, wanted: str, on: date | None, *, at: datetime,
    done: Done | None = None, answer: Notice | None = None,
) -> WeekPage | None:  # fmt: skip
    """The week of `on` (None: the current one) for the child of this code, or the first.

    None where the payer has no child yet.
    """
    today = business_day(at)
    own = children_of(session, caller.wallet or "", on=today)
    if not own:
        return None
    names = all_called(session, caller.name, [one.code for one in own])
    child = next((one for one in own if one.code == wanted), own[0])
    monday = _monday(on, today)
    days = meal_days(session, caller.wallet or "", monday, monday + FIVE, at)
    catalogue = posted_catalogue(session)
    mine = [one for one in days if one.child == child.code]
    return WeekPage(
        uuid4(), monday, _title(monday), _note(catalogue, child, monday, today), names, child.code,
        [_card(one, names[child.code].name, at=at) for one in mine],
        _other(monday - WEEK, today), _other(monday + WEEK, today),
        _rules(catalogue, mine), said_after(done, days, names, at=at), answer,
    )  # fmt: skip


def _monday(on: date | None, today: date) -> date:
    """The Monday of the day asked for; on a weekend the week that comes."""
    if on is None or abs(on - today) > WEEKS_AHEAD * WEEK:
        on = today + timedelta(days=2) if today.weekday() > 4 else today
    return on - timedelta(days=on.weekday())


def _other(monday: date, today: date) -> str:
    weeks = (monday - _monday(today, today)) // WEEK
    return monday.isoformat() if -WEEKS_BACK <= weeks < WEEKS_AHEAD else ""


def _title(monday: date) -> str:
    friday = monday + FIVE
    if monday.month == friday.month:
        return say("week.title", first=monday.day, last=day(friday, "long"))
    return say("week.title.months", first=day(monday, "long"), last=day(friday, "long"))


def _note(catalogue: PostedCatalogue, child: Child, monday: date, today: date) -> str:
    weeks = (monday - _monday(today, today)) // WEEK
    house = catalogue.facilities[child.facility].name
    if weeks not in (-1, 0, 1):
        return house
    this = say({-1: "week.last", 0: "week.this", 1: "week.next"}[weeks])
    return f"{this} · {house}"


def _card(one: MealDay, name: str, *, at: datetime) -> DayCard:
    today = business_day(at)
    when = "past" if one.day < today else "today" if one.day == today else "ahead"
    dish = dish_name(one)
    status, notes = _status(one, when)
    is_struck = one.state in ("sick", "cancelled", "not_charged") and bool(dish)
    if when != "past" and one.state == "ordered":
        notes = [contents_of(one) if dish else say("meal.noplan"), *notes]
    pays = one.state in ("ordered", "charged")
    deed = deed_of(one, name, is_today=when == "today")
    rule = say("week.until") if when == "today" and deed else ""
    return DayCard(
        one.day, when, one.state, status, dish, is_struck, [each for each in notes if each],
        one.own_cents if pays else None, deed, more_sick_days(one, name, at=at), rule,
    )  # fmt: skip


# What stands before the dish and what below it, by the state of the day: ids of words or none.
_STATES: Mapping[str, tuple[str, str]] = {
    "sick": ("meal.sick", "week.nothing"),
    "cancelled": ("meal.is_cancelled", "week.nothing"),
    "charged": ("", "week.charged"),
    "not_charged": ("", "week.not_charged"),
    "closed": ("meal.is_closed", "meal.closed"),
    "other_payer": ("meal.other_payer", ""),
    "no_order": ("meal.none", ""),
}


def _status(one: MealDay, when: str) -> tuple[str, list[str]]:
    """What stands before the dish, and what below it."""
    if one.state == "sick" and when == "today" and one.decided_at is not None:
        return say("week.sick"), [say("sick.done", time=clock(one.decided_at))]
    if one.state == "ordered":
        is_fixed = when == "today" and not one.can_change
        return "", [say("home.over")] if is_fixed else []
    status, note = _STATES[one.state]
    return say(status) if status else "", [say(note)] if note else []


def _rules(catalogue: PostedCatalogue, days: Sequence[MealDay]) -> str:
    """Until when, and what the price is made of, where the payer bears all of it."""
    rule = say("week.rule")
    one = next((each for each in days if each.state in ("ordered", "charged")), None)
    if one is None or len(one.products) < 2:
        return rule
    parts = [(catalogue.products[code],
              own_cents(catalogue, code, one.day, is_subsidised=False))
             for code in one.products]  # fmt: skip
    if sum(cents for _, cents in parts) != one.own_cents:
        return rule
    dearest_first = sorted(parts, key=lambda part: -part[1])
    named = " + ".join(
        f"{known.name if language() == 'de' else known.name_en} {money(cents)}"
        for known, cents in dearest_first
    )
    return f"{rule} {money(one.own_cents)} = {named}."
