"""The night: explain what the bank said, find what is left, and write down what came of it.

A job: it opens its own transactions through the `transaction` it is given. Killed at any point
it can simply run again; a run over unchanged facts books nothing and changes nothing.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.locks import NIGHT, have_alone
from reconciliation.differences import (
    ControlTotal,
    control_totals,
    find_differences,
    write_differences,
)
from reconciliation.matching import match_lines
from reconciliation.tables import night_run

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class NightResult:
    """What one night brought. matched: lines by rule. open_*: differences that remain."""

    day: date
    matched: Mapping[str, int]
    opened: int
    closed: int
    open_count: int
    open_cents: int
    control_totals: tuple[ControlTotal, ...]
    seconds: int


def run_night(transaction: Transaction, day: date) -> NightResult:
    """Reconcile everything up to and including business day `day`; one run at a time."""
    started = datetime.now(UTC)
    with transaction() as session:
        have_alone(session, NIGHT)
        matched = match_lines(session, until=day)
    with transaction() as session:
        have_alone(session, NIGHT)
        found = find_differences(session, day)
        opened, closed = write_differences(session, found)
        result = NightResult(
            day, matched, opened, closed, len(found), sum(abs(d.amount_cents) for d in found),
            tuple(control_totals(session, day)), (datetime.now(UTC) - started).seconds,
        )  # fmt: skip
        session.execute(
            insert(night_run).values(day=day, started_at=started, result=_plain(result))
        )
    return result


def last_night(session: Session) -> NightResult | None:
    """The newest run, or None before the first night."""
    row = session.execute(select(night_run).order_by(night_run.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    totals = tuple(
        ControlTotal(**{**each, "as_of": date.fromisoformat(each["as_of"])})
        for each in row.result["control_totals"]
    )
    return NightResult(**{**row.result, "day": row.day, "control_totals": totals})


def _plain(result: NightResult) -> dict[str, Any]:
    plain = asdict(result) | {"day": result.day.isoformat()}
    for total in plain["control_totals"]:
        total["as_of"] = total["as_of"].isoformat()
    return plain
