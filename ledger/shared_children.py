"""A second paying wallet for a child: on fixed weekdays, or every other week.

Separated parents each pay their days and see nothing of each other. Who pays a day is decided
here alone, in SQL, so that the charging of 1,435 children and one family's page cannot differ.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, SmallInteger, and_, cast, func, insert, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.errors import LedgerError, constraint_of
from ledger.households import UnknownChild
from ledger.tables.families import second_payer
from ledger.tables.services import child

MONDAY_TO_FRIDAY = frozenset(range(1, 6))


@dataclass
class ChildIsShared(LedgerError):
    """A second wallet pays for this child already; that has to end first."""

    child: str
    code = "child_is_shared"


@dataclass
class SharingInvalid(LedgerError):
    """The pattern, the day or the wallet cannot be: `why` is past, weekdays or own_wallet."""

    child: str
    why: str
    code = "sharing_invalid"


@dataclass(frozen=True, slots=True)
class Sharing:
    """How two wallets share a child.

    weekdays: ISO numbers (1 is Monday) the second wallet pays; None: every other week, the one of
    `valid_from` first. ends_before: the first day it no longer holds.
    """

    child: str
    main: str
    second: str
    weekdays: tuple[int, ...] | None
    valid_from: date
    ends_before: date | None


def share_child(
    session: Session, child_code: str, *, wallet: str, weekdays: Collection[int] | None,
    valid_from: date, at: datetime,
) -> Sharing:  # fmt: skip
    """Let a second wallet pay for the child from a day to come on; see Sharing for the pattern.

    Raises UnknownChild, SharingInvalid and ChildIsShared.
    """
    main, number = _main(session, child_code)
    if valid_from <= business_day(at):
        raise SharingInvalid(child_code, "past")  # those meals may be charged already
    days = None if weekdays is None else tuple(sorted(set(weekdays)))
    if days is not None and (not days or not MONDAY_TO_FRIDAY.issuperset(days)):
        raise SharingInvalid(child_code, "weekdays")
    if wallet == main:
        raise SharingInvalid(child_code, "own_wallet")
    values = {
        "child": number, "wallet": wallet, "weekdays": None if days is None else list(days),
        "valid_from": valid_from, "made_at": at,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(second_payer), [values])
    except IntegrityError as refused:
        if constraint_of(refused) == "second_payer_one_at_a_time":
            raise ChildIsShared(child_code) from refused
        raise
    return Sharing(child_code, main, wallet, days, valid_from, None)


def end_sharing(session: Session, wallet: str, child_code: str, *, at: datetime) -> date | None:
    """Either of both wallets ends it from next Monday on; returns that day, None if nothing runs.

    From then on the child's own wallet pays every day again. Raises UnknownChild for a child
    this wallet does not pay for.
    """
    number = session.scalar(
        select(child.c.number)
        .outerjoin(second_payer, _runs_or_comes(business_day(at)))
        .where(
            child.c.code == child_code,
            or_(child.c.wallet == wallet, second_payer.c.wallet == wallet),
        )
        .limit(1)
    )
    if number is None:
        raise UnknownChild(child_code)
    monday = next_monday(business_day(at))
    ended = session.execute(
        sql_update(second_payer)
        .where(second_payer.c.child == number)
        .where(
            or_(second_payer.c.ends_before.is_(None), second_payer.c.ends_before > monday),
        )
        # One that has not begun by then never comes to hold.
        .values(ends_before=func.greatest(second_payer.c.valid_from, monday))
        .returning(second_payer.c.ends_before)
    ).scalars()
    return max(ended, default=None)


def sharing_of(session: Session, child_code: str, *, on: date) -> Sharing | None:
    """How the child is shared on this day or will be."""
    row = session.execute(
        select(child.c.wallet.label("main"), second_payer)
        .join(second_payer, _runs_or_comes(on))
        .where(child.c.code == child_code)
        .order_by(second_payer.c.valid_from)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    days = None if row.weekdays is None else tuple(row.weekdays)
    return Sharing(child_code, row.main, row.wallet, days, row.valid_from, row.ends_before)


def second_pays(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the row of `second_payer` joined to `child` stands for this day's payer."""
    holds = and_(
        second_payer.c.child == child.c.number,
        second_payer.c.valid_from <= day,
        or_(second_payer.c.ends_before.is_(None), second_payer.c.ends_before > day),
    )
    is_weekday = cast(func.extract("isodow", day), SmallInteger) == func.any(
        second_payer.c.weekdays
    )
    # Weeks counted from the first one and not by their number: a year with 53 weeks would give
    # one of the two parents two in a row.
    weeks = func.div(_monday(day) - _monday(second_payer.c.valid_from), 7)
    in_turn = and_(second_payer.c.weekdays.is_(None), func.mod(weeks, 2) == 0)
    return and_(holds, or_(is_weekday, in_turn))


def payer_on() -> ColumnElement[str]:
    """The wallet that pays, in a query that outer joins `second_payer` on `second_pays`."""
    return func.coalesce(second_payer.c.wallet, child.c.wallet)


def next_monday(day: date) -> date:
    """The Monday after this day."""
    return day + timedelta(days=7 - day.weekday())


def _monday(day: ColumnElement[date]) -> ColumnElement[date]:
    return cast(func.date_trunc("week", day), Date)


def _runs_or_comes(day: date) -> ColumnElement[bool]:
    return and_(
        second_payer.c.child == child.c.number,
        or_(
            second_payer.c.ends_before.is_(None),
            and_(
                second_payer.c.ends_before > day,
                second_payer.c.ends_before > second_payer.c.valid_from,
            ),
        ),
    )


def _main(session: Session, child_code: str) -> tuple[str, int]:
    found = session.execute(
        select(child.c.wallet, child.c.number).where(child.c.code == child_code)
    ).one_or_none()
    if found is None:
        raise UnknownChild(child_code)
    return found.wallet, found.number
