"""What a run left for pages and letters: read in a few rows, never from single lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from reconciliation.night.channels import CHANNELS
from reconciliation.night.totals import Total, totals_of
from reconciliation.tables import night_account, night_channel, night_step

MISSING_FROM = 5  # o'clock in the city: from then on a night that was not done is missing


@dataclass(frozen=True, slots=True)
class ChannelNight:
    """A channel after a run; checked = closed + in_time + suggestions + differences.

    opened: of the suggestions and differences, those this run found first. oldest_days: bank days.
    """

    channel: str
    checked: int
    closed: int
    in_time: int
    suggestions: int
    differences: int
    opened: int
    in_transit_cents: int
    unexplained_cents: int
    oldest_days: int | None


@dataclass(frozen=True, slots=True)
class AccountNight:
    """A clearing account after a run; the three parts add up to its balance, debit positive.

    at_zero_on: the last business day at whose end it stood at zero.
    """

    account: str
    balance_cents: int
    in_time_cents: int
    suggestion_cents: int
    difference_cents: int
    case_count: int
    oldest_days: int | None
    at_zero_on: date | None


@dataclass(frozen=True, slots=True)
class StepNight:
    """A step of a run and what it did; `read` and `written` are rows."""

    step: str
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        return (self.finished_at - self.started_at) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class RunNight:
    """A run; finished_at and what came of it are None while it goes on or was cut off."""

    run: UUID
    number: int
    day: date
    started_at: datetime
    finished_at: datetime | None
    opened: int | None
    closed: int | None
    matched: int | None
    written: int | None
    steps: tuple[StepNight, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The last finished run with everything it summed up."""

    run: RunNight
    channels: tuple[ChannelNight, ...]
    accounts: tuple[AccountNight, ...]
    totals: tuple[Total, ...]

    @property
    def suggestions(self) -> int:
        """Cases with a proposal, over all channels."""
        return sum(each.suggestions for each in self.channels)

    @property
    def differences(self) -> int:
        """Cases without one."""
        return sum(each.differences for each in self.channels)


_RUNS = """
    SELECT s.run, s.number, s.day, s.started_at, r.finished_at, r.result
      FROM night_start s LEFT JOIN night_run r ON r.run = s.run"""


def last_summary(session: Session) -> Summary | None:
    """The newest finished run of the newest day, or None before the first."""
    row = session.execute(
        text(f"{_RUNS} WHERE r.run IS NOT NULL ORDER BY r.day DESC, r.id DESC LIMIT 1")
    ).one_or_none()
    if row is None:
        return None
    [run] = _with_steps(session, [row])
    return Summary(
        run, channels_of(session, run.run), accounts_of(session, run.run),
        tuple(totals_of(session, run.run)),
    )  # fmt: skip


def runs(session: Session, *, limit: int = 30) -> list[RunNight]:
    """The newest runs with their steps, finished or not, the newest first."""
    rows = session.execute(text(f"{_RUNS} ORDER BY s.number DESC LIMIT :limit"), {"limit": limit})
    return _with_steps(session, rows.all())


def missing(session: Session, now: datetime) -> date | None:
    """The business day whose night should be done by now and is not.

    now: aware. Until five in the morning that is the day before yesterday, then yesterday; None
    too where no night was ever done.
    """
    here = now.astimezone(CITY_TIME)
    due = here.date() - timedelta(days=1 if here.hour >= MISSING_FROM else 2)
    last: date | None = session.scalar(text("SELECT max(day) FROM night_run"))
    return due if last is not None and last < due else None


def channels_of(session: Session, run: UUID) -> tuple[ChannelNight, ...]:
    """The channels after a run, in the order of the desk."""
    names = ChannelNight.__dataclass_fields__
    rows = session.execute(
        select(*(night_channel.c[name] for name in names)).where(night_channel.c.run == run)
    )
    return tuple(sorted((ChannelNight(*row) for row in rows), key=lambda c: _place(c.channel)))


def accounts_of(session: Session, run: UUID) -> tuple[AccountNight, ...]:
    """The clearing accounts after a run, by number."""
    names = AccountNight.__dataclass_fields__
    rows = session.execute(
        select(*(night_account.c[name] for name in names))
        .where(night_account.c.run == run)
        .order_by(night_account.c.account)
    )
    return tuple(AccountNight(*row) for row in rows)


def _place(channel: str) -> int:
    return CHANNELS.index(channel)


def _with_steps(session: Session, rows: Sequence[Row[tuple[object, ...]]]) -> list[RunNight]:
    found = session.execute(
        select(night_step.c.run, night_step.c.step, night_step.c.started_at,
               night_step.c.finished_at, night_step.c.counts)
        .where(night_step.c.run.in_([row.run for row in rows]))
        .order_by(night_step.c.finished_at)
    ).all()  # fmt: skip
    steps: dict[UUID, list[StepNight]] = {}
    for run, *step in found:
        steps.setdefault(run, []).append(StepNight(*step))
    return [_run(row, tuple(steps.get(row.run, ()))) for row in rows]


def _run(row: Row[tuple[object, ...]], steps: tuple[StepNight, ...]) -> RunNight:
    said = row.result or {}
    matched = said.get("matched")
    return RunNight(
        row.run, row.number, row.day, row.started_at, row.finished_at, said.get("opened"),
        said.get("closed"), None if matched is None else sum(matched.values()),
        said.get("written"), steps,
    )  # fmt: skip
