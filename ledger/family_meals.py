"""A family's meal calendar: what stands for each child and day, and cancelling until the cut-off.

The server's clock decides. Every answer is the same however often it is asked for: a repeated
tap finds the day as it left it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from ledger.booked_days import (
    ChildDay,
    OrderRow,
    child_days,
    days_between,
    order_rows,
    own_cents,
)
from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.errors import LedgerError
from ledger.facilities.daycare.meals import cancellation, cut_off
from ledger.households import UnknownChild
from ledger.locks import share_meals_of
from ledger.meals import CutOffPassed, MealsCharged, order_meals
from ledger.menus import Dish, dishes
from ledger.standing_orders import is_open
from ledger.tables.services import meal_order

__all__ = ["CutOffPassed", "MealsCharged", "UnknownChild"]


@dataclass
class OtherPayersDay(LedgerError):
    """The other paying person decides about this day."""

    child: str
    day: date
    code = "other_payers_day"


@dataclass(frozen=True, slots=True)
class MealDay:
    """One child on one weekday.

    state: ordered, cancelled, sick, charged, not_charged (over, and nothing was), closed,
    other_payer or no_order. own_cents: what this payer pays, would pay, or paid once charged.
    decided_at: when it was ordered, cancelled or charged. cut_off: the first instant that is too
    late. can_change: whether it can still be cancelled or ordered.
    """

    child: str
    day: date
    products: tuple[str, ...]
    dish: Dish | None
    state: str
    own_cents: int
    decided_at: datetime | None
    cut_off: datetime
    can_change: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """The days that stand now as was asked for, and the cents they make: saved, or to be paid."""

    days: tuple[date, ...]
    cents: int


Cancelled = Changed
Ordered = Changed


def meal_days(
    session: Session, wallet: str, first: date, last: date, at: datetime
) -> list[MealDay]:
    """The weekdays from `first` to `last` of every child this wallet pays for, day by day."""
    weekdays = [day for day in days_between(first, last) if day.weekday() < 5]
    catalogue = posted_catalogue(session)
    grid = child_days(session, wallet, weekdays)
    orders = order_rows(session, {one.child for one in grid}, weekdays)
    cooked = dishes(session, {one.facility for one in grid}, first, last)
    return [
        _meal_day(
            catalogue, wallet, one, orders.get((one.child, one.day), ()),
            dish=cooked.get((one.facility, one.day)), at=at,
        )
        for one in grid
    ]  # fmt: skip


def cancel_days(
    session: Session, wallet: str, child: str, days: Collection[date], *, at: datetime,
    is_sick: bool = False,
) -> Cancelled:  # fmt: skip
    """Cancel the child's meals of these days at `at`, the server's time: all of them or none.

    Closed days and days without an order are left out; a day that is not planned yet is
    cancelled before it is. Raises UnknownChild, OtherPayersDay, CutOffPassed, MealsCharged.
    """
    catalogue = posted_catalogue(session)
    grid = _open_days(session, catalogue, wallet, child, days, at=at)
    open_days = [one.day for one in grid]
    why = "sick" if is_sick else "family"
    session.execute(
        update(meal_order)
        .where(
            meal_order.c.child == child,
            meal_order.c.day.in_(open_days),
            meal_order.c.cancelled_at.is_(None),
        )
        .values(cancelled_at=func.greatest(at, meal_order.c.ordered_at), cancelled_why=why)
    )
    orders = order_rows(session, [child], open_days)
    ahead = [
        {
            "child": child, "day": one.day, "product": product, "ordered_at": at,
            "cancelled_at": at, "cancelled_why": why,
        }
        for one in grid
        for product in one.standing
        # What the plan took back it may order again: only a family's word keeps it from that.
        if all(
            row.product != product or row.cancelled_why == "plan"
            for row in orders.get((child, one.day), ())
        )
    ]  # fmt: skip
    if ahead:
        session.execute(insert(meal_order), ahead)
    return _changed(catalogue, grid, order_rows(session, [child], open_days), is_ordered=False)


def order_again(
    session: Session, wallet: str, child: str, days: Collection[date], *, at: datetime
) -> Ordered:
    """Order what was cancelled on these days, or what the standing order says; all or none.

    Raises as `cancel_days`, and NoMealThen for what the centre does not cook any more.
    """
    catalogue = posted_catalogue(session)
    grid = _open_days(session, catalogue, wallet, child, days, at=at)
    orders = order_rows(session, [child], [one.day for one in grid])
    for one in grid:
        products = _products(one, orders.get((child, one.day), ()))
        if products:
            order_meals(session, one.day, [(child, each) for each in products], at=at)
    now_standing = order_rows(session, [child], [one.day for one in grid])
    return _changed(catalogue, grid, now_standing, is_ordered=True)


def _open_days(
    session: Session, catalogue: PostedCatalogue, wallet: str, child: str,
    days: Collection[date], *, at: datetime,
) -> list[ChildDay]:  # fmt: skip
    """The days on which this family may decide, locked against the day's charging."""
    weekdays = [day for day in sorted(set(days)) if day.weekday() < 5]
    grid = child_days(session, wallet, weekdays, only=child)
    if not grid:
        raise UnknownChild(child)
    houses = catalogue.facilities
    grid = [one for one in grid if is_open(houses[one.facility], one.day)]
    for one in grid:
        if one.payer != wallet:
            raise OtherPayersDay(child, one.day)
        if not cancellation(one.day, at).is_free:
            raise CutOffPassed(one.day, cut_off(one.day))
    share_meals_of(session, [one.day for one in grid])
    # Once more behind the lock: the day may have been charged while we waited.
    for one in child_days(session, wallet, [each.day for each in grid], only=child):
        if one.charged_at is not None:
            raise MealsCharged(child, one.day)
    return grid


