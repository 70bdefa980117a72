"""Shifts: opened with a counted float, closed with a count that is blind to what is expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.calendar import CITY_TIME, business_day
from terminals.till import take_backs
from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import cash_drop, sale, shift, till
from terminals.till.outbox import put
from terminals.till.sales import draw_number, guests_today, takings

# Cents of every note and coin of the euro, the largest first.
DENOMINATIONS = (
    20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
)  # fmt: skip

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of a till. code: business day and running number.

    counts: pieces by cents of the coin or note, "5000": 2. float_cents: what it began with; of
    that, carried_cents had been left in the drawer by the shift before. closing: how it ended,
    None while it is open.
    """

    till: str
    code: str
    person: str
    business_day: date
    opened_at: datetime
    float_cents: int
    carried_cents: int
    counts: Counts
    closed_at: datetime | None
    closing: Mapping[str, Any] | None

    @property
    def number(self) -> int:
        """Its running number at this till, from 1, on every protocol (Z-Nummer)."""
        return int(self.code.rpartition("-")[2])


@dataclass(frozen=True, slots=True)
class Comparison:
    """A count against what should be there; shown only after the count is confirmed."""

    expected_cents: int
    counted_cents: int

    @property
    def difference_cents(self) -> int:
        """Above zero where there is more than expected."""
        return self.counted_cents - self.expected_cents


def total_of(counts: Counts) -> int:
    """Cents of a count. Raises TillRefusal: count_malformed."""
    for coin, pieces in counts.items():
        if not coin.isdigit() or int(coin) not in DENOMINATIONS or not 0 <= pieces <= 100_000:
            raise TillRefusal("count_malformed", coin=coin)
    return sum(int(coin) * pieces for coin, pieces in counts.items())


def open_shift(
    connection: Connection, till_code: str, *, person: str, counts: Counts, now: datetime
) -> Shift:
    """Open a shift with the float that was counted. Raises TillRefusal: shift_open.

    What the shift before left in the drawer is no float out of the safe. If even that is not
    there, the drawer still owes it: the count at the end will show what is missing.
    """
    day, carried = business_day(now), _left_in_drawer(connection, till_code)
    z_number = draw_number(connection, till_code, till.c.next_z)
    row: dict[str, Any] = {
        "till": till_code, "code": f"{day.isoformat()}-{z_number}", "person": person,
        "business_day": day, "opened_at": now, "float_cents": max(total_of(counts), carried),
        "carried_cents": carried, "counts": dict(counts),
    }  # fmt: skip
    try:
        connection.execute(insert(shift).values(**row))
    except IntegrityError as taken:
        raise TillRefusal("shift_open") from taken
    body = {
        "shift": row["code"], "opened_at": now.isoformat(), "person": person,
        "float_cents": row["float_cents"] - carried, "counts": dict(counts),
    }  # fmt: skip
    put(connection, till_code, "shift_opened", body, at=now)
    opened = current_shift(connection, till_code)
    assert opened is not None
    return opened


def current_shift(connection: Connection, till_code: str) -> Shift | None:
    """The open shift of a till."""
    row = connection.execute(_CURRENT, {"of": till_code}).one_or_none()
    return None if row is None else _read(row)


_CURRENT = select(shift).where(shift.c.till == bindparam("of"), shift.c.closed_at.is_(None))


def last_shift(connection: Connection, till_code: str) -> Shift | None:
    """The shift that was opened last, open or closed."""
    found = select(shift).where(shift.c.till == till_code).order_by(shift.c.opened_at.desc())
    row = connection.execute(found.limit(1)).one_or_none()
    return None if row is None else _read(row)


