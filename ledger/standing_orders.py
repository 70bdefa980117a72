"""Standing orders: what a child eats every week, and the plan that books it some weeks ahead.

The plan only adds. What a family cancelled stays cancelled however often it runs; what it
planned itself it takes back when the standing order changes.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from sqlalchemy import Row, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.catalogue.model import Facility
from ledger.catalogue.posted import PostedCatalogue, item_on, posted_catalogue
from ledger.errors import LedgerError
from ledger.facilities.daycare import MEALS
from ledger.households import UnknownChild
from ledger.locks import have_meals_alone_of
from ledger.tables.families import standing_order
from ledger.tables.services import child

AHEAD = 25  # open weekdays that are booked in advance
SEARCHED = 100  # calendar days in which they are looked for: no centre is closed that long


@dataclass
class StandingOrderInvalid(LedgerError):
    """These products or days cannot be ordered every week: `why` is products, weekdays or days."""

    child: str
    why: str
    code = "standing_order_invalid"


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """What a child eats on these weekdays (1 is Monday) until the day before `ends_before`."""

    child: str
    products: tuple[str, ...]
    weekdays: tuple[int, ...]
    valid_from: date
    ends_before: date | None


class Transactions(Protocol):
    """What a job needs of the database."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A session whose work is committed at the end, or not at all."""


def set_standing_order(
    session: Session, child_code: str, *, products: Collection[str], weekdays: Collection[int],
    valid_from: date, valid_until: date | None = None, at: datetime,
) -> StandingOrder:  # fmt: skip
    """What the child eats from `valid_from` on, instead of what was ordered for then before.

    Meals planned for days from tomorrow on that no longer belong are taken back; nothing is
    ordered until the plan runs. Raises UnknownChild and StandingOrderInvalid.
    """
    found = _child(session, child_code)
    order = StandingOrder(
        child_code, tuple(sorted(set(products))), tuple(sorted(set(weekdays))), valid_from,
        None if valid_until is None else valid_until + timedelta(days=1),
    )  # fmt: skip
    _check(posted_catalogue(session), order)
    _end(session, found.number, valid_from)
    values = {
        "child": found.number, "products": list(order.products), "weekdays": list(order.weekdays),
        "valid_from": valid_from, "ends_before": order.ends_before, "made_at": at,
    }  # fmt: skip
    session.execute(insert(standing_order), [values])
    _take_back(session, found.number, at)
    return order


def end_standing_order(
    session: Session, child_code: str, *, ends_before: date, at: datetime
) -> None:
    """Nothing is ordered for the child from this day on; what was planned is taken back."""
    found = _child(session, child_code)
    _end(session, found.number, ends_before)
    _take_back(session, found.number, at)


def resume_standing_order(session: Session, child_code: str, day: date, *, at: datetime) -> bool:
    """Go on with the standing order that ended before this day; whether there was one."""
    found = _child(session, child_code)
    ended = session.execute(
        select(standing_order).where(
            standing_order.c.child == found.number, standing_order.c.ends_before == day,
            standing_order.c.valid_from < day,
        )
    ).one_or_none()  # fmt: skip
    if ended is None:
        return False
    set_standing_order(
        session, child_code, products=ended.products, weekdays=ended.weekdays, valid_from=day,
        at=at,
    )  # fmt: skip
    return True


def standing_order_of(session: Session, child_code: str, *, on: date) -> StandingOrder | None:
    """What holds for the child on this day, or None."""
    row = session.execute(
        select(standing_order)
        .join(child, child.c.number == standing_order.c.child)
        .where(child.c.code == child_code, standing_order.c.valid_from <= on)
        .where(or_(standing_order.c.ends_before.is_(None), standing_order.c.ends_before > on))
    ).one_or_none()
    return None if row is None else StandingOrder(
        child_code, tuple(row.products), tuple(row.weekdays), row.valid_from, row.ends_before
    )  # fmt: skip


def plan_meals(session: Session, until: date, *, at: datetime) -> int:
    """Book the standing orders of all children from tomorrow until this day; how many are new.

    Days on which a centre is closed or does not cook are left out; what was ordered for a day
    that was closed afterwards is taken back.
    """
    catalogue, today = posted_catalogue(session), business_day(at)
    tomorrow = today + timedelta(days=1)
    coming = [today + timedelta(days=n) for n in range((until - today).days + 1)]
    # Alone, for who cancels meanwhile would not see what is planned here; and all days at once, as
    # whoever cancels several takes them in order too.
    have_meals_alone_of(session, coming)
    _take_back_closed(session, catalogue, coming, at)
    cooked = [
        (house.code, product, day)
        for house in _centres(catalogue)
        for product, day in _cooked(catalogue, house, tomorrow, until)
    ]
    if not cooked:
        return 0
    houses, products, days = zip(*cooked, strict=True)
    values = {"houses": list(houses), "products": list(products), "days": list(days), "at": at}
    return len(session.execute(_PLAN, values).all())


def plan_until(catalogue: PostedCatalogue, day: date, ahead: int = AHEAD) -> date:
    """The day until which every centre has `ahead` open weekdays after `day`."""
    latest = day
    for house in _centres(catalogue):
        coming = (day + timedelta(days=n) for n in range(1, SEARCHED))
        open_days = [one for one in coming if is_open(house, one)][:ahead]
        latest = max([latest, *open_days])
    return latest


