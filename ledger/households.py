"""Children at the daycare centres: a number, a centre, the family's wallet; no names.

Who gets a subsidy are social data: the charging of meals reads them, and the family's own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from ledger.errors import LedgerError
from ledger.tables.families import second_payer
from ledger.tables.services import child, child_number, subsidy


@dataclass
class UnknownChild(LedgerError):
    """No child has this code."""

    child: str
    code = "child_unknown"


@dataclass(frozen=True, slots=True)
class Child:
    """A child as this system knows it: where it eats and which wallet is its own.

    is_shared: a second wallet pays some days. pays: which days the wallet that asks pays: "all",
    ISO weekdays such as "1,3" (1 is Monday), or "weeks" for every other week.
    """

    code: str
    facility: str
    wallet: str
    is_shared: bool = False
    pays: str = "all"


@dataclass(frozen=True, slots=True)
class Subsidy:
    """An authority pays the child's lunches, from the first to the last day, both included."""

    child: str
    authority: str
    valid_from: date
    valid_until: date


def children_of(session: Session, wallet: str, *, on: date | None = None) -> list[Child]:
    """The children this wallet pays for on `on` (left out: today) or will, in order of number."""
    day = func.current_date() if on is None else on
    runs = and_(
        second_payer.c.child == child.c.number,
        or_(
            second_payer.c.ends_before.is_(None),
            and_(
                second_payer.c.ends_before > day,
                second_payer.c.ends_before > second_payer.c.valid_from,
            ),
        ),
    )
    rows = session.execute(
        select(child, second_payer.c.wallet.label("second"), second_payer.c.weekdays)
        .outerjoin(second_payer, runs)
        .where(_pays(wallet))
        .order_by(child.c.number, second_payer.c.valid_from)
    ).all()
    first = {row.code: row for row in reversed(rows)}
    return [_seen_by(wallet, first[code]) for code in dict.fromkeys(row.code for row in rows)]


def subsidies_of(session: Session, wallet: str) -> list[Subsidy]:
    """Subsidies of the wallet's own children, past ones too, by child and first day.

    A second payer has none: whose lunch an authority pays is told to the entitled family alone.
    """
    rows = session.execute(
        select(child.c.code, subsidy)
        .join(subsidy, subsidy.c.child == child.c.number)
        .where(child.c.wallet == wallet)
        .order_by(child.c.number, subsidy.c.valid_from)
    )
    return [
        Subsidy(row.code, row.account.partition("/")[2], row.valid_from, row.valid_until)
        for row in rows
    ]


def register_child(session: Session, *, facility: str, wallet_code: str, on: date) -> Child:
    """Register a child of a daycare centre; siblings share a wallet."""
    number: int = session.scalar(child_number)
    one = Child(f"C-{number:06d}", facility, wallet_code)
    session.execute(
        insert(child).values(
            code=one.code, number=number, facility=facility, wallet=wallet_code, registered_on=on
        )
    )
    return one


def grant_subsidy(
    session: Session, child_code: str, *, authority: str, valid_from: date, valid_until: date
) -> None:
    """The authority (`jobcenter`, ...) pays the child's lunches, both days included.

    Lunches charged before are not touched. Raises UnknownChild; the database refuses a second
    subsidy for the same days and an authority the chart does not have.
    """
    number = session.scalar(select(child.c.number).where(child.c.code == child_code))
    if number is None:
        raise UnknownChild(child_code)
    session.execute(
        insert(subsidy).values(
            child=number, account=f"161900/{authority}",
            valid_from=valid_from, valid_until=valid_until,
        )
    )  # fmt: skip


def _pays(wallet: str) -> ColumnElement[bool]:
    return or_(child.c.wallet == wallet, second_payer.c.wallet == wallet)


def _seen_by(wallet: str, row: Row[tuple[object, ...]]) -> Child:
    return Child(
        row.code, row.facility, row.wallet, is_shared=row.second is not None,
        pays="all" if row.second is None else _days(row.weekdays, is_second=row.second == wallet),
    )  # fmt: skip


def _days(weekdays: Sequence[int] | None, *, is_second: bool) -> str:
    if weekdays is None:
        return "weeks"
    paid = weekdays if is_second else [n for n in range(1, 6) if n not in weekdays]
    return ",".join(map(str, paid))
