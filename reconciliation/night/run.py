"""The night: explain what the bank and the provider said, find what is left, write down what came.

A job: it opens its own transactions through the `transaction` it is given. Killed at any point it
can simply run again: a run that was cut off goes on with its first missing step, and a run over
unchanged facts books nothing and changes nothing. Two at once help each other with one run.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from ledger.locks import NIGHT, have_alone
from reconciliation.night.steps import STEPS, Counts, Means, Night, Step, Transaction
from reconciliation.night.totals import ControlTotal, totals_of
from reconciliation.tables import night_run, night_start, night_step

PATIENCE = "15min"  # until another run is done with its step
NO_RULES = frozenset({"read", "written"})

# Called before each step and once at the end: its name, how many are done, of how many, and the
# counts of the step before.
Progress = Callable[[str, int, int, Counts], None]


@dataclass(frozen=True, slots=True)
class NightResult:
    """What one night brought.

    matched: bank lines by rule. opened, closed: differences. open_*: those that remain and wait
    for a person. written: rows of books, matches and differences; 0 where nothing was new.
    """

    day: date
    matched: Mapping[str, int]
    opened: int
    closed: int
    open_count: int
    open_cents: int
    control_totals: tuple[ControlTotal, ...]
    seconds: int
    number: int = 0
    written: int = 0


def run_night(
    transaction: Transaction, day: date, means: Means | None = None,
    progress: Progress | None = None,
) -> NightResult:  # fmt: skip
    """Reconcile everything up to and including business day `day`; one run at a time."""
    with transaction() as session:
        night = _begin(session, day, means or Means())
    tell: Progress = progress or (lambda *_: None)
    counts: Counts = {}
    for number, step in enumerate(STEPS):
        tell(step.name, number, len(STEPS), counts)
        counts = _take(transaction, night, step)
    with transaction() as session:
        _have_night(session)
        result = _finish(session, night)
    tell("", len(STEPS), len(STEPS), counts)
    return result


def last_night(session: Session) -> NightResult | None:
    """The newest run, or None before the first night."""
    row = session.execute(select(night_run).order_by(night_run.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _result(row)


def _have_night(session: Session) -> None:
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    have_alone(session, NIGHT)
    session.execute(text("SET LOCAL lock_timeout = '3s'"))


# The newest run is gone on with where it looks at the same day and was cut off.
_CUT_OFF = """
    SELECT run FROM (SELECT run, day FROM night_start ORDER BY number DESC LIMIT 1) newest
     WHERE day = :day AND NOT EXISTS (SELECT FROM night_run r WHERE r.run = newest.run)"""


def _begin(session: Session, day: date, means: Means) -> Night:
    _have_night(session)
    run = session.scalar(text(_CUT_OFF), {"day": day})
    if run is None:
        run = uuid4()
        session.execute(insert(night_start).values(run=run, day=day))
    return Night(run, day, means)


def _take(transaction: Transaction, night: Night, step: Step) -> Counts:
    """Do a step that is not done yet, and note it with what it did in one transaction."""
    counts: Counts = {}
    if step.outside is not None:
        with transaction() as session:
            known = _done(session, night.run, step.name)
        if known is not None:
            return known
        counts = step.outside(transaction, night)
    with transaction() as session:
        _have_night(session)
        known = _done(session, night.run, step.name)
        if known is not None:
            return known
        if step.inside is not None:
            counts = step.inside(session, night)
        row = {"run": night.run, "step": step.name, "counts": dict(counts)}
        session.execute(insert(night_step).values(row))
    return counts


def _done(session: Session, run: UUID, step: str) -> Counts | None:
    found: Counts | None = session.scalar(
        select(night_step.c.counts).where(night_step.c.run == run, night_step.c.step == step)
    )
    return found


_OPEN = """
    SELECT count(*) AS cases, coalesce(sum(abs(amount_cents)), 0)::bigint AS cents FROM difference
     WHERE closed_at IS NULL AND severity IN ('break', 'suggestion')"""


def _finish(session: Session, night: Night) -> NightResult:
    """Write the run's last row, once: two that ran together find the same one."""
    known = session.execute(select(night_run).where(night_run.c.run == night.run)).one_or_none()
    if known is not None:
        return _result(known)
    start = session.execute(select(night_start).where(night_start.c.run == night.run)).one()
    steps = session.execute(
        select(night_step.c.step, night_step.c.counts).where(night_step.c.run == night.run)
    ).all()
    counts: dict[str, Counts] = {row.step: row.counts for row in steps}
    remaining = session.execute(text(_OPEN)).one()
    now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    bookings, moved = counts["bookings"], counts["differences"]
    result = NightResult(
        night.day, {name: n for name, n in bookings.items() if name not in NO_RULES},
        moved["opened"], moved["closed"], remaining.cases, remaining.cents,
        _bank_totals(session, night.run), (now - start.started_at).seconds, start.number,
        sum(each.get("written", 0) for each in counts.values()),
    )  # fmt: skip
    session.execute(
        insert(night_run).values(
            day=night.day, started_at=start.started_at, result=_plain(result), run=night.run
        )
    )
    return result


def _bank_totals(session: Session, run: UUID) -> tuple[ControlTotal, ...]:
    return tuple(
        ControlTotal(each.account, each.as_of, each.ledger_cents, each.other_cents)
        for each in totals_of(session, run)
        if each.name == "bank"
    )


def _result(row: Row[Any]) -> NightResult:
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
