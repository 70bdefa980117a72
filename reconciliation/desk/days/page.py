"""What the page of a day shows, as one value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ledger.tables.books import closed_day
from ledger.tables.staff import staff
from reconciliation.closing.channels import ChannelTotal
from reconciliation.closing.checks import HINT, SOUND
from reconciliation.closing.days import DayClosing
from reconciliation.closing.totals import CarriedCase
from reconciliation.desk.days.words import CHANNELS, COMPARED, check_words
from reconciliation.reports.period import month_of


@dataclass(frozen=True, slots=True)
class RibbonDay:
    """One day of the month above the page. state: locked or open."""

    day: date
    state: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel: its word, its totals, and the open cases that began on this day."""

    word: str
    total: ChannelTotal
    cases: Sequence[CarriedCase]
    state: str


@dataclass(frozen=True, slots=True)
class Sums:
    """The channels added up; None where no channel has the figure."""

    count: int
    expected_cents: int | None
    confirmed_cents: int | None
    difference_cents: int | None
    arrived_cents: int


@dataclass(frozen=True, slots=True)
class ControlRow:
    """Two ways to one figure, and what lies between them."""

    account: str
    name: str
    ledger_cents: int
    compared_with: str
    other_cents: int

    @property
    def rest_cents(self) -> int:
        """The other side less the ledger."""
        return self.other_cents - self.ledger_cents


@dataclass(frozen=True, slots=True)
class Looked:
    """One line of what was looked at. state: closed, suggestion (a hint) or break (a blocker)."""

    state: str
    words: str
    case: int | None


@dataclass(frozen=True, slots=True)
class DayPage:
    """Everything the page says. place: the signature that is next, None when there is none for
    this viewer; barred: why not."""

    state: DayClosing
    ribbon: Sequence[RibbonDay]
    channels: Sequence[ChannelRow]
    controls: Sequence[ControlRow]
    looked: Sequence[Looked]
    before: date
    after: date | None
    place: int | None
    barred: str | None
    locked_by: str | None
    late_count: int

    @property
    def sums(self) -> Sums:
        """The sum row."""
        totals = [row.total for row in self.channels]
        return Sums(
            sum(each.count for each in totals), _sum(each.expected_cents for each in totals),
            _sum(each.confirmed_cents for each in totals),
            _sum(each.difference_cents for each in totals),
            sum(each.arrived_cents or 0 for each in totals),
        )  # fmt: skip

    @property
    def sha256(self) -> Sequence[str]:
        """The hash in groups of four digits."""
        digits = self.state.sha256.hex()
        return [digits[at : at + 4] for at in range(0, len(digits), 4)]

    @property
    def agreeing(self) -> int:
        """How many control totals agree."""
        return sum(row.rest_cents == 0 for row in self.controls)


def ribbon(session: Session, shown: date, today: date) -> Sequence[RibbonDay]:
    """The days of the shown month that are over, and the shown one."""
    month = month_of(shown)
    first, last = month.first, max(min(month.last, today - timedelta(days=1)), shown)
    closed = set(session.scalars(
        select(closed_day.c.day).where(closed_day.c.day.between(first, last))
    ))  # fmt: skip
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [RibbonDay(day, "locked" if day in closed else "open", day == shown) for day in days]


def first_day_to_sign(session: Session, yesterday: date) -> date:
    """The earliest open day with business in the last two months; else yesterday."""
    found: date | None = session.scalar(
        text("SELECT min(booked_on) FROM turnover t WHERE booked_on BETWEEN :first AND :last"
             " AND NOT EXISTS (SELECT FROM closed_day c WHERE c.day = t.booked_on)"),
        {"first": yesterday - timedelta(days=62), "last": yesterday},
    )  # fmt: skip
    return found or yesterday


def channel_rows(state: DayClosing) -> Sequence[ChannelRow]:
    """The channels that moved or that have a case of this day."""
    rows = []
    for total in state.totals.channels:
        cases = [
            case for case in state.totals.cases
            if case.channel == total.channel and case.since == state.day
        ]  # fmt: skip
        rows.append(ChannelRow(CHANNELS[total.channel], total, cases, _state(total, cases)))
    return rows


def control_rows(session: Session, state: DayClosing) -> Sequence[ControlRow]:
    """The control totals with the accounts' names; liabilities read as credits."""
    codes = [total.account for total in state.totals.controls]
    found = session.execute(
        text("SELECT code, name FROM account WHERE code = ANY (CAST(:codes AS text[]))"),
        {"codes": codes},
    )
    names = {row.code: row.name for row in found}
    return [
        ControlRow(
            each.account, names.get(each.account, ""), abs(each.ledger_cents),
            COMPARED.get(each.name, each.name),
            each.other_cents if each.ledger_cents >= 0 else -each.other_cents,
        )
        for each in state.totals.controls
    ]  # fmt: skip


def looked_at(state: DayClosing) -> Sequence[Looked]:
    """The checks as lines."""
    shapes = {SOUND: "closed", HINT: "suggestion"}
    return [
        Looked(shapes.get(check.result, "break"), check_words(check), check.facts.get("number"))
        for check in state.checks
    ]


def name_of(session: Session, code: str) -> str:
    """What a person is called; what closed a day before people signed is called by its word."""
    return session.scalar(select(staff.c.name).where(staff.c.code == code)) or code


def _state(total: ChannelTotal, cases: Sequence[CarriedCase]) -> str:
    if any(case.severity == "break" for case in cases):
        return "break"
    if cases:
        return "suggestion"
    if not total.count and not total.arrived_cents:
        return "none"
    return "closed" if total.difference_cents in (0, None) else "break"


def _sum(amounts: Iterable[int | None]) -> int | None:
    """The sum of those that are there; None where none is."""
    known = [cents for cents in amounts if cents is not None]
    return sum(known) if known else None
