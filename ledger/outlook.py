"""How long a balance lasts: in meals and days, at the price this payer pays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from ledger.booked_days import own_cents
from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.shared_children import payer_on, second_pays
from ledger.tables.books import account, guard
from ledger.tables.families import second_payer
from ledger.tables.services import child, meal_charge, meal_order, subsidy, wallet

DAYS = 20  # booked days that are walked: after them it is "more than a month"
PLATES = 10  # weekdays that are drawn
SEEN_AHEAD = 100  # calendar days


@dataclass(frozen=True, slots=True)
class Outlook:
    """How long the money lasts.

    meals: of all children, fully covered one after the other. until: the last booked day that is
    covered whole. plates: coming weekdays as full (paid), open, or closed (nothing is booked).
    more_than_a_month: every one of the next 20 booked days is covered. has_bookings: whether
    anything is booked at all. days: how many booked days are covered whole. is_all_covered:
    whether that is every day booked. booked_cents: what the days that were looked at cost.
    """

    meals: int
    until: date | None
    plates: tuple[tuple[date, str], ...]
    more_than_a_month: bool
    has_bookings: bool
    days: int
    is_all_covered: bool = False
    booked_cents: int = 0


def outlook(session: Session, wallet_code: str, *, at: datetime, extra_cents: int = 0) -> Outlook:
    """The outlook of one wallet, with `extra_cents` on top of what is on it now."""
    found = outlooks(session, [wallet_code], at=at, extra_cents=extra_cents)
    return found.get(wallet_code, _NOTHING)


def outlooks(
    session: Session, wallets: Iterable[str] | None, *, at: datetime, extra_cents: int = 0
) -> Mapping[str, Outlook]:
    """The outlook of these wallets (None: of all that have something booked), in one query."""
    costs, balances = _costs(session, wallets, at)
    return {code: _walk(costs[code], balances[code] + extra_cents) for code in sorted(costs)}


def outlook_with_each(
    session: Session, wallet_code: str, amounts: Sequence[int], *, at: datetime
) -> list[Outlook]:
    """The outlook with each of these amounts on top, in one query for all of them."""
    costs, balances = _costs(session, [wallet_code], at)
    if wallet_code not in costs:
        return [_NOTHING for _ in amounts]
    of_days, cents = costs[wallet_code], balances[wallet_code]
    return [_walk(of_days, cents + amount) for amount in amounts]


def _costs(
    session: Session, wallets: Iterable[str] | None, at: datetime
) -> tuple[Mapping[str, dict[date, dict[str, int]]], Mapping[str, int]]:
    """What each booked day costs each wallet, child by child, and what is on the wallets."""
    catalogue, today = posted_catalogue(session), business_day(at)
    costs: dict[str, dict[date, dict[str, int]]] = {}
    balances: dict[str, int] = {}
    for row in session.execute(_booked(wallets, today)):
        balances[row.wallet] = row.posted
        of_day = costs.setdefault(row.wallet, {}).setdefault(row.day, {})
        of_day[row.child] = of_day.get(row.child, 0) + _cost(catalogue, row)
    return costs, balances


_NOTHING = Outlook(0, None, (), more_than_a_month=False, has_bookings=False, days=0)


def _booked(wallets: Iterable[str] | None, today: date) -> Select[Any]:
    booked = (
        select(
            payer_on().label("wallet"), meal_order.c.day, meal_order.c.child,
            meal_order.c.product, subsidy.c.account.label("authority"), guard.c.posted,
        )
        .join(child, child.c.code == meal_order.c.child)
        .outerjoin(second_payer, second_pays(meal_order.c.day))
        .outerjoin(subsidy, and_(subsidy.c.child == child.c.number,
                                 subsidy.c.valid_from <= meal_order.c.day,
                                 subsidy.c.valid_until >= meal_order.c.day))
        .outerjoin(meal_charge, and_(meal_charge.c.child == meal_order.c.child,
                                     meal_charge.c.day == meal_order.c.day))
        .join(wallet, wallet.c.code == payer_on())
        .join(account, account.c.code == wallet.c.account)
        .join(guard, guard.c.account_id == account.c.id)
        .where(
            meal_order.c.day.between(today, today + timedelta(days=SEEN_AHEAD)),
            meal_order.c.cancelled_at.is_(None),
            meal_charge.c.key.is_(None),
        )
        .order_by(meal_order.c.day, child.c.number)
    )  # fmt: skip
    if wallets is None:
        return booked
    ours = list(wallets)
    shared = select(second_payer.c.child).where(second_payer.c.wallet.in_(ours))
    # Children first, by index: the orders of all others are not even looked at.
    return booked.where(
        payer_on().in_(ours), or_(child.c.wallet.in_(ours), child.c.number.in_(shared))
    )


def _cost(catalogue: PostedCatalogue, row: Row[Any]) -> int:
    return own_cents(catalogue, row.product, row.day, is_subsidised=row.authority is not None)


def _walk(costs: Mapping[date, Mapping[str, int]], cents: int) -> Outlook:
    """Walk the booked days, child by child, until the money does not cover the next meal."""
    meals, covered = 0, list[date]()
    for day in sorted(costs)[:DAYS]:
        for cost in costs[day].values():
            if cents < cost:
                return _outlook(costs, meals, covered)
            cents -= cost
            meals += 1
        covered.append(day)
    return _outlook(costs, meals, covered)


def _outlook(costs: Mapping[date, Mapping[str, int]], meals: int, covered: list[date]) -> Outlook:
    plates: list[tuple[date, str]] = []
    day = min(costs)
    while len(plates) < PLATES:
        if day.weekday() < 5:
            state = "full" if day in covered else "open" if day in costs else "closed"
            plates.append((day, state))
        day += timedelta(days=1)
    return Outlook(
        meals, covered[-1] if covered else None, tuple(plates),
        more_than_a_month=len(covered) >= DAYS, has_bookings=True, days=len(covered),
        is_all_covered=len(covered) == min(len(costs), DAYS),
        booked_cents=sum(sum(costs[day].values()) for day in sorted(costs)[:DAYS]),
    )  # fmt: skip
