"""Clearing accounts as the last night divided them: in time, suggestion, difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.balances import cut_at
from ledger.turnovers import standing

BAR_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One account: balance = in time + suggestion + difference, debits positive, in cents.

    case_count: open cases; oldest_days: bank days; at_zero_on: the last day it stood at zero.
    below: accounts of its sub-ledger that are not even, where the night does not divide it.
    """

    code: str
    name: str
    balance_cents: int
    in_time_cents: int
    suggestion_cents: int
    difference_cents: int
    case_count: int
    oldest_days: int | None
    at_zero_on: date | None
    below: int = 0

    @property
    def bars(self) -> Sequence[tuple[str, int, int]]:
        """The bar of the mix: (part, x, width), whatever exists at least two wide."""
        parts = (("in-time", abs(self.in_time_cents)), ("suggestion", abs(self.suggestion_cents)),
                 ("difference", abs(self.difference_cents)))  # fmt: skip
        whole = sum(cents for _, cents in parts)
        found, at = [], 0
        for name, cents in parts:
            width = max(3, cents * BAR_WIDTH // whole) if cents else 0
            found.append((name, at, min(width, BAR_WIDTH - at)))
            at += width
        return [(name, x, width) for name, x, width in found if width > 0]


@dataclass(frozen=True, slots=True)
class Balances:
    """The page. clearing: accounts the night divides, the largest difference first; held: claims
    and liabilities that are no clearing; even: clearing accounts at zero. run, day, finished_at:
    of the night, None before the first. oldest_case: number of the oldest open difference."""

    clearing: Sequence[Row]
    held: Sequence[Row]
    even: Sequence[Row]
    run: int | None
    day: date | None
    finished_at: datetime | None
    oldest_case: int | None

    @property
    def unexplained_cents(self) -> int:
        """The differences of all of them, without sign."""
        return sum(abs(row.difference_cents) for row in self.clearing)


_LAST = """
    SELECT r.run, s.number, r.day, r.finished_at
      FROM night_run r JOIN night_start s USING (run) ORDER BY r.id DESC LIMIT 1"""

_DIVIDED = """
    SELECT a.code, a.name, n.balance_cents, n.in_time_cents, n.suggestion_cents,
           n.difference_cents, n.case_count, n.oldest_days, n.at_zero_on
      FROM night_account n JOIN account a ON a.code = n.account
     WHERE n.run = :run ORDER BY abs(n.difference_cents) DESC, abs(n.balance_cents) DESC, a.code"""

_CHART = """
    SELECT code, name FROM account
     WHERE control_id IS NULL AND (code LIKE '184%' OR code LIKE '171%' OR code LIKE '371%')
     ORDER BY code"""

_OLDEST = """
    SELECT min(number) FROM difference d
     WHERE closed_at IS NULL AND severity = 'break'
       AND since = (SELECT min(since) FROM difference
                     WHERE closed_at IS NULL AND severity = 'break')"""


def balances(session: Session) -> Balances:
    """Every account of 184xxx, 171xxx and 371xxx, as of the last night."""
    night = session.execute(text(_LAST)).one_or_none()
    divided = []
    if night:
        divided = [Row(*row) for row in session.execute(text(_DIVIDED), {"run": night.run})]
    known = {row.code for row in divided}
    day = night.day if night else None
    held = _held(session, day, known)
    return Balances(
        [row for row in divided if row.balance_cents or row.case_count], held,
        [row for row in divided if not row.balance_cents and not row.case_count],
        night.number if night else None, day, night.finished_at if night else None,
        session.scalar(text(_OLDEST)),
    )  # fmt: skip


def _held(session: Session, day: date | None, known: set[str]) -> Sequence[Row]:
    """Accounts that the night does not divide: what stands on them is explained by what is below
    them."""
    chart = [row for row in session.execute(text(_CHART)) if row.code not in known]
    cut = cut_at(session, as_of=day, known_at=None)
    found: dict[str, list[int]] = {}
    for each in standing(session, cut, [row.code for row in chart]):
        found.setdefault(each.name.partition("/")[0], []).append(each.net_cents)
    return [
        Row(
            row.code, row.name, sum(found[row.code]), sum(found[row.code]), 0, 0, 0, None, None,
            sum(cents != 0 for cents in found[row.code]),
        )
        for row in chart if row.code in found and any(found[row.code])
    ]  # fmt: skip
