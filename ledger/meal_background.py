"""What stood about one child's meal on one day: registered since when, and what was cooked."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ledger.menus import Dish
from ledger.tables.families import menu, standing_order
from ledger.tables.services import child


@dataclass(frozen=True, slots=True)
class Background:
    """weekdays, since: of the standing order that held (ISO numbers; empty and None without one).
    dish: None where no menu was out."""

    weekdays: tuple[int, ...]
    since: date | None
    dish: Dish | None


NOTHING = Background((), None, None)


def meal_background(session: Session, child_code: str, day: date) -> Background:
    """In one statement, for a page that has many questions."""
    holds = and_(
        standing_order.c.child == child.c.number,
        standing_order.c.valid_from <= day,
        or_(standing_order.c.ends_before.is_(None), standing_order.c.ends_before > day),
    )
    row = session.execute(
        select(
            standing_order.c.weekdays, standing_order.c.valid_from,
            menu.c.dish, menu.c.dish_en, menu.c.allergens,
        )
        .select_from(child)
        .outerjoin(standing_order, holds)
        .outerjoin(menu, and_(menu.c.facility == child.c.facility, menu.c.day == day))
        .where(child.c.code == child_code)
    ).one_or_none()  # fmt: skip
    if row is None:
        return NOTHING
    dish = None if row.dish is None else Dish(row.dish, row.dish_en, tuple(row.allergens))
    return Background(tuple(row.weekdays or ()), row.valid_from, dish)
