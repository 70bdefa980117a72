"""Runs and their steps as the page lists them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.night.steps import STEPS
from reconciliation.night.summary import RunNight, StepNight, runs
from reconciliation.night.words import step_word

LISTED = 60
SILENT = timedelta(minutes=20)  # a run that has not finished a step for so long was cut off
BAR = 160  # units of the drawing

State = Literal["done", "again", "running", "cut_off"]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. state: "again": finished, and nothing was new. seconds: None while it goes on.

    files, checked, closed: files taken in, items looked at, items that closed by themselves.
    """

    number: int
    day: date
    started_at: datetime
    state: State
    seconds: int | None
    files: int
    checked: int
    closed: int
    opened: int
    solved: int
    written: int
    done: int
    steps: tuple[StepNight, ...]

    @property
    def total(self) -> int:
        """How many steps a run has."""
        return len(STEPS)


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the chosen run beside the same one of the run before it.

    width: its part of the whole run, in units of the drawing. before: milliseconds, or None.
    """

    name: str
    milliseconds: int | None
    before: int | None
    read: int
    written: int
    x: int
    width: int


_SUMS = """
    SELECT run, sum(checked)::bigint, sum(closed)::bigint FROM night_channel
     WHERE run = ANY (CAST(:runs AS uuid[])) GROUP BY run"""


def listed(session: Session, *, at: datetime) -> list[RunRow]:
    """The newest runs, the newest first."""
    found = runs(session, limit=LISTED)
    rows = session.execute(text(_SUMS), {"runs": [each.run for each in found]})
    sums = {row[0]: (row[1], row[2]) for row in rows}
    newest = found[0].number if found else 0
    return [_row(each, sums, is_newest=each.number == newest, at=at) for each in found]


def steps_of(chosen: RunRow, before: RunRow | None) -> list[StepRow]:
    """Every step in its order, those that are not done yet without a time."""
    done = {step.step: step for step in chosen.steps}
    earlier = {step.step: step for step in before.steps} if before else {}
    whole = max(1, sum(step.milliseconds for step in chosen.steps))
    rows, x = list[StepRow](), 0
    for step in STEPS:
        this, that = done.get(step.name), earlier.get(step.name)
        width = this.milliseconds * BAR // whole if this else 0
        counts = this.counts if this else {}
        rows.append(
            StepRow(
                step_word(step.name), this.milliseconds if this else None,
                that.milliseconds if that else None, counts.get("read", 0),
                counts.get("written", 0), x, width,
            )
        )  # fmt: skip
        x += width
    return rows


def _row(
    each: RunNight, sums: dict[UUID, tuple[int, int]], *, is_newest: bool, at: datetime
) -> RunRow:
    counts = {step.step: step.counts for step in each.steps}
    checked, closed = sums.get(each.run, (0, 0))
    over = each.finished_at - each.started_at if each.finished_at else None
    return RunRow(
        each.number, each.day, each.started_at, _state(each, is_newest=is_newest, at=at),
        None if over is None else over // timedelta(seconds=1),
        counts.get("files", {}).get("files", 0), checked, closed, each.opened or 0,
        each.closed or 0, each.written or 0, len(each.steps), each.steps,
    )  # fmt: skip


def _state(each: RunNight, *, is_newest: bool, at: datetime) -> State:
    if each.finished_at is not None:
        return "again" if each.written == 0 else "done"
    last = max([each.started_at, *(step.finished_at for step in each.steps)])
    return "running" if is_newest and at - last < SILENT else "cut_off"
