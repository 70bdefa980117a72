"""Menus: what a daycare centre cooks on a day and which of the 14 allergens are in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.tables.families import menu

# Annex II of Regulation (EU) No 1169/2011, in its order.
ALLERGENS = (
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soy", "milk", "nuts", "celery",
    "mustard", "sesame", "sulphites", "lupin", "molluscs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dish:
    """One day's lunch in both languages; allergens: of ALLERGENS, in their order."""

    de: str
    en: str
    allergens: tuple[str, ...]


def publish_menu(session: Session, cooked: Iterable[tuple[str, date, Dish]]) -> int:
    """Say what centres (by code) cook; a later plan replaces an earlier one. Returns how many."""
    rows = [
        {
            "facility": facility, "day": day, "dish": dish.de, "dish_en": dish.en,
            "allergens": list(dish.allergens),
        }
        for facility, day, dish in cooked
    ]  # fmt: skip
    if rows:
        statement = insert(menu)
        new = {name: statement.excluded[name] for name in ("dish", "dish_en", "allergens")}
        session.execute(
            statement.on_conflict_do_update(index_elements=[menu.c.facility, menu.c.day], set_=new),
            rows,
        )
    return len(rows)


def dishes(
    session: Session, facilities: Collection[str], first: date, last: date
) -> dict[tuple[str, date], Dish]:
    """What these centres cook from `first` to `last`, by centre and day; days without are out."""
    rows = session.execute(
        select(menu).where(menu.c.facility.in_(facilities), menu.c.day.between(first, last))
    )
    return {
        (row.facility, row.day): Dish(row.dish, row.dish_en, tuple(row.allergens)) for row in rows
    }


def last_menu_day(session: Session) -> date | None:
    """Until when menus are out; None before the first."""
    latest: date | None = session.scalar(select(func.max(menu.c.day)))
    return latest
