"""What should have come and did not: by the calendar, by number and by balance.

A statement that is missing is one case, and so is a file: what it would have brought waits for it
and does not age. A bank that makes no statement on days without movement misses none: its
balances join, and its own longest pause is how long it may stay silent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, bank_days_before, bank_days_between, is_bank_day

LOOK_BACK_DAYS = 90  # older gaps were seen on their own morning
PAUSES_OF_DAYS = 60


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that did not come.

    kind: "STATEMENT_MISSING" or "FILE_MISSING"; with `anchor` it is the same case every night.
    since: the first day that is missing. before, after: numbers of the statements around a gap.
    gap_cents: what lies between their balances, None where only the calendar tells.
    """

    kind: str
    series: str
    account: str
    anchor: str
    since: date
    before: int | None = None
    after: int | None = None
    closing_cents: int | None = None
    opening_cents: int | None = None

    @property
    def gap_cents(self) -> int | None:
        """What the missing statements moved together."""
        if self.opening_cents is None or self.closing_cents is None:
            return None
        return self.opening_cents - self.closing_cents


_STATEMENTS = text("""
    SELECT s.account, s.statement_id, s.sequence, s.page, s.opening_cents, s.closing_cents,
           s.closing_on, coalesce(p.folded_count, 0) AS folded_count,
           coalesce(p.period_from, s.closing_on) AS period_from
      FROM bank_statement s
      LEFT JOIN delivery_part p ON p.bank_statement_id = s.id
     WHERE s.superseded_by IS NULL AND s.closing_on > :since
     ORDER BY s.account, s.closing_on, s.sequence, s.page, s.id""")

_FILES = text("""
    SELECT p.series, p.account, p.period_from, p.period_to
      FROM delivery_part p
     WHERE p.series ~ '^[a-z]+:.*:(bank_days|days)$' AND p.period_to > :since
       AND p.state IN ('taken', 'corrected', 'outdated')
     ORDER BY p.series, p.period_to""")


def missing(session: Session, day: date) -> list[Missing]:
    """Everything that is due at the end of business day `day` and not here, in a fixed order.

    What a bank day brings is due at the end of the next one.
    """
    since = {"since": day - timedelta(days=LOOK_BACK_DAYS)}
    statements = session.execute(_STATEMENTS, since).all()
    files = session.execute(_FILES, since).all()
    found = [
        *(each for _, of in groupby(statements, _account) for each in _statements(list(of), day)),
        *(each for _, of in groupby(files, _series) for each in _files(list(of), day)),
    ]
    return sorted(found, key=lambda each: (each.since, each.kind, each.anchor))


def _account(row: Row[Any]) -> str:
    return str(row.account)


def _series(row: Row[Any]) -> str:
    return str(row.series)


def _statements(rows: Sequence[Row[Any]], day: date) -> Iterator[Missing]:
    rows = [row for row in rows if row.closing_on <= day]
    for before, after in pairwise(rows):
        if not _goes_on(before, after, rows):
            yield Missing(
                "STATEMENT_MISSING", f"bank:{after.account}", after.account,
                f"{after.account}/{after.statement_id}",
                _next_bank_day(before.closing_on, until=after.closing_on),
                before.sequence, after.sequence, before.closing_cents, after.opening_cents,
            )  # fmt: skip
    if not rows:
        return
    last = rows[-1]
    first_due = add_bank_days(last.closing_on + timedelta(days=1), 0)
    silent = bank_days_between(last.closing_on, _due_until(day))
    if silent > _longest_pause(rows, day):
        yield Missing(
            "STATEMENT_MISSING", f"bank:{last.account}", last.account,
            f"{last.account}/{first_due}", first_due, last.sequence,
        )  # fmt: skip


def _goes_on(before: Row[Any], after: Row[Any], rows: Iterable[Row[Any]]) -> bool:
    """Whether nothing is missing between two statements that follow each other."""
    if after.folded_count or after.opening_cents is None or before.closing_cents is None:
        return True
    if after.opening_cents == before.closing_cents:
        return not _skips_a_number(before, after)
    return any(_stands_in(other, before, after) for other in rows if other is not after)


def _stands_in(other: Row[Any], before: Row[Any], after: Row[Any]) -> bool:
    """Whether a third statement explains why two that follow each other do not join."""
    # Of several that end on one day the order may be another than their numbers say.
    is_of_one_day = after.period_from <= other.closing_on <= after.closing_on
    if is_of_one_day and other.closing_cents == after.opening_cents:
        return True
    first = add_bank_days(before.closing_on + timedelta(days=1), 0)
    last = after.period_from - timedelta(days=1)
    is_between = other is not before and other.period_from <= first <= last
    return bool(is_between and other.closing_on >= last)


def _skips_a_number(before: Row[Any], after: Row[Any]) -> bool:
    if before.sequence is None or after.sequence is None:
        return False
    is_same_year = before.closing_on.year == after.closing_on.year
    return bool(is_same_year and after.sequence > before.sequence + 1)


def _longest_pause(rows: Sequence[Row[Any]], day: date) -> int:
    """The most bank days this account was silent while its statements joined."""
    since = day - timedelta(days=PAUSES_OF_DAYS)
    pauses = [
        bank_days_between(before.closing_on, after.closing_on) - 1
        for before, after in pairwise(rows)
        if after.closing_on > since and _goes_on(before, after, rows)
    ]
    return max(pauses, default=0)


def _files(rows: Sequence[Row[Any]], day: date) -> Iterator[Missing]:
    series, account, rhythm = rows[0].series, rows[0].account, rows[0].series.rsplit(":", 1)[1]
    here = {row.period_to for row in rows}
    for row in rows:
        span = (row.period_to - row.period_from).days
        here |= {row.period_from + timedelta(days=n) for n in range(min(span, 31))}
    due, until = min(row.period_to for row in rows), _due_until(day)
    while due <= until:
        if due not in here and (rhythm == "days" or is_bank_day(due)):
            yield Missing("FILE_MISSING", series, account, f"{account}/{due}", due)
        due += timedelta(days=1)


def _due_until(day: date) -> date:
    """The last bank day whose files are due at the end of `day`: the one before it."""
    return bank_days_before(day, 1)


def _next_bank_day(day: date, *, until: date) -> date:
    return min(add_bank_days(day + timedelta(days=1), 0), until)
