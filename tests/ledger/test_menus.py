"""The menu file: read whole or refused by line; cooked in turn, and published weeks ahead."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ledger.catalogue.reading import BadCity
from ledger.menu_file import Menu, dish_on, publish_plan, read_menu
from ledger.menus import ALLERGENS, Dish, dishes, publish_menu
from tests.ledger.conftest import AACHEN
from tests.ledger.families import FRIDAY, MONDAY, SUNDAY

HEAD = 'first_monday = 2026-11-16\n[[kitchen]]\nname = "Küche"\n'
WEEK = "".join(
    f'[[dish]]\nweek = 1\nweekday = "{day}"\nde = "Suppe"\nen = "Soup"\nallergens = ["milk"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)


@pytest.fixture(scope="module")
def menu() -> Menu:
    return read_menu(AACHEN / "menu.toml")


def test_four_weeks_with_five_dishes_in_both_languages(menu: Menu) -> None:
    assert (menu.weeks, len(menu.dishes)) == (4, 20)
    assert len({dish.de for dish in menu.dishes.values()}) == 20
    for dish in menu.dishes.values():
        assert set(dish.allergens) <= set(ALLERGENS)


def test_the_plan_begins_again_and_kitchens_differ(menu: Menu) -> None:
    first = dish_on(menu, "K01", MONDAY)
    assert first is not None
    assert dish_on(menu, "K01", MONDAY + timedelta(weeks=4)) == first
    assert dish_on(menu, "K01", MONDAY + timedelta(weeks=1)) != first
    assert dish_on(menu, "K06", MONDAY + timedelta(weeks=2)) == first
    assert dish_on(menu, "K01", SUNDAY) is None


def test_it_is_published_for_open_days_and_once(city: Session, menu: Menu) -> None:
    assert publish_plan(city, menu, MONDAY) == 20 * 20
    assert publish_plan(city, menu, FRIDAY) == 0
    assert publish_plan(city, menu, FRIDAY + timedelta(days=3)) > 0
    out = dishes(city, ["K01", "K02"], MONDAY, FRIDAY)
    assert len(out) == 10
    assert out["K01", MONDAY] == dish_on(menu, "K01", MONDAY)
    closed = date(2027, 7, 19)
    publish_plan(city, menu, closed)
    assert set(dishes(city, ["K01", "K02"], closed, closed)) == {("K02", closed)}


def test_a_later_plan_replaces_an_earlier_one(city: Session) -> None:
    for name in ("Suppe", "Auflauf"):
        publish_menu(city, [("K01", MONDAY, Dish(name, name, ()))])
    assert dishes(city, ["K01"], MONDAY, MONDAY)["K01", MONDAY].de == "Auflauf"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (HEAD.replace("11-16", "11-17") + WEEK, 1, '"first_monday" is a Monday'),
        (HEAD + WEEK.replace('"milk"', '"milch"', 1), 9, "no allergen is called 'milch'"),
        (HEAD + WEEK.replace('en = "Soup"\n', "", 1), 4, '"en" is missing'),
        (HEAD + WEEK.replace('"friday"', '"monday"'), 28, "has a dish for monday already"),
        (HEAD + WEEK.replace('"friday"', '"sunday"'), 30, '"weekday" is one of'),
        (HEAD + WEEK.split("[[dish]]", 2)[0], 1, "there is no [[dish]]"),
        (HEAD.split("[[", maxsplit=1)[0] + WEEK, 1, "there is no [[kitchen]]"),
        (HEAD + "starts_with = 2\n" + WEEK, 4, '"starts_with" is a week of the plan'),
        (HEAD + WEEK + "dish = 1\n", 34, 'unknown key "dish"'),
        ("first_monday = ", 1, "not TOML"),
    ],
)
def test_faults_are_told_by_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "menu.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadCity) as refused:
        read_menu(file)
    assert any(one.line == line and message in one.message for one in refused.value.faults), (
        refused.value
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadCity, match="missing"):
        read_menu(tmp_path / "menu.toml")
