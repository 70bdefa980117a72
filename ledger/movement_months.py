"""What a wallet's movements come to by month: the totals of a list, and the bars of a chart."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ledger.calendar import next_month
from ledger.movement_rows import Wanted, entry_rows
from ledger.tables.books import account, transfer


def month_sums(
    session: Session, wallet: str, *, first: date, last: date, kind: str | None = None,
    child: str | None = None,
) -> Mapping[date, int]:  # fmt: skip
    """Cents with their sign by the first day of each month from `first` to `last`, both any day
    of a month; a month without movements has 0."""
    begin, end = first.replace(day=1), last.replace(day=1)
    months = [begin]
    while months[-1] < end:
        months.append(next_month(months[-1]))
    sums = dict.fromkeys(months, 0)
    last_day = next_month(end) - timedelta(days=1)
    wanted = Wanted(wallet, kind=kind, child=child, first=begin, last=last_day)
    for row in entry_rows(session, wanted):
        sums[row.booked_on.replace(day=1)] += int(row.cents)
    return sums


def first_day(session: Session, account_code: str) -> date | None:
    """The first day on which this account was moved; None if it never was."""
    own = select(account.c.id).where(account.c.code == account_code).scalar_subquery()
    moved = or_(transfer.c.debit_account == own, transfer.c.credit_account == own)
    found: date | None = session.scalar(select(func.min(transfer.c.booked_on)).where(moved))
    return found
