"""What a statement shows: sums by kind and child, every movement, and the chart of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from ledger.movements import Movement, Statement
from terminals.face.page import day, language, say
from terminals.portal.child_names import Called
from terminals.portal.child_names import name_of as name_of_child
from terminals.portal.movement_words import text_of
from terminals.portal.periods import Period

# What stands under a name of its own; everything else is "others".
TOP_UPS, CREDITS = ("top_up",), ("credit",)


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the summary; count: of meals, None where nothing is counted."""

    words: str
    count: int | None
    cents: int


@dataclass(frozen=True, slots=True)
class Line:
    """A movement; balance_cents: after it, None where only one child's meals are shown."""

    day: date
    text: str
    kind: str
    child: str
    cents: int
    balance_cents: int | None
    subsidy_cents: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A statement. child: the code of the one that is shown alone. knows_subsidy: the payer is
    entitled, so the column can be asked for; with_subsidy: it was. months: of a year's chart."""

    period: Period
    title: str
    wallet: str
    opening_cents: int
    closing_cents: int
    sums: Sequence[Sum]
    lines: Sequence[Line]
    children: Mapping[str, Called]
    child: str | None
    knows_subsidy: bool
    with_subsidy: bool
    months: Sequence[tuple[date, int]]
    made_on: date
    query: Mapping[str, str]

    @property
    def total_cents(self) -> int:
        """Of everything shown."""
        return sum(line.cents for line in self.lines)

    @property
    def most_cents(self) -> int:
        """The dearest month of the chart."""
        return max((cents for _, cents in self.months), default=0)

    @property
    def subsidy_cents(self) -> int:
        """What an authority paid of everything shown."""
        return sum(line.subsidy_cents for line in self.lines)

    @property
    def child_choices(self) -> list[tuple[str, str]]:
        """The children, one of whom may be shown alone."""
        return [(code, child.name) for code, child in self.children.items()]

    def short_month(self, first: date) -> str:
        """`Nov.`, for a bar."""
        return format_date(first, "LLL", locale=language())


@dataclass(frozen=True, slots=True)
class Shown:
    """What the address asks for: one child alone, and the column of the subsidy."""

    child: str | None
    with_subsidy: bool

    @property
    def query(self) -> dict[str, str]:
        """The same in an address."""
        return {
            **({"kind": self.child} if self.child else {}),
            **({"zuschuss": "ja"} if self.with_subsidy else {}),
        }


def statement_page(
    period: Period, found: Statement, shown: Shown, *, wallet: str,
    children: Mapping[str, Called], knows_subsidy: bool, today: date,
) -> StatementPage:  # fmt: skip
    """The page over what the books say of this period."""
    with_subsidy = shown.with_subsidy and knows_subsidy
    meals = [one for one in found.movements if one.kind == "meal"]
    moved = [one for one in meals if one.child == shown.child] if shown.child else found.movements
    return StatementPage(
        period, _title(period, shown, children), wallet, found.opening_cents, found.closing_cents,
        _sums(found, shown, children), _lines(found, moved, children, shown), children,
        shown.child, knows_subsidy, with_subsidy, _months(period, moved, today), today, shown.query,
    )  # fmt: skip


def name_of(period: Period) -> str:
    """`2026` or `November 2026`."""
    return str(period.year) if period.month is None else day(period.first, "month")


def _title(period: Period, shown: Shown, children: Mapping[str, Called]) -> str:
    name = name_of(period)
    if shown.child:
        return say("stat.of.child", child=children[shown.child].name, period=name)
    if period.month is None:
        return say("stat.of.year", year=name)
    return say("stat.of.month", month=name)


def _sums(found: Statement, shown: Shown, children: Mapping[str, Called]) -> list[Sum]:
    """The summary; a child's meals stand with what they took from the balance."""
    eaten = [
        Sum(_meals_of(one.child, children), one.days, -one.own_cents)
        for one in found.children
        if shown.child in (None, one.child)
    ]
    if shown.child:
        return eaten
    named = {"stat.top_ups": TOP_UPS, "stat.credits": CREDITS}
    by_name = {
        words: sum(found.sums.get(kind, 0) for kind in kinds) for words, kinds in named.items()
    }
    known = sum(one.cents for one in eaten) + sum(by_name.values())
    rest = found.closing_cents - found.opening_cents - known
    others = [Sum(say("stat.others"), None, rest)] if rest else []
    top_ups = Sum(say("stat.top_ups"), None, by_name["stat.top_ups"])
    credits = Sum(say("stat.credits"), None, by_name["stat.credits"])
    return [top_ups, *eaten, *([credits] if credits.cents else []), *others]


def _meals_of(child: str, children: Mapping[str, Called]) -> str:
    return say("stat.meals", child=name_of_child(children, child)).strip()


def _lines(
    found: Statement, moved: Sequence[Movement], children: Mapping[str, Called], shown: Shown
) -> list[Line]:
    lines, balance = [], found.opening_cents
    for one in moved:
        balance += one.amount_cents
        cents = one.amount_cents
        if shown.child:  # what was paid for the child, whichever way: the balance is not shown
            cents = -sum(line.own_cents for line in one.lines)
        name = name_of_child(children, one.child)
        lines.append(
            Line(
                one.day, text_of(one, children), one.kind, name, cents,
                None if shown.child else balance, one.subsidy_cents,
            )
        )  # fmt: skip
    return lines


def _months(period: Period, moved: Sequence[Movement], today: date) -> list[tuple[date, int]]:
    """What meals cost, month by month until now; of a year alone."""
    if period.month is not None:
        return []
    sums = {date(period.year, month, 1): 0 for month in range(1, 13)}
    for one in moved:
        if one.kind == "meal":
            sums[one.day.replace(day=1)] -= one.amount_cents
    return [(first, cents) for first, cents in sums.items() if first <= today]
