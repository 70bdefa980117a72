"""Files of providers that never came: one case for each, instead of one for every line in it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from reconciliation.engine.bank import Credit
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.records import Expected, Lone
from reconciliation.engine.words import day, euro

_ACCOUNTS = """
SELECT DISTINCT terminal, account FROM engine_taking
 WHERE source = 'acquirer' AND terminal IS NOT NULL ORDER BY terminal, account
"""
_DAYS = "SELECT DISTINCT source, account, day FROM engine_taking WHERE day IS NOT NULL"
_NIGHTS = "SELECT terminal, closes_at_night FROM engine_terminal WHERE closes_at_night IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which files are there: accounts of a terminal, days of an account, and how far they reach."""

    accounts: dict[str, list[str]]
    days: set[tuple[str, date]]
    reach: dict[str, date]
    nights: dict[str, timedelta]

    def day_of(self, item: Expected) -> date:
        """The day of the file this payment should be in."""
        if item.terminal is None:
            return item.day
        return (item.local - self.nights.get(item.terminal, timedelta())).date()


@dataclass(slots=True)
class _Missing:
    account: str
    day: date
    items: list[Expected] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)


def read_calendar(run: Run) -> Calendar:
    """What has arrived, from the sums of the takings."""
    accounts = defaultdict(list)
    for terminal, account in run.rows(_ACCOUNTS):
        accounts[terminal].append(account)
    days: set[tuple[str, date]] = set()
    reach: dict[str, date] = {}
    for source, account, when in run.rows(_DAYS):
        days.add((account, when))
        reach[source] = max(when, reach.get(source, when))
    nights = {
        row.terminal: timedelta(
            hours=row.closes_at_night.hour, minutes=row.closes_at_night.minute,
            seconds=row.closes_at_night.second,
        )
        for row in run.rows(_NIGHTS)
    }  # fmt: skip
    return Calendar(dict(accounts), days, reach, nights)


def find_missing_files(
    run: Run, lone: Lone, counted: dict[int, bool], named: Iterable[tuple[str, date, Credit]]
) -> set[int]:
    """Open bookings and credits whose file never came; returns ids of the explained bank lines.

    counted: whether the terminal counted an open booking. named: credits that name an account and
    a day for which there is no batch.
    """
    calendar = read_calendar(run)
    missing: dict[tuple[str, date], _Missing] = {}
    for account, when, credit in named:
        if (account, when) not in calendar.days:
            missing.setdefault((account, when), _Missing(account, when)).credits.append(credit)
    for (terminal, when), items in _by_day(lone, calendar).items():
        gone = [account for account in calendar.accounts.get(terminal, ())
                if (account, when) not in calendar.days]  # fmt: skip
        paid = [account for account in gone if (account, when) in missing]
        waiting = _in_the_file(items, counted, is_paid=bool(paid))
        if paid and sum(item.cents for item in items) in _sums(missing[paid[0], when]):
            waiting = items  # the bank paid exactly these
        if gone and waiting:
            account = (paid or gone)[0]
            case = missing.setdefault((account, when), _Missing(account, when))
            case.items.extend(waiting)
    for _, case in sorted(missing.items()):
        run.found.append(_finding(case))
        lone.take(tuple(case.items))
    return {credit.id for case in missing.values() for credit in case.credits}


def _sums(case: _Missing) -> list[int]:
    return [credit.cents for credit in case.credits]


def _in_the_file(
    items: list[Expected], counted: dict[int, bool], *, is_paid: bool
) -> list[Expected]:
    """What the terminal counted; what nobody can tell where the bank paid or chance is unlikely."""
    certain = [item for item in items if counted.get(item.id)]
    unknown = [item for item in items if item.id not in counted]
    return certain + unknown if certain or is_paid or len(unknown) > 1 else []


def _by_day(lone: Lone, calendar: Calendar) -> dict[tuple[str, date], list[Expected]]:
    found = defaultdict(list)
    for item in lone.expected.values():
        if item.terminal is not None and item.is_charge:
            found[item.terminal, calendar.day_of(item)].append(item)
    return dict(sorted(found.items()))


def _finding(case: _Missing) -> Finding:
    cents = sum(item.cents for item in case.items)
    words = (
        f"Die Datei von {case.account} für den {day(case.day)} fehlt; "
        f"{len(case.items)} Buchungen über {euro(cents)} warten auf sie."
    )
    return Finding(
        "FILE_MISSING", f"{case.account}/{case.day.isoformat()}", case.day, words,
        expected_cents=cents, confirmed_cents=0,
        expected=tuple(item.code for item in case.items),
        bank=tuple(credit.code for credit in case.credits), channel="files",
        reference=f"{case.account} {day(case.day)}",
    )  # fmt: skip


def find_not_due(run: Run, lone: Lone) -> None:
    """Bookings of days the provider has not reported yet: in time, one row for each day."""
    calendar = read_calendar(run)
    waiting = defaultdict(list)
    for item in lone.expected.values():
        source = "acquirer" if item.terminal else "stripe"
        if source not in calendar.reach or calendar.day_of(item) > calendar.reach[source]:
            waiting[item.channel, calendar.day_of(item)].append(item)
    for (channel, when), items in sorted(waiting.items()):
        if (run.today - when).days > run.knowledge.window_days:
            continue
        cents = sum(item.cents for item in items)
        words = (
            f"{len(items)} Zahlungen vom {day(when)} über {euro(cents)} sind noch nicht gemeldet."
        )
        run.found.append(
            Finding(
                "IN_TRANSIT",
                f"{channel}/{when.isoformat()}",
                when,
                words,
                expected_cents=cents,
                confirmed_cents=0,
                expected=tuple(item.code for item in items),
                channel="card" if channel == "terminal" else "stripe",
                reference=day(when),
            )
        )  # fmt: skip
        lone.take(tuple(items))
