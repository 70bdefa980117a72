"""The chain of statements: one that is missing, and one that repeats what another said."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ledger.calendar import bank_days_between, is_bank_day
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.words import day, euro

_REPEATS = """
SELECT s.id, s.account, s.statement_id, s.closing_on, b.codes, b.is_whole
  FROM (SELECT statement_id, array_agg(code ORDER BY code) FILTER (WHERE repeats > 1) AS codes,
               bool_and(repeats > 1) AS is_whole
          FROM engine_bank GROUP BY statement_id HAVING bool_or(repeats > 1)) b
  JOIN bank_statement s ON s.id = b.statement_id
 ORDER BY s.account, s.closing_on, s.statement_id
"""

_CHAIN = """
SELECT account, statement_id, sequence, closing_on, opening_cents, closing_cents
  FROM bank_statement s
 WHERE s.closing_on IS NOT NULL AND s.superseded_by IS NULL AND NOT (s.id = ANY (:repeats))
 ORDER BY account, closing_on, sequence, page, statement_id
"""

_MOST_AT_ONCE = 31  # a jump in the numbering beyond a month is a new numbering, no gap


@dataclass(frozen=True, slots=True)
class Gap:
    """A bank day no statement covers; moved_cents: between the balances around it, if known."""

    account: str
    day: date
    moved_cents: int | None
    is_told: bool = False  # the days after the first on which the bank is late


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a missing statement may hold: codes of expected items and of payouts, by its day."""

    expected: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()


def find_repeated_statements(run: Run) -> list[int]:
    """Statements that repeat entries of others; returns ids of those that say nothing else."""
    repeated = []
    for row in run.rows(_REPEATS):
        if row.is_whole:
            repeated.append(row.id)
        words = (
            f"Der Kontoauszug {row.statement_id} vom {day(row.closing_on)} wiederholt "
            f"{len(row.codes)} Umsätze; sie zählen einmal."
        )
        run.found.append(
            Finding(
                "STATEMENT_OVERLAP", f"{row.account}/{row.statement_id}", row.closing_on, words,
                bank=tuple(row.codes), channel="files", reference=row.statement_id,
            )
        )  # fmt: skip
    return repeated


def find_gaps(run: Run) -> list[Gap]:
    """Bank days that no statement covers, between two of them and since the last one."""
    gaps: list[Gap] = []
    chain = run.rows(_CHAIN, repeats=find_repeated_statements(run))
    for before, after in pairwise([*chain, None]):
        if after is not None and after.account == before.account:
            gaps += _between(before, after)
        else:
            gaps += _since(run, before)
    return gaps


def find_missing_statements(run: Run, gaps: list[Gap], waiting: dict[date, Waiting]) -> None:
    """One case for each missing statement, with what may stand in it."""
    for gap in gaps:
        if gap.is_told:
            continue
        held = waiting.get(gap.day, Waiting())
        words = f"Der Kontoauszug vom {day(gap.day)} fehlt"
        if gap.moved_cents is None:
            words += " noch."
        else:
            words += f"; die Salden davor und danach liegen {euro(gap.moved_cents)} auseinander."
        if held.expected or held.provider:
            words += f" {len(held.expected) + len(held.provider)} Posten warten auf ihn."
        run.found.append(
            Finding(
                "STATEMENT_MISSING", f"{gap.account}/{gap.day.isoformat()}", gap.day, words,
                expected_cents=0, confirmed_cents=gap.moved_cents or 0, expected=held.expected,
                provider=held.provider, channel="files", reference=f"{gap.account} {day(gap.day)}",
            )
        )  # fmt: skip


def _between(before: Any, after: Any) -> list[Gap]:
    """One gap for each missing statement, on the first bank days between.

    The numbering says how many are missing; where it begins anew, as in January, the balances say
    that some are, and the new numbers how many of the new year.
    """
    jump = -1
    if before.sequence is not None and after.sequence is not None:
        jump = after.sequence - before.sequence - 1
    is_broken = before.closing_cents != after.opening_cents
    if not (0 < jump <= _MOST_AT_ONCE or (is_broken and jump < 0)):
        return []
    first, last = before.closing_on, after.closing_on
    between = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    days = [each for each in between if is_bank_day(each)] or [last]
    moved = (after.opening_cents or 0) - (before.closing_cents or 0)
    if jump < -1 and first.year < last.year:
        old = [each for each in days if each.year == first.year]
        new = [each for each in days if each.year == last.year]
        days = [*old, *new[: after.sequence - 1]] or days[:1]
    else:
        days = days[: max(jump, 1)]
    return [Gap(before.account, each, moved) for each in days]


def _since(run: Run, last: Any) -> list[Gap]:
    """The bank is late with its last statements, by more than the morning after."""
    yesterday = run.today - timedelta(days=1)
    if bank_days_between(last.closing_on, yesterday) < 2:
        return []
    days = [last.closing_on + timedelta(days=n) for n in range(1, _MOST_AT_ONCE + 1)]
    open_days = [each for each in days if is_bank_day(each) and each <= yesterday]
    return [Gap(last.account, each, None, each != open_days[0]) for each in open_days]
