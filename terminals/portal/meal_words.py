"""How a child's day reads: dish, what is in it, what stands, and what can be done about it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from babel.lists import format_list

from ledger.calendar import business_day
from ledger.family_meals import MealDay
from terminals.face.page import day, language, say
from terminals.portal.child_names import Called

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Deed:
    """A button. what: the part of its address; words: on it; ears: what is heard instead."""

    what: str
    words: str
    ears: str
    shape: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class MealRow:
    """A child on the day of the first page. state: words and the kind they are shown in."""

    child: str
    name: str
    sign: str
    day: date
    dish: str
    state: str
    kind: str
    shape: str
    note: str
    deed: Deed | None
    more: tuple[Deed, ...]


def dish_name(one: MealDay) -> str:
    """The dish in the language of this answer; "" while there is none."""
    if one.dish is None or one.state == "closed":
        return ""
    return one.dish.de if language() == "de" else one.dish.en


def contents_of(one: MealDay) -> str:
    """`enthält Weizen und Sellerie`; "" where nothing is to be declared."""
    if one.dish is None or not one.dish.allergens:
        return ""
    names = [say(f"allergen.{each}") for each in one.dish.allergens]
    return say("meal.contains", what=format_list(names, locale=language()))


def row_of(one: MealDay, child: Called, *, at: datetime, shows_dish: bool = False) -> MealRow:
    """The row of a child whose day this is."""
    is_today = one.day == business_day(at)
    words, kind, shape = _standing(one)
    note = say("meal.sick.note") if one.state == "sick" else ""
    deed = deed_of(one, child.name, is_today=is_today)
    if deed is not None and one.state != "ordered":
        deed = replace(deed, shape="")  # the row has no room for it beside two words
    return MealRow(
        one.child, child.name, child.sign, one.day, dish_name(one) if shows_dish else "", words,
        kind, shape, note, deed,
        more_sick_days(one, child.name, at=at),
    )  # fmt: skip


def deed_of(one: MealDay, name: str, *, is_today: bool) -> Deed | None:
    """What can be done about this day, if anything."""
    if not one.can_change:
        return None
    match one.state:
        case "ordered" if is_today:
            ears = say("sick.ears", child=name)
            return Deed("krank", say("sick.do"), ears, "thermometer")
        case "ordered":
            ears = say("meal.cancel.ears", child=name, day=day(one.day))
            return Deed("abbestellen", say("meal.cancel"), ears)
        case "sick" | "cancelled" if is_today:
            ears = say("sick.undo.ears", child=name)
            return Deed("bestellen", say("sick.undo"), ears, "undo")
        case "sick" | "cancelled":
            ears = say("meal.again.ears", child=name, day=day(one.day))
            return Deed("bestellen", say("meal.again"), ears, "undo")
    return None


def more_sick_days(one: MealDay, name: str, *, at: datetime) -> tuple[Deed, ...]:
    """After a sick day: tomorrow too, or until Friday, while the week lasts."""
    is_today = one.day == business_day(at)
    if one.state != "sick" or not is_today or one.day.weekday() >= FRIDAY:
        return ()
    tomorrow = one.day + timedelta(days=1)
    friday = one.day + timedelta(days=FRIDAY - one.day.weekday())
    weekday = _weekday(tomorrow)
    ears = say("sick.more.ears", child=name, words=weekday)
    first = Deed("krank", weekday, ears, until=tomorrow)
    if tomorrow == friday:
        return (first,)
    words = say("sick.more.until", weekday=_weekday(friday))
    return first, Deed("krank", words, say("sick.more.ears", child=name, words=words), until=friday)


def said_of(what: str, name: str, day_: date, *, at: datetime, amount: str) -> str:
    """What is spoken when the server has kept it."""
    is_today = day_ == business_day(at)
    match what:
        case "krank":
            return say("sick.said" if is_today else "sick.said.days", child=name)
        case "abbestellen":
            return say("meal.cancelled.said", day=_weekday(day_), amount=amount)
    if is_today:
        return say("sick.undone", child=name)
    return say("meal.ordered.said", child=name, day=_weekday(day_))


def _weekday(on: date) -> str:
    return day(on).split(",")[0]


def _standing(one: MealDay) -> tuple[str, str, str]:
    match one.state:
        case "ordered" | "charged":
            return say("meal.eats"), "good", "check"
        case "sick":
            return say("meal.sick"), "", ""
        case "cancelled":
            return say("meal.is_cancelled"), "", ""
        case "closed":
            return say("meal.is_closed"), "", ""
        case "other_payer":
            return say("meal.other_payer"), "", ""
    return say("meal.none"), "", ""
