"""What stands in the books of a family's days: who pays for each child, and what was charged.

Read by the calendar and by the outlook; the price a payer pays is worked out here alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, Subquery, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from ledger.catalogue.posted import PostedCatalogue
from ledger.catalogue.queries import price_on
from ledger.facilities.daycare.meals import shares
from ledger.shared_children import payer_on, second_pays
from ledger.tables.books import account, entry, transfer
from ledger.tables.families import second_payer, standing_order
from ledger.tables.services import child, meal_charge, meal_order, subsidy


@dataclass(frozen=True, slots=True)
class ChildDay:
    """One child on one day as this wallet's family sees it.

    payer: the wallet that pays, or paid. charged_at: None before the charge; own_cents: what that
    took from this wallet. standing: products of the standing order for this weekday.
    """

    child: str
    facility: str
    day: date
    payer: str
    is_subsidised: bool
    standing: tuple[str, ...]
    charged_at: datetime | None
    own_cents: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row of meal_order; cancelled_why: family, sick, plan, or None for orders of old."""

    child: str
    day: date
    product: str
    ordered_at: datetime
    cancelled_at: datetime | None
    cancelled_why: str | None


def child_days(
    session: Session, wallet: str, days: Collection[date], *, only: str | None = None
) -> list[ChildDay]:
    """Every child of the wallet (or `only` that one) on every one of these days, in order.

    A child is here on the days on which this wallet is its own or a second payer is shared with
    it at that time; days of the other payer are here too, with that payer.
    """
    if not days:
        return []
    wanted = _grid(wallet, days)
    if only is not None:
        wanted = wanted.where(child.c.code == only)
    return [_child_day(row) for row in session.execute(wanted)]


def order_rows(
    session: Session, children: Collection[str], days: Collection[date]
) -> Mapping[tuple[str, date], Sequence[OrderRow]]:
    """The orders of these children and days, cancelled ones too, the latest last."""
    columns = (meal_order.c[name] for name in OrderRow.__dataclass_fields__)
    wanted = (
        select(*columns)
        .where(meal_order.c.child.in_(children), meal_order.c.day.in_(days))
        .order_by(meal_order.c.id)
    )
    found: dict[tuple[str, date], list[OrderRow]] = {}
    for row in session.execute(wanted) if children and days else ():
        found.setdefault((row.child, row.day), []).append(OrderRow(*row))
    return found


def own_cents(catalogue: PostedCatalogue, product: str, day: date, *, is_subsidised: bool) -> int:
    """What the family pays for one meal that day; 0 for one that has no price."""
    known = catalogue.products[product]
    price = price_on(known, day)
    if price is None:
        return 0
    return shares(known.kind, price.amount, is_subsidised=is_subsidised).own.cents


def days_between(first: date, last: date) -> list[date]:
    """Every calendar day from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _grid(wallet: str, days: Collection[date]) -> Select[Any]:
    asked = select(
        func.unnest(cast(sorted(set(days)), ARRAY(Date)), type_=Date).label("day")
    ).subquery("asked")
    listed = asked.c.day
    has_subsidy = and_(
        subsidy.c.child == child.c.number,
        subsidy.c.valid_from <= listed,
        subsidy.c.valid_until >= listed,
    )
    is_charged = and_(meal_charge.c.child == child.c.code, meal_charge.c.day == listed)
    is_seen = or_(child.c.wallet == wallet, _is_shared_with(wallet, asked))
    return (
        select(
            child.c.code, child.c.facility, listed.label("day"),
            func.coalesce(meal_charge.c.wallet, payer_on()).label("payer"),
            subsidy.c.account.label("authority"), standing_order.c.products,
            entry.c.recorded_at, _taken(wallet).label("taken"),
        )
        .select_from(child)
        .join(asked, is_seen)
        .outerjoin(second_payer, second_pays(listed))
        .outerjoin(subsidy, has_subsidy)
        .outerjoin(standing_order, _stands_on(listed))
        .outerjoin(meal_charge, is_charged)
        .outerjoin(entry, entry.c.id == meal_charge.c.entry_id)
        .where(child.c.number.in_(_numbers(wallet)))
        .order_by(listed, child.c.number)
    )  # fmt: skip


def _stands_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(
        standing_order.c.child == child.c.number,
        standing_order.c.valid_from <= day,
        or_(standing_order.c.ends_before.is_(None), standing_order.c.ends_before > day),
        func.extract("isodow", day) == func.any(standing_order.c.weekdays),
    )


def _is_shared_with(wallet: str, asked: Subquery) -> ColumnElement[bool]:
    """Whether the wallet is the child's second payer at that time."""
    ours, day = second_payer.alias("ours"), asked.c.day
    shared = select(ours.c.id).where(
        ours.c.child == child.c.number,
        ours.c.wallet == wallet,
        # From the Monday of the first week on, so that a week is seen whole.
        ours.c.valid_from <= day + 6,
        or_(ours.c.ends_before.is_(None), ours.c.ends_before > day),
    )
    return shared.correlate(child, asked).exists()


def _numbers(wallet: str) -> Any:
    """The few children in question, found by index before days are multiplied in."""
    own = select(child.c.number).where(child.c.wallet == wallet)
    return own.union(select(second_payer.c.child).where(second_payer.c.wallet == wallet))


def _taken(wallet: str) -> Any:
    """What the day's charge took from this wallet."""
    of_wallet = select(account.c.id).where(account.c.code == f"371000/{wallet}").scalar_subquery()
    return (
        select(func.coalesce(func.sum(transfer.c.amount_cents), 0))
        .where(
            transfer.c.entry_id == meal_charge.c.entry_id,
            transfer.c.debit_account == of_wallet,
        )
        .correlate(meal_charge)
        .scalar_subquery()
    )


def _child_day(row: Row[Any]) -> ChildDay:
    return ChildDay(
        row.code, row.facility, row.day, row.payer, row.authority is not None,
        tuple(row.products or ()), row.recorded_at, int(row.taken),
    )  # fmt: skip
