"""Reminders: whose balance runs low or whose child's subsidy ends, and who was told already.

A reminder comes once. It comes again when things were well in between, or after a week.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.errors import LedgerError
from ledger.outlook import Outlook, outlooks
from ledger.tables.families import low_mark, told

USUAL_MARK_CENTS = 1500
MARKS_CENTS = (500, 5000)  # a mark is within; 0 for never
FEWEST_DAYS = 3
TOLD_AGAIN_AFTER = timedelta(days=7)
SUBSIDY_ENDS_WITHIN = timedelta(weeks=6)


@dataclass
class MarkInvalid(LedgerError):
    """A mark is 0 or between 5 and 50 euros."""

    cents: int
    code = "low_mark_invalid"


@dataclass(frozen=True, slots=True)
class LowWallet:
    """A wallet that runs low: what is on it in cents, and how long that lasts."""

    wallet: str
    balance_cents: int
    mark_cents: int
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class EndingSubsidy:
    """A subsidy of the wallet's own child that ends soon and is not followed by another one."""

    wallet: str
    child: str
    valid_until: date


def set_low_mark(session: Session, wallet: str, cents: int) -> None:
    """Below which balance the payer wants to hear of it; 0: never. Raises MarkInvalid."""
    if cents and not MARKS_CENTS[0] <= cents <= MARKS_CENTS[1]:
        raise MarkInvalid(cents)
    statement = insert(low_mark).values(wallet=wallet, mark_cents=cents)
    session.execute(
        statement.on_conflict_do_update(index_elements=[low_mark.c.wallet],
                                        set_={"mark_cents": cents})
    )  # fmt: skip


def low_mark_of(session: Session, wallet: str) -> int:
    """The payer's mark in cents, 1500 where none was set."""
    statement = text("SELECT mark_cents FROM low_mark WHERE wallet = :wallet")
    found = session.execute(statement, {"wallet": wallet}).scalar_one_or_none()
    return USUAL_MARK_CENTS if found is None else int(found)


def is_low(balance_cents: int, mark_cents: int, seen: Outlook) -> bool:
    """Whether to remind: below the mark, or fewer than three booked days are covered.

    Nobody is reminded whose coming meals cost nothing or are covered for more than a month.
    """
    if not mark_cents or not seen.booked_cents or seen.more_than_a_month:
        return False
    return balance_cents < mark_cents or (seen.days < FEWEST_DAYS and not seen.is_all_covered)


def low_wallets(session: Session, *, at: datetime) -> list[LowWallet]:
    """Who runs low and was not told yet; whoever is well again is noted as that on the way."""
    seen = outlooks(session, None, at=at)
    low, well = [], []
    for row in _standing(session, seen):
        is_short = is_low(row.balance, row.mark, seen[row.wallet])
        if not is_short:
            well.append(row.wallet)
        elif row.told_at is None or row.over_at or row.told_at <= at - TOLD_AGAIN_AFTER:
            low.append(LowWallet(row.wallet, row.balance, row.mark, seen[row.wallet]))
    session.execute(_OVER, {"wallets": well, "at": at})
    return low


def ending_subsidies(session: Session, *, at: datetime) -> list[EndingSubsidy]:
    """Subsidies that end within six weeks, whose families were not told of that end."""
    today = business_day(at)
    rows = session.execute(_ENDING, {"today": today, "last": today + SUBSIDY_ENDS_WITHIN})
    return [EndingSubsidy(row.wallet, row.child, row.valid_until) for row in rows]


def note_low(session: Session, wallet: str, *, at: datetime) -> None:
    """This wallet's payer was told, in the transaction that posts the letter."""
    _note(session, wallet, "low_balance", "", at)


def note_ending(session: Session, ending: EndingSubsidy, *, at: datetime) -> None:
    """The entitled family was told of this end, in the transaction that posts the letter."""
    _note(session, ending.wallet, "subsidy_ending", f"{ending.child}/{ending.valid_until}", at)


def _standing(session: Session, wallets: Mapping[str, Outlook]) -> Sequence[Any]:
    values = {"wallets": sorted(wallets), "usual": USUAL_MARK_CENTS}
    return session.execute(_STANDING, values).all()


def _note(session: Session, wallet: str, kind: str, subject: str, at: datetime) -> None:
    row = {"wallet": wallet, "kind": kind, "subject": subject, "told_at": at}
    statement = insert(told).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[told.c.wallet, told.c.kind, told.c.subject],
            set_={"told_at": at, "over_at": None},
        )
    )


_STANDING = text("""
    SELECT w.code AS wallet, g.posted AS balance, coalesce(k.mark_cents, :usual) AS mark,
           n.told_at, n.over_at
      FROM wallet w
      JOIN account a ON a.code = w.account
      JOIN guard g ON g.account_id = a.id
      LEFT JOIN low_mark k ON k.wallet = w.code
      LEFT JOIN told n ON n.wallet = w.code AND n.kind = 'low_balance' AND n.subject = ''
     WHERE w.code = ANY(:wallets)
       AND NOT EXISTS (SELECT FROM wallet_closing z WHERE z.wallet = w.code
                          AND z.state <> 'withdrawn')
     ORDER BY w.code""")

_OVER = text("""
    UPDATE told SET over_at = :at
     WHERE wallet = ANY(:wallets) AND kind = 'low_balance' AND over_at IS NULL""")

_ENDING = text("""
    SELECT c.wallet, c.code AS child, s.valid_until
      FROM subsidy s JOIN child c ON c.number = s.child
     WHERE s.valid_until BETWEEN :today AND :last
       AND NOT EXISTS (SELECT FROM subsidy f WHERE f.child = s.child
                          AND f.valid_from <= s.valid_until + 1 AND f.valid_until > s.valid_until)
       AND NOT EXISTS (SELECT FROM told n WHERE n.wallet = c.wallet AND n.kind = 'subsidy_ending'
                          AND n.subject = c.code || '/' || s.valid_until)
     ORDER BY c.number""")
