"""The share of cash on the morning page: 13 whole weeks as a line, three of them in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from reconciliation.desk.cash_chart import Chart, Field, chart_of
from reconciliation.reports.cash import ShareLine, cash_costs, weeks_of

SMALL = Field(340, 110, right=74)


@dataclass(frozen=True, slots=True)
class CashShare:
    """weeks: the words of the first, the middle and the last week that took money; lines: of all,
    then by kind of facility, their shares in those weeks and what changed, tenths of a percent."""

    chart: Chart
    weeks: tuple[str, ...]
    lines: tuple[tuple[ShareLine, int | None], ...]


def cash_share(session: Session, today: date) -> CashShare | None:
    """As the nights summed it; None where no whole week took money."""
    mondays, lines = weeks_of(session, today)
    whole = lines[0].shares if lines else ()
    taken = [place for place, share in enumerate(whole) if share is not None]
    if not taken:
        return None
    names = [f"KW {monday.isocalendar().week}" for monday in mondays]
    told = {0, len(names) // 2, len(names) - 1}
    chart = chart_of(
        [ShareLine("", whole)],
        [name if place in told else "" for place, name in enumerate(names)],
        cash_costs().target_tenths, SMALL,
    )  # fmt: skip
    shown = sorted({taken[0], taken[len(taken) // 2], taken[-1]})
    picked = [ShareLine(line.name, tuple(line.shares[place] for place in shown)) for line in lines]
    return CashShare(
        chart, tuple(names[place] for place in shown),
        tuple((line, _change(line.shares)) for line in picked),
    )  # fmt: skip


def _change(shares: Sequence[int | None]) -> int | None:
    """From the first to the last; None where there is nothing to compare."""
    first, last = shares[0], shares[-1]
    return None if len(shares) < 2 or first is None or last is None else last - first
