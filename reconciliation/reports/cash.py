"""Where cash costs more than it is worth: its share and its cost by place, over twelve months."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from sqlalchemy.orm import Session

from ledger.calendar import months_back
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, percent, text
from reconciliation.reports.period import NAMES, Period, month_of
from reconciliation.reports.takings import (
    PlaceSums,
    WeekSums,
    places,
    sums_by_month,
    sums_by_week,
)

MONTHS, WEEKS = 12, 13
KINDS = {
    "pool": "Bäder",
    "museum": "Museen",
    "citizens_office": "Bürgerservice",
    "daycare": "Kitas",
}


@dataclass(frozen=True, slots=True)
class CashCosts:
    """What handling cash costs, in cents and minutes; see cash_costs.toml."""

    minute_cents: int
    minutes_per_shift: int
    minutes_per_bag: int
    transport_cents: int
    bag_cents: int
    bank_cents: int
    differences: bool
    watch_from: int
    check_from: int
    target_tenths: int

    def of(self, sums: PlaceSums) -> int:
        """Cents that handling this cash cost."""
        minutes = sums.shifts * self.minutes_per_shift + sums.bags * self.minutes_per_bag
        per_bag = self.transport_cents + self.bag_cents + self.bank_cents
        wrong = sums.wrong_cents if self.differences else 0
        return minutes * self.minute_cents + sums.bags * per_bag + wrong

    def hint(self, tenths_of_cent: int | None) -> str:
        """A hint and never a decision: no till is closed here. Cost per euro, tenths of a cent."""
        if tenths_of_cent is None:
            return "kein Bargeld"
        if tenths_of_cent >= self.check_from * 10:
            return "Schließung prüfen"
        return "beobachten" if tenths_of_cent >= self.watch_from * 10 else "behalten"


@cache
def cash_costs() -> CashCosts:
    """The settings beside this module."""
    file = resources.files(__package__).joinpath("cash_costs.toml")
    return CashCosts(**tomllib.loads(file.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the period. share: tenths of a percent; cost_share: tenths of a cent per euro.

    before: the same share a year earlier, None where there was no turnover then.
    """

    code: str
    name: str
    kind: str
    tills: int
    turnover_cents: int
    cash_cents: int
    cost_cents: int
    share: int
    before: int | None
    cost_share: int | None
    hint: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The share of cash by month or week, in tenths of a percent; None: no turnover then."""

    name: str
    shares: tuple[int | None, ...]


def places_of(session: Session, period: Period) -> list[Place]:
    """Every place that took money in the period, the highest share of cash first."""
    known = places(session)
    now = _by_place(sums_by_month(session, period.first, period.last))
    year_ago = _by_place(sums_by_month(session, _year_ago(period.first), _year_ago(period.last)))
    costs = cash_costs()
    found = []
    for code, sums in now.items():
        house = known[code]
        if not house.tills or not sums.turnover_cents:
            continue
        cost = costs.of(sums)
        per_euro = tenths(cost, sums.cash_cents) if sums.cash_cents > 0 else None
        earlier = year_ago.get(code)
        found.append(
            Place(
                code, house.name, house.kind, house.tills, sums.turnover_cents, sums.cash_cents,
                cost, tenths(sums.cash_cents, sums.turnover_cents),
                tenths(earlier.cash_cents, earlier.turnover_cents)
                if earlier and earlier.turnover_cents > 0 else None,
                per_euro, costs.hint(per_euro),
            )
        )  # fmt: skip
    return sorted(found, key=lambda place: (-place.share, place.code))


def lines_of(session: Session, last: date) -> tuple[tuple[date, ...], list[ShareLine]]:
    """Twelve months up to the one of `last`, and the share of cash by kind of facility."""
    months = [months_back(last, count) for count in reversed(range(MONTHS))]
    kinds = {code: house.kind for code, house in places(session).items() if house.tills}
    sums: dict[tuple[str, date], tuple[int, int]] = {}
    for row in sums_by_month(session, months[0], month_of(last).last):
        if kind := kinds.get(row.facility):
            turnover, cash = sums.get((kind, row.month), (0, 0))
            sums[kind, row.month] = turnover + row.turnover_cents, cash + row.cash_cents
    lines = [
        ShareLine(name, tuple(_share(*sums.get((kind, month), (0, 0))) for month in months))
        for kind, name in KINDS.items()
        if any((kind, month) in sums for month in months)
    ]
    return tuple(months), lines


def weeks_of(session: Session, today: date) -> tuple[tuple[date, ...], list[ShareLine]]:
    """The Mondays of the last 13 whole weeks, and the share of cash: of all, then by kind."""
    monday = today - timedelta(days=today.weekday())
    weeks = tuple(monday - timedelta(weeks=count) for count in reversed(range(1, WEEKS + 1)))
    rows = sums_by_week(session, weeks[0], monday - timedelta(days=1))
    lines = []
    for kind, name in {"": "Gesamt", **KINDS}.items():
        own = [row for row in rows if kind in ("", row.kind)]
        if own:
            lines.append(ShareLine(name, tuple(_share_of(own, week) for week in weeks)))
    return weeks, lines


def build(session: Session, period: Period) -> Document:
    """The tables of the page."""
    months, lines = lines_of(session, period.last)
    by_kind = Table(
        "Bargeldquote je Einrichtungsart",
        (text("Art"), *(percent(f"{NAMES[month.month - 1][:3]} {month:%y}") for month in months)),
        [[line.name, *line.shares] for line in lines],
    )
    rows: list[list[Cell]] = [
        [f"{one.code} {one.name}", one.tills, one.turnover_cents, one.cash_cents, one.share,
         None if one.before is None else one.share - one.before, one.cost_cents,
         None if one.cost_share is None else one.cost_share, one.hint]
        for one in places_of(session, period)
    ]  # fmt: skip
    columns = (
        text("Ort"), number("Kassen"), euro("Umsatz"), euro("davon bar"), percent("Bargeldquote"),
        percent("zum Vorjahr"), euro("Kosten des Bargelds"),
        percent("Cent je Bar-Euro"), text("Hinweis"),
    )  # fmt: skip
    return Document("Bargeld und Kosten", period, (Table("Nach Ort", columns, rows), by_kind))


def tenths(part: int, whole: int) -> int:
    """`part` of `whole` in thousandths, half up; negative parts keep their sign."""
    sign = -1 if part < 0 else 1
    return sign * ((2000 * abs(part) + whole) // (2 * whole))


def _share_of(rows: Sequence[WeekSums], week: date) -> int | None:
    own = [row for row in rows if row.week == week]
    return _share(sum(row.turnover_cents for row in own), sum(row.cash_cents for row in own))


def _share(turnover_cents: int, cash_cents: int) -> int | None:
    return tenths(cash_cents, turnover_cents) if turnover_cents > 0 else None


def _by_place(rows: Sequence[PlaceSums]) -> dict[str, PlaceSums]:
    found: dict[str, PlaceSums] = {}
    for row in rows:
        held = found.get(row.facility)
        found[row.facility] = row if held is None else _both(held, row)
    return found


def _both(one: PlaceSums, other: PlaceSums) -> PlaceSums:
    return PlaceSums(
        one.facility, one.month, one.turnover_cents + other.turnover_cents,
        one.cash_cents + other.cash_cents, one.shifts + other.shifts, one.bags + other.bags,
        one.wrong_cents + other.wrong_cents,
    )  # fmt: skip


def _year_ago(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


REPORT = Report("cash", "Bargeld und Kosten", build)