def run_plan(books: Transactions, today: date) -> int:
    """The job: book what is coming, as of `today` in the city; how many meals are new."""
    at = datetime.combine(today, time(0), CITY_TIME).astimezone(UTC)
    with books.transaction() as session:
        return plan_meals(session, plan_until(posted_catalogue(session), today), at=at)


def is_open(house: Facility, day: date) -> bool:
    """Whether the centre has children that day: on weekdays, unless it is closed."""
    return day.weekday() < 5 and house.is_open(day)


def _centres(catalogue: PostedCatalogue) -> Iterator[Facility]:
    return (house for house in catalogue.facilities.values() if house.kind == "daycare")


def _cooked(
    catalogue: PostedCatalogue, house: Facility, first: date, last: date
) -> Iterator[tuple[str, date]]:
    meals = [one for one in catalogue.products.values() if one.kind in MEALS]
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if not is_open(house, day):
            continue
        for product in meals:
            if item_on(catalogue, product, house, day) is not None:
                yield product.code, day


def _child(session: Session, code: str) -> Row[tuple[object, ...]]:
    found = session.execute(select(child).where(child.c.code == code)).one_or_none()
    if found is None:
        raise UnknownChild(code)
    return found


def _check(catalogue: PostedCatalogue, order: StandingOrder) -> None:
    known = {one.code for one in catalogue.products.values() if one.kind in MEALS}
    if not order.products or not known.issuperset(order.products):
        raise StandingOrderInvalid(order.child, "products")
    if not order.weekdays or not set(range(1, 6)).issuperset(order.weekdays):
        raise StandingOrderInvalid(order.child, "weekdays")
    if order.ends_before is not None and order.ends_before <= order.valid_from:
        raise StandingOrderInvalid(order.child, "days")


def _end(session: Session, number: int, day: date) -> None:
    """No standing order of the child reaches this day; one that begins later never holds."""
    still = or_(standing_order.c.ends_before.is_(None), standing_order.c.ends_before > day)
    session.execute(
        update(standing_order)
        .where(standing_order.c.child == number, still)
        .values(ends_before=func.greatest(standing_order.c.valid_from, day))
    )


def _take_back(session: Session, number: int, at: datetime) -> None:
    session.execute(_NO_LONGER, {"child": number, "at": at, "today": business_day(at)})


def _take_back_closed(
    session: Session, catalogue: PostedCatalogue, coming: Collection[date], at: datetime
) -> None:
    """Nobody eats in a centre that was closed after the meals were ordered, today neither."""
    closed = [
        (house.code, day) for house in _centres(catalogue) for day in coming
        if not house.is_open(day)
    ]  # fmt: skip
    if closed:
        houses, days = zip(*closed, strict=True)
        values = {"houses": list(houses), "days": list(days), "at": at}
        session.execute(_CLOSED, values)


_CLOSED = text("""
    UPDATE meal_order m SET cancelled_at = greatest(:at, m.ordered_at), cancelled_why = 'plan'
      FROM unnest(CAST(:houses AS text[]), CAST(:days AS date[])) AS o(facility, day)
      JOIN child c ON c.facility = o.facility
     WHERE m.child = c.code AND m.day = o.day AND m.cancelled_at IS NULL
       AND NOT EXISTS (SELECT FROM meal_charge g WHERE g.child = m.child AND g.day = m.day)""")

_PLAN = text("""
    INSERT INTO meal_order (child, day, product, ordered_at)
    SELECT c.code, o.day, o.product, :at
      FROM unnest(CAST(:houses AS text[]), CAST(:products AS text[]), CAST(:days AS date[]))
           AS o(facility, product, day)
      JOIN child c ON c.facility = o.facility
      JOIN standing_order s ON s.child = c.number AND s.valid_from <= o.day
           AND (s.ends_before IS NULL OR s.ends_before > o.day)
           AND extract(isodow FROM o.day)::smallint = ANY(s.weekdays)
           AND o.product = ANY(s.products)
     WHERE NOT EXISTS (SELECT FROM meal_order m
                        WHERE m.child = c.code AND m.day = o.day AND m.product = o.product
                          AND m.cancelled_why IS DISTINCT FROM 'plan')
       AND NOT EXISTS (SELECT FROM meal_charge g WHERE g.child = c.code AND g.day = o.day)
        ON CONFLICT DO NOTHING
 RETURNING id""")

# Days from tomorrow on: today's meals are decided by the family and the cut-off alone.
_NO_LONGER = text("""
    UPDATE meal_order m SET cancelled_at = greatest(:at, m.ordered_at), cancelled_why = 'plan'
      FROM child c
     WHERE c.number = :child AND m.child = c.code AND m.day > :today AND m.cancelled_at IS NULL
       AND NOT EXISTS (SELECT FROM meal_charge g WHERE g.child = m.child AND g.day = m.day)
       AND NOT EXISTS (SELECT FROM standing_order s
                        WHERE s.child = c.number AND s.valid_from <= m.day
                          AND (s.ends_before IS NULL OR s.ends_before > m.day)
                          AND extract(isodow FROM m.day)::smallint = ANY(s.weekdays)
                          AND m.product = ANY(s.products))""")
