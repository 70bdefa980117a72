"""What went onto the wallet and off it: the list, by month, narrowed by links in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from ledger.calendar import business_day, months_back
from ledger.movement_months import month_sums
from ledger.movements import Movement, MovementPage, movements
from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, caller, day, language, render, say
from terminals.portal.child_names import Called, called, sign_of
from terminals.portal.movement_words import text_of
from terminals.portal.periods import period_of

pages = Blueprint("movements", __name__, url_prefix="/portal/umsaetze", template_folder="templates")

# What stands in the address, by the kind of movement.
KINDS = {"top_up": "aufladungen", "meal": "essen", "credit": "gutschriften"}
_NAMED = {word: kind for kind, word in KINDS.items()}
LIMIT = 30
MONTHS = 6  # in the chart


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: kind, child (its code) and month (its first day)."""

    kind: str | None = None
    child: str | None = None
    month: date | None = None

    @property
    def is_any(self) -> bool:
        """Whether it is narrowed at all."""
        return bool(self.kind or self.child or self.month)

    def query(self, **changed: str | None) -> dict[str, Any]:
        """The filters in an address, with one of them changed; None takes it away."""
        named = {
            "art": KINDS[self.kind] if self.kind else None,
            "kind": self.child,
            "monat": f"{self.month:%Y-%m}" if self.month else None,
            **changed,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    id: UUID
    text: str
    day: date
    cents: int
    shape: str
    sign: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the list: its total under the same filters, and its rows on this page."""

    first: date
    total_cents: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list. older: address of the next page; months_eaten: the chart's (month, cents)."""

    filters: Filters
    months: Sequence[Month]
    older: str | None
    is_first: bool
    children: Mapping[str, Called]
    known_months: Sequence[date]
    months_eaten: Sequence[tuple[date, int]]

    @property
    def most_cents(self) -> int:
        """The dearest month of the chart."""
        return max((cents for _, cents in self.months_eaten), default=0)

    @property
    def child_choices(self) -> list[tuple[str, str]]:
        """The children to narrow the list to."""
        return [(code, child.name) for code, child in self.children.items()]

    @property
    def month_choices(self) -> list[tuple[str, str]]:
        """The months to narrow the list to, the newest first."""
        return [(f"{first:%Y-%m}", day(first, "month")) for first in self.known_months]

    @property
    def nothing(self) -> str:
        """What is said where the filters leave nothing."""
        name = f"move.none.{self.filters.kind}" if self.filters.kind else "move.none"
        if self.filters.month is None:
            return say(name)
        return say(f"{name}.in", month=day(self.filters.month, "month"))

    def short_month(self, first: date) -> str:
        """`Nov.`, for a bar."""
        return format_date(first, "LLL", locale=language())


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show_all() -> Response:
    """The list, narrowed to what its address says."""
    today, wallet = business_day(now()), caller().wallet or ""
    with books().read_only() as session:
        children = called(session, caller(), on=today)
        filters = _filters(children)
        found = movements(
            session, wallet, kind=filters.kind, child=filters.child, month=filters.month,
            after=_after(), limit=LIMIT,
        )  # fmt: skip
        sums = _sums(session, filters, found)
        first = months_back(today, MONTHS - 1)
        eaten = month_sums(session, wallet, first=first, last=today, kind="meal")
    bars = list(dropwhile(lambda bar: not bar[1], ((one, -cents) for one, cents in eaten.items())))
    page = ListPage(
        filters, _by_month(found, sums, children), _older(filters, found), _after() is None,
        children, list(eaten)[::-1], bars,
    )  # fmt: skip
    return render("portal/movements/list.html", page, tab="movements")


def _filters(children: Mapping[str, Called]) -> Filters:
    child = request.args.get("kind", "")
    period = period_of(request.args.get("monat", ""))
    return Filters(
        _NAMED.get(request.args.get("art", "")),
        child if child in children else None,
        period.first if period and period.month else None,
    )


def _after() -> int | None:
    return request.args.get("nach", type=int)


def _sums(session: Session, filters: Filters, found: MovementPage) -> Mapping[date, int]:
    """The whole months of the rows on this page, whatever part of them it shows."""
    if not found.movements:
        return {}
    return month_sums(
        session, caller().wallet or "", first=found.movements[-1].day,
        last=found.movements[0].day, kind=filters.kind, child=filters.child,
    )  # fmt: skip


def _by_month(
    found: MovementPage, sums: Mapping[date, int], children: Mapping[str, Called]
) -> list[Month]:
    rows: dict[date, list[Row]] = {}
    for one in found.movements:
        rows.setdefault(one.day.replace(day=1), []).append(_row(one, children))
    return [Month(first, sums[first], each) for first, each in rows.items()]


def _row(one: Movement, children: Mapping[str, Called]) -> Row:
    sign = sign_of(children, one.child)
    shape = "meal" if one.kind == "meal" else "plus" if one.amount_cents > 0 else "receipt"
    return Row(one.id, text_of(one, children), one.day, one.amount_cents, shape, sign)


def _older(filters: Filters, found: MovementPage) -> str | None:
    if found.after is None:
        return None
    return url_for("movements.show_all", **filters.query(nach=str(found.after)))
