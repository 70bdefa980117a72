"""A wallet's movements as its payer reads them: meals, top-ups, credits, and how they came about.

All from the journal, and always together with the wallet: what belongs to somebody else is not
there. What an authority paid is shown to the child's own wallet alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.calendar import next_month
from ledger.facilities.daycare.meals import cut_off
from ledger.movement_rows import (
    Wanted,
    credits_of,
    entry_rows,
    line_rows,
    sum_before,
)
from ledger.queries import entry_of_key
from ledger.tables.services import meal_charge, meal_order

PAGE = 30


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One product of a movement: its price, the authority's share and the wallet's own, cents."""

    product: str | None
    price_cents: int
    subsidy_cents: int
    own_cents: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of how a charge came about: ordered, not_cancelled, charged, credited; and when."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry as it concerns a wallet.

    id: the entry's key, its public name. kind: meal, top_up, credit, refund, refund_back (it could
    not be paid out), returned, purchase, claim or payment. amount_cents: what it did to the
    balance, below zero what was taken. subsidy_cents: what an authority paid. claim_cents: what
    became an open bill because the balance could not bear it. way: of a top-up: online,
    transfer, direct_debit, cash, girocard, credit_card. about: of a credit, the charge it gives
    back. how: in `movement` alone.
    """

    id: UUID
    kind: str
    day: date
    at: datetime
    child: str | None
    amount_cents: int
    lines: tuple[MovementLine, ...]
    subsidy_cents: int
    claim_cents: int
    facility: str | None
    way: str | None
    about: UUID | None
    how: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Movements, the newest first; `after` goes on with the next page, None at the end."""

    movements: tuple[Movement, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class ChildSum:
    """The meals of one child in a period: days, price, and who paid which share of it, cents."""

    child: str
    days: int
    price_cents: int
    subsidy_cents: int
    own_cents: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A wallet from `first` to `last`: opening + the sums = closing, cents with their sign.

    sums: by kind of movement. movements: the oldest first.
    """

    first: date
    last: date
    opening_cents: int
    closing_cents: int
    sums: Mapping[str, int]
    children: tuple[ChildSum, ...]
    movements: tuple[Movement, ...]


def movements(
    session: Session, wallet: str, *, kind: str | None = None, child: str | None = None,
    month: date | None = None, after: int | None = None, limit: int = PAGE,
) -> MovementPage:  # fmt: skip
    """One page of the wallet's movements; month: any day of it."""
    wanted = Wanted(wallet, after, kind, child, limit=limit + 1)
    if month is not None:
        last = next_month(month) - timedelta(days=1)
        wanted = replace(wanted, first=month.replace(day=1), last=last)
    rows = entry_rows(session, wanted)
    more = len(rows) > limit
    shown = _movements(session, wallet, rows[:limit])
    return MovementPage(tuple(shown), rows[limit - 1].id if more else None)


def movement(session: Session, wallet: str, key: UUID) -> Movement | None:
    """One movement in full, with how it came about; None for another wallet's, or for none."""
    entry_id = entry_of_key(session, key)
    if entry_id is None:
        return None
    rows = entry_rows(session, Wanted(wallet, entry_id + 1, entry=entry_id, limit=1))
    found = _movements(session, wallet, rows)
    return replace(found[0], how=_how(session, rows[0])) if found else None


def statement(session: Session, wallet: str, first: date, last: date) -> Statement:
    """Everything from `first` to `last`, both included, with the balance before and after."""
    opening = sum_before(session, wallet, first)
    rows = entry_rows(session, Wanted(wallet, first=first, last=last))
    moved = _movements(session, wallet, rows[::-1])
    sums: dict[str, int] = {}
    for one in moved:
        sums[one.kind] = sums.get(one.kind, 0) + one.amount_cents
    children = tuple(_child_sum(code, moved) for code in sorted(_children(moved)))
    closing = opening + sum(sums.values())
    return Statement(first, last, opening, closing, sums, children, tuple(moved))


def _movements(session: Session, wallet: str, rows: Sequence[Any]) -> list[Movement]:
    lines: dict[int, list[Any]] = {}
    for line in line_rows(session, wallet, [row.id for row in rows]):
        lines.setdefault(line.entry_id, []).append(line)
    return [_movement(row, lines.get(row.id, [])) for row in rows]


def _movement(row: Any, lines: Sequence[Any]) -> Movement:
    sold = _sold(lines, is_entitled=bool(row.is_own_child)) if row.kind == "meal" else ()
    moved = next((line for line in lines if line.part in ("own", "received")), None)
    claim = sum(line.amount_cents for line in lines if line.part == "claim")
    place = moved or (lines[0] if lines else None)
    return Movement(
        id=row.key, kind=row.kind, day=row.booked_on, at=row.recorded_at, child=row.child,
        amount_cents=int(row.cents), lines=sold or _bought(row, lines),
        subsidy_cents=sum(line.subsidy_cents for line in sold),
        claim_cents=claim, facility=place.facility if place else None,
        way=_way(row, moved), about=None if row.kind == "meal" else row.charge_key,
    )  # fmt: skip


def _sold(lines: Sequence[Any], *, is_entitled: bool) -> tuple[MovementLine, ...]:
    """The meals; to a payer who is not entitled a subsidised one is simply free."""
    meals = [line for line in lines if line.part in ("own", "subsidy")]
    shown: dict[str, MovementLine] = {}
    for line in meals:
        own = line.amount_cents if line.part == "own" else 0
        paid = line.amount_cents if line.part == "subsidy" and is_entitled else 0
        before = shown.get(line.product, MovementLine(line.product, 0, 0, 0))
        shown[line.product] = MovementLine(
            line.product, before.price_cents + own + paid, before.subsidy_cents + paid,
            before.own_cents + own,
        )  # fmt: skip
    return tuple(shown.values())


def _bought(row: Any, lines: Sequence[Any]) -> tuple[MovementLine, ...]:
    """What was bought from the wallet, by product; nothing for money that only came or went."""
    if row.kind != "purchase":
        return ()
    by_product: dict[str | None, int] = {}
    for line in lines:
        if line.part == "own":
            by_product[line.product] = by_product.get(line.product, 0) + line.amount_cents
    return tuple(MovementLine(product, cents, 0, cents) for product, cents in by_product.items())


def _way(row: Any, moved: Any) -> str | None:
    if row.kind != "top_up":
        return None
    if row.event == "top_up_online":
        return "online"
    return (moved.channel if moved else None) or "transfer"


def _how(session: Session, row: Any) -> tuple[Step, ...]:
    """Ordered, not cancelled by the cut-off, charged; and given back, where it was."""
    if row.kind != "meal":
        return ()
    ordered = session.scalars(
        select(meal_order.c.ordered_at)
        .join(meal_charge, (meal_charge.c.child == meal_order.c.child)
              & (meal_charge.c.day == meal_order.c.day))
        .where(meal_charge.c.entry_id == row.id, meal_order.c.cancelled_at.is_(None))
        .order_by(meal_order.c.ordered_at)
    ).all()  # fmt: skip
    steps = [Step("ordered", ordered[0])] if ordered else []
    steps += [Step("not_cancelled", cut_off(row.booked_on)), Step("charged", row.recorded_at)]
    return (*steps, *(Step("credited", at) for at in credits_of(session, row.id)))


def _children(moved: Sequence[Movement]) -> set[str]:
    return {one.child for one in moved if one.kind == "meal" and one.child is not None}


def _child_sum(code: str, moved: Sequence[Movement]) -> ChildSum:
    meals = [one for one in moved if one.kind == "meal" and one.child == code]
    lines = [line for one in meals for line in one.lines]
    return ChildSum(
        code, len(meals), sum(line.price_cents for line in lines),
        sum(line.subsidy_cents for line in lines), sum(line.own_cents for line in lines),
    )  # fmt: skip
