"""What the morning page shows: read from the summary of the last run, never from single lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, bank_days_between, business_day, is_bank_day
from ledger.permissions import Caller
from reconciliation.casework.cases import Case
from reconciliation.casework.lists import Filter, Totals, cases, neighbours, totals
from reconciliation.desk.case_acts import account_names
from reconciliation.desk.case_lines import CaseLine, case_line
from reconciliation.desk.morning.cash import CashShare, cash_share
from reconciliation.desk.tasks.reading import CLOSING, Task, tasks_of
from reconciliation.german import grouped
from reconciliation.night.steps import STEPS
from reconciliation.night.summary import AccountNight, ChannelNight, Summary, last_summary, missing
from reconciliation.words import CHANNELS

NIGHTS = 14
LISTED = 8
TASKS = 6


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: its figures now, and what each of 14 nights left. suggestions, differences: as
    they are now, not as the night left them."""

    code: str
    name: str
    rule: str
    night: ChannelNight
    suggestions: int
    differences: int
    unexplained_cents: int
    oldest: int | None
    nights: Sequence[str]
    nights_words: str

    @property
    def state(self) -> str:
        """Its traffic light."""
        if self.differences:
            return "break"
        return "suggestion" if self.suggestions else "closed"


@dataclass(frozen=True, slots=True)
class Going:
    """A run that is under way or was cut off: its number, and how many of its steps are done."""

    number: int
    day: date
    started_at: datetime
    steps: int
    of: int = len(STEPS)


@dataclass(frozen=True, slots=True)
class Morning:
    """The page. summary: None before the first night; late: the day whose night is missing."""

    summary: Summary | None
    late: date | None
    going: Going | None
    whole: Totals
    new_count: int
    channels: Sequence[ChannelLine]
    accounts: Sequence[tuple[AccountNight, str]]
    even_accounts: int
    oldest: Sequence[CaseLine]
    tasks: Sequence[Task]
    task_count: int
    due_today: int
    next_case: int | None
    bank_day: date | None
    agreeing: int
    deliveries: tuple[int, int]
    to_close: Task | None
    cash: CashShare | None

    @property
    def sentence(self) -> str:
        """The answer, as a sentence."""
        count, hints = self.whole.differences, self.whole.suggestions
        if not self.summary:
            return "Noch kein Nachtlauf. Danach steht hier, was stimmt und was nicht."
        if not count and not hints:
            checked, in_time = grouped(self.checked), grouped(self.in_time)
            return f"Alles geschlossen. {checked} Posten geprüft, {in_time} in Frist."
        differences = f"{grouped(count)} {'Differenz' if count == 1 else 'Differenzen'}"
        suggestions = f"{grouped(hints)} {'Vorschlag' if hints == 1 else 'Vorschläge'}"
        said = [words for words, some in ((differences, count), (suggestions, hints)) if some]
        return f"{' und '.join(said)}. Der Rest ist geschlossen oder in Frist."

    @property
    def checked(self) -> int:
        """Items the night looked at, in all channels."""
        return sum(one.night.checked for one in self.channels)

    @property
    def closed(self) -> int:
        """Items it closed by itself."""
        return sum(one.night.closed for one in self.channels)

    @property
    def in_time(self) -> int:
        """Items that are on their way and not due."""
        return sum(one.night.in_time for one in self.channels)

    @property
    def in_transit_cents(self) -> int:
        """Money on its way."""
        return sum(one.night.in_transit_cents for one in self.channels)


def read_morning(session: Session, by: Caller, *, at: datetime) -> Morning:
    """Everything the page shows, in a handful of statements."""
    everything = Filter(person=by.name, at=at)
    summary = last_summary(session)
    open_by_channel = _open_by_channel(session)
    found = cases(session, Filter(by.name, at, severity="break"))
    tasks = tasks_of(session, by, at=at)
    accounts = [one for one in (summary.accounts if summary else ()) if one.balance_cents]
    names = account_names(session, {one.account for one in accounts})
    accounts.sort(
        key=lambda one: (-abs(one.difference_cents), -abs(one.balance_cents), one.account)
    )
    return Morning(
        summary, missing(session, at), _going(session),
        totals(session, everything), totals(session, Filter(by.name, at, view="new")).differences,
        _channels(session, summary, open_by_channel, at),
        [(one, names.get(one.account, "")) for one in accounts],
        len(summary.accounts) - len(accounts) if summary else 0,
        [case_line(case, person=by.name, at=at) for case in _oldest(found)],
        tasks[:TASKS], len(tasks), sum(task.due <= business_day(at) for task in tasks if task.due),
        _next_case(session, by, at), _no_bank_day(at),
        sum(one.ledger_cents == one.other_cents for one in summary.totals) if summary else 0,
        _deliveries(session), next((task for task in tasks if task.kind == CLOSING), None),
        cash_share(session, business_day(at)),
    )  # fmt: skip