def _meal_day(
    catalogue: PostedCatalogue, wallet: str, one: ChildDay, orders: Sequence[OrderRow],
    *, dish: Dish | None, at: datetime,
) -> MealDay:  # fmt: skip
    is_closed = not is_open(catalogue.facilities[one.facility], one.day)
    if one.charged_at is not None:
        is_closed = False
    is_others = one.payer != wallet
    limit = cut_off(one.day)
    state, decided_at = _state(one, orders, is_closed=is_closed, is_over=one.day < business_day(at))
    if is_closed or is_others:
        state = "closed" if is_closed else "other_payer"
        return MealDay(one.child, one.day, (), dish, state, 0, None, limit, can_change=False)
    products = _products(one, orders)
    cents = one.own_cents if state == "charged" else _cents(catalogue, one, products)
    may_change = state != "charged" and cancellation(one.day, at).is_free
    return MealDay(
        one.child, one.day, products, dish, state, cents, decided_at, limit,
        can_change=may_change and bool(products),
    )  # fmt: skip


def _state(
    one: ChildDay, orders: Sequence[OrderRow], *, is_closed: bool, is_over: bool
) -> tuple[str, datetime | None]:
    if one.charged_at is not None:
        return "charged", one.charged_at
    standing = [row for row in orders if row.cancelled_at is None]
    if standing:
        return ("not_charged" if is_over else "ordered"), standing[-1].ordered_at
    last = max(
        (row for row in orders if row.cancelled_why != "plan"),
        key=lambda row: (row.cancelled_at or row.ordered_at), default=None,
    )  # fmt: skip
    if last is not None:
        return ("sick" if last.cancelled_why == "sick" else "cancelled"), last.cancelled_at
    # What lies beyond the plan is ordered as soon as the plan gets there.
    is_coming = bool(one.standing) and not is_over and not is_closed
    return ("ordered" if is_coming else "no_order"), None


def _products(one: ChildDay, orders: Sequence[OrderRow]) -> tuple[str, ...]:
    """What stands; where nothing does, what was cancelled or what the standing order says."""
    standing = [row.product for row in orders if row.cancelled_at is None]
    given_up = [row.product for row in orders if row.cancelled_why != "plan"]
    return tuple(sorted(set(standing or given_up or one.standing)))


def _cents(catalogue: PostedCatalogue, one: ChildDay, products: Collection[str]) -> int:
    return sum(
        own_cents(catalogue, product, one.day, is_subsidised=one.is_subsidised)
        for product in products
    )


def _changed(
    catalogue: PostedCatalogue, grid: Sequence[ChildDay],
    orders: Mapping[tuple[str, date], Sequence[OrderRow]], *, is_ordered: bool,
) -> Changed:  # fmt: skip
    days, cents = [], 0
    for one in grid:
        rows = orders.get((one.child, one.day), ())
        stands = any(row.cancelled_at is None for row in rows)
        if rows and stands == is_ordered:
            days.append(one.day)
            cents += _cents(catalogue, one, _products(one, rows))
    return Changed(tuple(days), cents)
