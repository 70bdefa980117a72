"""Cash and what it costs: where it is worth more to keep it than to take it."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from ledger.calendar import business_day, months_back
from ledger.permissions import Permission, needs
from reconciliation.desk.cash_chart import Chart, Field, chart_of
from reconciliation.desk.page import books, now, render
from reconciliation.german import percent
from reconciliation.reports.cash import (
    CashCosts,
    Place,
    ShareLine,
    cash_costs,
    lines_of,
    places_of,
    tenths,
)
from reconciliation.reports.period import NAMES, Period, month_of, period_named

pages = Blueprint("desk_cash", __name__, url_prefix="/desk/bargeld", template_folder="templates")

WIDE = Field(720, 200, right=150)


@dataclass(frozen=True, slots=True)
class CashPage:
    """The month, its places (highest share first), and twelve months by kind of facility."""

    period: Period
    choices: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    dearest: tuple[Place, ...]
    months: tuple[str, ...]
    lines: tuple[ShareLine, ...]
    chart: Chart
    costs: CashCosts
    per_euro: int | None
    above: int

    @property
    def turnover_cents(self) -> int:
        """Of all places."""
        return sum(one.turnover_cents for one in self.places)

    @property
    def cash_cents(self) -> int:
        """Of all places."""
        return sum(one.cash_cents for one in self.places)

    @property
    def cost_cents(self) -> int:
        """Of all places."""
        return sum(one.cost_cents for one in self.places)


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """One month; `?monat=2026-11`, the current one if left out."""
    today = business_day(now())
    period = period_named(request.args.get("monat") or month_of(today).name)
    if period is None or not period.is_month:
        raise NotFound
    with books().read_only() as session:
        places = tuple(places_of(session, period))
        months, lines = lines_of(session, period.last)
    cash, cost = sum(one.cash_cents for one in places), sum(one.cost_cents for one in places)
    dear = sorted((one for one in places if one.cost_share), key=lambda one: -(one.cost_share or 0))
    names = tuple(NAMES[month.month - 1][:3] for month in months)
    page = CashPage(
        period, tuple(_choices(today)), places, tuple(dear),
        names, tuple(lines), chart_of(lines, names, cash_costs().target_tenths, WIDE), cash_costs(),
        tenths(cost, cash) if cash > 0 else None,
        sum((one.cost_share or 0) >= cash_costs().watch_from * 10 for one in places),
    )  # fmt: skip
    return render("cash/cash.html", page=page, in_percent=percent)


def _choices(today: date) -> list[tuple[str, str]]:
    months = [month_of(months_back(today, count)) for count in range(13)]
    return [(month.name, month.words) for month in months]