def _oldest(found: Sequence[Case]) -> Sequence[Case]:
    return found[:LISTED]


def _next_case(session: Session, by: Caller, at: datetime) -> int | None:
    """My first case, else the first nobody has, else the first of all."""
    for view in ("mine", "free", "open"):
        first = neighbours(session, Filter(by.name, at, view=view), 0).after
        if first is not None:
            return first
    return None


def _no_bank_day(at: datetime) -> date | None:
    """The next bank day, where today is none."""
    today = business_day(at)
    return None if is_bank_day(today) else add_bank_days(today, 0)


def _open_by_channel(session: Session) -> Mapping[str, tuple[int, int, int, date | None]]:
    rows = session.execute(
        text("""
        SELECT coalesce(channel, '') AS channel,
               count(*) FILTER (WHERE severity = 'suggestion') AS suggestions,
               count(*) FILTER (WHERE severity = 'break') AS differences,
               coalesce(sum(abs(amount_cents)) FILTER (WHERE severity = 'break'), 0)::bigint
                   AS cents,
               min(since) FILTER (WHERE severity = 'break') AS oldest
          FROM difference WHERE closed_at IS NULL AND severity IN ('break', 'suggestion')
         GROUP BY 1""")
    )
    return {row.channel: (row.suggestions, row.differences, row.cents, row.oldest) for row in rows}


def _channels(
    session: Session, summary: Summary | None,
    now_open: Mapping[str, tuple[int, int, int, date | None]], at: datetime,
) -> list[ChannelLine]:  # fmt: skip
    if summary is None:
        return []
    nights = _nights(session)
    by_code = {one.channel: one for one in summary.channels}
    lines = []
    for code, (name, rule) in CHANNELS.items():
        if code not in by_code:
            continue
        hints, count, cents, since = now_open.get(code, (0, 0, 0, None))
        kinds = nights.get(code, [])
        oldest = bank_days_between(since, business_day(at)) if since else None
        lines.append(
            ChannelLine(code, name, rule, by_code[code], hints, count, cents, oldest, kinds,
                        _in_words(name, kinds))
        )  # fmt: skip
    return lines


def _nights(session: Session) -> Mapping[str, list[str]]:
    """By channel, what each of the last nights left: new, open, suggestion or closed; the newest
    run of each day counts, days without one show nothing."""
    rows = session.execute(
        text("""
            WITH latest AS (
                SELECT DISTINCT ON (s.day) s.day, s.run FROM night_start s
                  JOIN night_run r ON r.run = s.run ORDER BY s.day DESC, r.id DESC LIMIT :nights)
            SELECT c.channel, c.opened, c.differences, c.suggestions
              FROM latest l JOIN night_channel c ON c.run = l.run ORDER BY l.day"""),
        {"nights": NIGHTS},
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append(
            _night_kind(row.opened, row.differences, row.suggestions)
        )
    return {code: ["none"] * (NIGHTS - len(kinds)) + kinds for code, kinds in found.items()}


def _night_kind(opened: int, differences: int, suggestions: int) -> str:
    if differences:
        return "new" if opened else "open"
    return "suggestion" if suggestions else "closed"


def _in_words(name: str, kinds: Sequence[str]) -> str:
    words = {
        "new": "neu gefunden",
        "open": "noch offen",
        "suggestion": "Vorschlag",
        "closed": "geschlossen",
    }
    counted = [f"{kinds.count(kind)} {said}" for kind, said in words.items() if kind in kinds]
    return f"{name}, {NIGHTS} Nächte: {', '.join(counted) or 'keine'}"


def _going(session: Session) -> Going | None:
    """The newest run, if it has not finished."""
    row = session.execute(
        text("""SELECT s.number, s.day, s.started_at,
                       (SELECT count(*) FROM night_step t WHERE t.run = s.run) AS steps
                  FROM night_start s
                 WHERE s.number = (SELECT max(number) FROM night_start)
                   AND NOT EXISTS (SELECT FROM night_run r WHERE r.run = s.run)""")
    ).one_or_none()
    return None if row is None else Going(row.number, row.day, row.started_at, row.steps)


def _deliveries(session: Session) -> tuple[int, int]:
    """Files that came for the last night and files that are missing."""
    row = session.execute(
        text("""
        SELECT (SELECT count(*) FROM delivery WHERE state IN ('taken', 'corrected')
                   AND arrived_at > now() - interval '24 hours') AS came,
               (SELECT count(*) FROM difference WHERE closed_at IS NULL AND class IN
                   ('FILE_MISSING', 'STATEMENT_MISSING', 'EOD_MISSING')) AS missing""")
    ).one()
    return row.came, row.missing
