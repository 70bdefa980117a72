"""Single transfers of an account: the third column of an explanation, lines of a statement."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.accounts import AccountRow, find_accounts
from ledger.balances import Cut
from ledger.turnovers import BELOW, ITSELF, entries_between
from reconciliation.desk.accounts.parts import (
    BEFORE,
    DATED,
    PLAIN,
    SHOWN,
    SHOWN_DAYS,
    Account,
    last_known,
)
from reconciliation.desk.event_words import event_word
from reconciliation.reports.period import month_of

EVER = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer as the account sees it. cents: debit positive; running_cents: after it. place:
    the sub-ledger's part it stands on; counter: None where several stand on the other side;
    recorded_at: aware UTC."""

    entry_id: int
    line: int
    booked_on: date
    recorded_at: datetime
    words: str
    reference: str | None
    place: str
    counter: str | None
    cents: int
    running_cents: int

    @property
    def debit_cents(self) -> int:
        """The debit, or 0."""
        return max(self.cents, 0)

    @property
    def credit_cents(self) -> int:
        """The credit, or 0."""
        return max(-self.cents, 0)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in order of posting; `before_cents` is what stands before the first one shown, and
    `count` how many there are in all."""

    lines: Sequence[Line]
    before_cents: int
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transfers: of an account (a control account's with all below it), of these days;
    after: of entries above this one."""

    account: AccountRow
    first: date
    last: date
    event: str | None = None
    after: int = 0


_SIDES = """
    SELECT t.entry_id, t.line, t.booked_on, t.product, t.amount_cents * {sign} AS cents,
           t.{own} AS own, t.{other} AS other
      FROM transfer t
     WHERE t.{own} {{which}}
       AND t.booked_on BETWEEN :first AND :last AND t.entry_id > :after AND t.entry_id <= :known
       AND ((t.entry_id > :before AND t.entry_id <= :until) OR t.entry_id > :sealed)"""

_MOVED = f"""
        {_SIDES.format(own="debit_account", other="credit_account", sign="1")} UNION ALL
        {_SIDES.format(own="credit_account", other="debit_account", sign="-1")}"""

# An entry that touches the account more than once is one line: what it moved in all. Where the
# other sides differ, no counter account stands there.
_BY_ENTRY = f"""
        SELECT entry_id, min(line) AS line, min(booked_on) AS booked_on, min(product) AS product,
               sum(cents)::bigint AS cents, own,
               CASE WHEN min(other) = max(other) THEN min(other) END AS other
          FROM ({_MOVED}) sides GROUP BY entry_id, own"""

# The entries themselves are looked up for the lines of the page alone.
_LINES = """
    WITH moved AS ({moved}),
    chosen AS (
        SELECT m.*, :start + sum(m.cents) OVER (ORDER BY {window})::bigint AS running,
               count(*) OVER () AS count
          FROM moved m
         WHERE CAST(:event AS text) IS NULL
            OR (SELECT e.event FROM entry e WHERE e.id = m.entry_id) = :event),
    page AS (SELECT * FROM chosen {page})
    SELECT page.*, e.recorded_at, e.event, e.reference, p.name AS product_name,
           own.code AS place, other.code AS counter
      FROM page JOIN entry e ON e.id = page.entry_id JOIN account own ON own.id = page.own
      LEFT JOIN account other ON other.id = page.other
      LEFT JOIN product p ON p.code = page.product
     ORDER BY {shown}"""

# As they were posted, the newest hundred of them: what one looks at.
_LATEST = _LINES.format(
    moved=_BY_ENTRY, window="m.entry_id, m.line", shown="page.entry_id, page.line",
    page="ORDER BY entry_id DESC, line DESC LIMIT :limit",
)  # fmt: skip
# By business day, page after page: what a statement is.
_PAGED = _LINES.format(
    moved=_MOVED, window="m.booked_on, m.entry_id, m.line",
    shown="page.booked_on, page.entry_id, page.line",
    page="ORDER BY booked_on, entry_id, line LIMIT :limit OFFSET :offset",
)  # fmt: skip


# How many lines each day has and what they come to: read from the index alone.
_BY_DAY = f"""
    SELECT booked_on, count(*) AS lines, sum(cents)::bigint AS cents
      FROM ({_MOVED}) moved GROUP BY booked_on ORDER BY booked_on"""


def latest_lines(session: Session, wanted: Wanted, cut: Cut, *, limit: int = SHOWN) -> Lines:
    """The newest entries in order of posting; what came before them is one amount."""
    rows = _read(session, _LATEST, wanted, cut, {"limit": limit, "start": 0})
    return _lines(rows, rows[0]._mapping["count"] if rows else 0)


def statement_lines(session: Session, wanted: Wanted, cut: Cut, *, page: int) -> Lines:
    """Transfers by business day, a page of a hundred; running from the first day's opening.

    Single lines are read of the days on the page alone.
    """
    days = _read(session, _BY_DAY, wanted, cut, {})
    ends = list(accumulate(day.lines for day in days))
    first_line, count = (page - 1) * SHOWN, ends[-1] if ends else 0
    if first_line >= count:
        return Lines((), 0, count)
    first = bisect_right(ends, first_line)
    last = bisect_left(ends, min(first_line + SHOWN, count))
    start = sum(day.cents for day in days[:first])
    before = ends[first - 1] if first else 0
    of_page = replace(wanted, first=days[first].booked_on, last=days[last].booked_on)
    values = {"limit": SHOWN, "offset": first_line - before, "start": start}
    return _lines(_read(session, _PAGED, of_page, cut, values), count)


def lines_of(session: Session, account: Account, cut: Cut, day: str, part: str) -> Lines:
    """The third column: the transfers behind a row of the second."""
    assert cut.as_of is not None
    code, event = part, None
    first, last = EVER, cut.as_of
    if account.shape == PLAIN:
        code, event = account.code, None if day == BEFORE else part
    if day == BEFORE:
        last = cut.as_of - timedelta(days=SHOWN_DAYS)
        if account.shape == PLAIN:
            month = month_of(date.fromisoformat(f"{part}-01"))
            first, last = month.first, min(month.last, last)
    elif account.shape != DATED:
        first = last = date.fromisoformat(day)
    found = find_accounts(session, [code])[code]
    return latest_lines(session, Wanted(found, first, last, event), cut)


def _read(
    session: Session, statement: str, wanted: Wanted, cut: Cut, page: dict[str, int]
) -> Sequence[Row[Any]]:
    within = entries_between(session, wanted.first, wanted.last)
    return session.execute(
        text(statement.format(which=BELOW if wanted.account.is_control else ITSELF)),
        {"account": wanted.account.id, "first": wanted.first, "last": wanted.last,
         "event": wanted.event, "before": within.before, "until": within.until,
         "sealed": within.sealed, "known": last_known(cut), "after": wanted.after, **page},
    ).all()  # fmt: skip


def _lines(rows: Sequence[Row[Any]], count: int) -> Lines:
    before = rows[0].running - rows[0].cents if rows else 0
    return Lines([_line(row) for row in rows], before, count)


def _line(row: Row[Any]) -> Line:
    return Line(
        row.entry_id, row.line, row.booked_on, row.recorded_at,
        row.product_name or event_word(row.event), row.reference, row.place, row.counter,
        row.cents, row.running,
    )  # fmt: skip
