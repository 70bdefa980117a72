"""A city's menu: a plan of some weeks in a TOML file that the kitchens cook over and over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from ledger.catalogue.faults import Fault
from ledger.catalogue.fields import Fields
from ledger.catalogue.model import Facility
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import BadCity, read_document
from ledger.menus import ALLERGENS, Dish, last_menu_day, publish_menu

PUBLISHED_AHEAD = timedelta(weeks=3)
LONGEST_DISH = 120
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class Kitchen:
    """Cooks for these centres (none named: for all others), beginning with this week's plan."""

    name: str
    facilities: tuple[str, ...]
    starts_with: int


@dataclass(frozen=True, slots=True)
class Menu:
    """The plan: dishes by week (from 1) and weekday (0 is Monday), from `first_monday` on."""

    first_monday: date
    kitchens: tuple[Kitchen, ...]
    dishes: Mapping[tuple[int, int], Dish]
    weeks: int


def read_menu(path: Path) -> Menu:
    """The checked plan of this file. Raises BadCity with every fault, by line."""
    faults: list[Fault] = []
    document = read_document(path, faults)
    document.faults.extend(faults)
    menu = _menu(document)
    if document.faults:
        in_order = sorted(set(document.faults), key=lambda one: (one.line, one.message))
        raise BadCity(tuple(in_order))
    return menu


def dish_on(menu: Menu, facility: str, day: date) -> Dish | None:
    """What this centre's kitchen cooks on this day, by the plan alone."""
    kitchen = _kitchen_of(menu, facility)
    if kitchen is None or day < menu.first_monday:
        return None
    weeks = (day - menu.first_monday).days // 7
    week = (weeks + kitchen.starts_with - 1) % menu.weeks + 1
    return menu.dishes.get((week, day.weekday()))


def publish_plan(session: Session, menu: Menu, today: date) -> int:
    """Publish what is cooked from the week of `today` on, three weeks ahead; how many days.

    Safe to repeat. What was published for earlier days stays: it is what was eaten.
    """
    first = today - timedelta(days=today.weekday())
    last = first + PUBLISHED_AHEAD + timedelta(days=4)
    if (known := last_menu_day(session)) is not None and known >= last:
        return 0
    houses = posted_catalogue(session).facilities.values()
    return publish_menu(session, _cooked(menu, houses, first, last))


def _cooked(
    menu: Menu, houses: Iterable[Facility], first: date, last: date
) -> Iterator[tuple[str, date, Dish]]:
    for house in houses:
        if house.kind != "daycare":
            continue
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            dish = dish_on(menu, house.code, day) if house.is_open(day) else None
            if dish is not None:
                yield house.code, day, dish


def _kitchen_of(menu: Menu, facility: str) -> Kitchen | None:
    named = (one for one in menu.kitchens if facility in one.facilities)
    others = (one for one in menu.kitchens if not one.facilities)
    return next(named, next(others, None))


def _menu(document: Fields) -> Menu:
    first_monday = document.day("first_monday")
    if first_monday.weekday() != 0:
        document.fault('"first_monday" is a Monday', "first_monday")
    dishes: dict[tuple[int, int], Dish] = {}
    for row in document.rows("dish"):
        week, weekday = row.number("week"), row.choice("weekday", _WEEKDAYS)
        if week < 1:
            row.fault('"week" begins with 1', "week")
        where = (week, _WEEKDAYS.index(weekday) if weekday else 0)
        if where in dishes:
            row.fault(f"week {week} has a dish for {weekday} already")
        dishes[where] = _dish(row)
        row.done()
    weeks = max((week for week, _ in dishes), default=0)
    _check_whole(document, dishes, weeks)
    kitchens = tuple(_kitchen(row, weeks) for row in document.rows("kitchen"))
    if not kitchens:
        document.fault("there is no [[kitchen]]")
    document.done()
    return Menu(first_monday, kitchens, dishes, weeks)


def _check_whole(document: Fields, dishes: Mapping[tuple[int, int], Dish], weeks: int) -> None:
    if not dishes:
        document.fault("there is no [[dish]]")
    for week in range(1, weeks + 1):
        for number, name in enumerate(_WEEKDAYS):
            if (week, number) not in dishes:
                document.fault(f"week {week} has no dish for {name}")


def _dish(row: Fields) -> Dish:
    german, english = row.text("de"), row.text("en")
    for key, text in (("de", german), ("en", english)):
        if len(text) > LONGEST_DISH:
            row.fault(f'"{key}" has at most {LONGEST_DISH} characters', key)
    allergens = row.texts("allergens")
    if unknown := sorted(set(allergens) - set(ALLERGENS)):
        row.fault(f"no allergen is called {unknown[0]!r}: use {', '.join(ALLERGENS)}", "allergens")
    return Dish(german, english, tuple(one for one in ALLERGENS if one in allergens))


def _kitchen(row: Fields, weeks: int) -> Kitchen:
    one = Kitchen(row.text("name"), row.texts("facilities"), row.number("starts_with", 1))
    if not 1 <= one.starts_with <= max(weeks, 1):
        row.fault(f'"starts_with" is a week of the plan, 1 to {weeks}', "starts_with")
    row.done()
    return one