def drop(
    connection: Connection,
    of: Shift,
    *,
    bag: str,
    counts: Counts,
    person: str,
    witness: str | None,
    now: datetime,
) -> int:
    """Cash into a numbered safebag; its cents. Raises TillRefusal: bag_used, nothing_to_drop."""
    cents = total_of(counts)
    if not cents:
        raise TillRefusal("nothing_to_drop")
    row = {"bag": bag, "till": of.till, "shift": of.code, "amount_cents": cents,
           "counts": dict(counts), "person": person, "at": now}  # fmt: skip
    try:
        connection.execute(insert(cash_drop).values(**row))
    except IntegrityError as taken:
        raise TillRefusal("bag_used", bag=bag) from taken
    body = {"shift": of.code, "bag": bag, "amount_cents": cents, "counts": dict(counts),
            "person": person, "witness": witness}  # fmt: skip
    put(connection, of.till, "cash_drop", body, at=now)
    return cents


def expected_cash(connection: Connection, of: Shift) -> int:
    """Cents that should lie in the drawer: float, cash sales, less refunds and safebags."""
    taken = takings(connection, of.till, of.code).get("cash", 0)
    refunded = take_backs.refunds_by_way(connection, of.till, of.code).get("cash", 0)
    dropped = connection.scalar(
        select(func.coalesce(func.sum(cash_drop.c.amount_cents), 0)).where(
            cash_drop.c.till == of.till, cash_drop.c.shift == of.code
        )
    )
    return of.float_cents + taken - refunded - int(dropped or 0)


def close_shift(
    connection: Connection,
    of: Shift,
    *,
    counts: Sequence[Counts],
    reason: str | None,
    person: str,
    next_person: str | None,
    now: datetime,
) -> Mapping[str, Any]:
    """Close a shift by its last count; every count that was made is kept.

    Raises TillRefusal: reason_missing, where there is a difference and nobody says why.
    """
    now = max(now, of.opened_at)  # a clock that was set back makes no shift end before it began
    compared = Comparison(expected_cash(connection, of), total_of(counts[-1]))
    if compared.difference_cents and not reason:
        raise TillRefusal("reason_missing")
    closing = {
        **_summary(connection, of),
        "closed_at": now.isoformat(), "person": person, "next_person": next_person,
        "counts": [dict(count) for count in counts], "reason": reason,
        "expected_cents": compared.expected_cents, "counted_cents": compared.counted_cents,
        "difference_cents": compared.difference_cents,
        "z_number": of.number,
        "left_cents": compared.counted_cents
        - min(of.float_cents - of.carried_cents, compared.counted_cents),
    }  # fmt: skip
    this = (shift.c.till == of.till) & (shift.c.code == of.code)
    connection.execute(update(shift).where(this).values(closed_at=now, closing=closing))
    put(connection, of.till, "shift_closed", closing, at=now)
    return closing


def _left_in_drawer(connection: Connection, till_code: str) -> int:
    """Cents that stayed in the drawer when the last shift put its float back."""
    last = last_shift(connection, till_code)
    return int(last.closing["left_cents"]) if last and last.closing else 0


def _summary(connection: Connection, of: Shift) -> dict[str, Any]:
    """What was sold in a shift, without a word about cash."""
    mine = (sale.c.till == of.till) & (sale.c.shift == of.code)
    first, last = connection.execute(
        select(func.min(sale.c.number), func.max(sale.c.number)).where(mine)
    ).one()
    voids = select(func.count()).where(mine, sale.c.state == "voided")
    return {
        "shift": of.code,
        "business_day": of.business_day.isoformat(),
        "opened_at": of.opened_at.isoformat(),
        "takings": takings(connection, of.till, of.code),
        "voids": connection.scalar(voids) or 0,
        "guests": guests_today(connection, of.till, of.code)[0],
        "receipts": [] if first is None else [first, last],
    }


def shift_name(opened_at: datetime) -> str:
    """A word of the catalogue for a shift: by the local hour it was opened."""
    hour = opened_at.astimezone(CITY_TIME).hour
    if hour < 11:
        return "early"
    return "late" if hour < 18 else "night"


def _read(row: Row[Any]) -> Shift:
    return Shift(**{name: getattr(row, name) for name in Shift.__dataclass_fields__})
