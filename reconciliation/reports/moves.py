"""What moved on the accounts below one control account in a period, by event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reconciliation.reports.period import Period
from reconciliation.reports.sums import Around, around, booked


@dataclass(frozen=True, slots=True)
class Move:
    """Debits and credits of one account of the chart by entries of one event, in cents. lines: how
    many."""

    code: str
    event: str
    debit: int
    credit: int
    lines: int


def moves(session: Session, control: str, period: Period) -> Sequence[Move]:
    """By account of the chart and event, for `control` itself and every account below it."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in booked(session, period.first, period.last, period.known_at):
        for code, place in ((each.debit, 0), (each.credit, 1)):
            if _is_at_or_below(code, control):
                sums = found.setdefault((code, each.event), [0, 0, 0])
                sums[place] += each.cents
                sums[2] += each.line_count
    return [Move(code, event, *sums) for (code, event), sums in sorted(found.items())]


def balances_around(session: Session, control: str, period: Period) -> Mapping[str, Around]:
    """The accounts of the chart at or below `control`, before the period and at its end, by code;
    those that never moved are absent."""
    every = around(session, period.first, period.last, period.known_at)
    return {code: held for code, held in every.items() if _is_at_or_below(code, control)}


def balance_around(session: Session, control: str, period: Period) -> tuple[int, int]:
    """Debits less credits of an account and all below it, before the period and at its end."""
    held = balances_around(session, control, period).values()
    return sum(each.opening_cents for each in held), sum(each.closing_cents for each in held)


def _is_at_or_below(code: str, control: str) -> bool:
    return code == control or code.startswith(f"{control}/")
