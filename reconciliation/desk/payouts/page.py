"""What the page of one payout shows, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.stored import stored_rulebook
from ledger.entries import Dimensions
from ledger.rules import RuleFault
from reconciliation.desk.payouts.equation import Term, equation
from reconciliation.desk.payouts.lines import (
    BankLine,
    Booked,
    Line,
    OpenCase,
    PlaceSum,
    bank_lines,
    bookings,
    by_place,
    lines_of,
    returned_on,
)
from reconciliation.desk.payouts.whole import Whole, neighbours
from reconciliation.desk.payouts.words import provider_word
from reconciliation.german import euros, german_day

LINES = 100  # of a page


@dataclass(frozen=True, slots=True)
class Side:
    """One line of what accepting a proposal would book."""

    account: str
    name: str
    debit_cents: int | None
    credit_cents: int | None


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """Everything the page says. lines: of this place and page; line_count, sums: of the place;
    first_open: the position of the first line that is not settled; posting: of the first case."""

    whole: Whole
    terms: Sequence[Term]
    lines: Sequence[Line]
    page: int
    last_page: int
    place: str
    every: Sequence[Line]
    chosen: Sequence[Line]
    places: Sequence[PlaceSum]
    cases: Sequence[OpenCase]
    posting: Sequence[Side]
    bank: Sequence[BankLine]
    bookings: Sequence[Booked]
    before: str | None
    after: str | None

    @property
    def booked_count(self) -> int:
        """Lines with an entry."""
        return sum(line.entry is not None for line in self.every)

    @property
    def first_open(self) -> Line | None:
        """The first line that waits for something."""
        return next((line for line in self.every if not line.is_settled), None)

    @property
    def gross_cents(self) -> int:
        """Of the chosen lines, as the other sums."""
        return sum(line.gross_cents for line in self.chosen)

    @property
    def fee_cents(self) -> int:
        """What the provider kept of them."""
        return sum(line.fee_cents for line in self.chosen)

    @property
    def net_cents(self) -> int:
        """What is left of them."""
        return sum(line.net_cents for line in self.chosen)

    @property
    def days(self) -> str:
        """The days of its lines, in the provider's day: UTC."""
        days = sorted({line.at.date() for line in self.every})
        if not days:
            return ""
        first, last = (german_day(day) for day in (days[0], days[-1]))
        return first if first == last else f"{first} bis {last}"


def payout_page(session: Session, shown: Whole, *, place: str = "", page: int = 1) -> PayoutPage:
    """All there is to say about one payout. place: only the lines of one place."""
    every, cases = lines_of(session, shown.number)
    chosen = [line for line in every if place in ("", line.place)]
    before, after = neighbours(session, shown)
    entries = bookings(session, shown.number)
    terms = equation(shown, every, returned_on(entries))
    return PayoutPage(
        shown, terms, chosen[(page - 1) * LINES : page * LINES], page,
        max(1, -(-len(chosen) // LINES)), place, every, chosen, by_place(every), cases,
        _posting(session, cases), bank_lines(session, shown.number),
        entries, before, after,
    )  # fmt: skip


def headline(shown: Whole, today: date) -> tuple[str, str]:
    """The answer as a sentence, and its shape."""
    word = "Einzug" if shown.amount_cents < 0 else "Auszahlung"
    name = f"{provider_word(shown.provider)}-{word} {german_day(shown.arrives_on)}"
    amount = euros(abs(shown.amount_cents))
    off = shown.remainder_cents or shown.off_cents
    match shown.kind:
        case "break" | "suggestion" if off:
            less = "weniger" if off < 0 else "mehr"
            return f"{name}: {euros(abs(off))} {less} als erwartet", _SHAPES[shown.kind]
        case "break" | "suggestion":
            return f"{name}: {_cases(len(shown.cases))}", _SHAPES[shown.kind]
        case "returned":
            return f"{name}: zurückgebucht, {amount} wieder beim Anbieter", "warning"
        case "closed":
            arrived = "abgebucht" if shown.amount_cents < 0 else "angekommen"
            return f"{name}: {amount} {arrived}, alles stimmt", "closed"
        case "late":
            return f"{name}: {amount} nicht angekommen", "warning"
    due = "heute" if shown.arrives_on == today else f"am {german_day(shown.arrives_on)}"
    return f"{name}: {amount} unterwegs, fällig {due}", "in-time"


_SHAPES: Mapping[str, str] = {"break": "difference", "suggestion": "warning"}


def known_words(shown: Whole) -> str:
    """How it came about, for the line below the headline."""
    made = f"angekündigt am {german_day(business_day(shown.made_at))}"
    if shown.provider == "stripe" and not shown.is_automatic:
        return f"{made}, von Hand ausgelöst: Stripe nennt keine Zeilen"
    return made


def _cases(count: int) -> str:
    return "1 offener Fall" if count == 1 else f"{count} offene Fälle"


def _posting(session: Session, cases: Sequence[OpenCase]) -> Sequence[Side]:
    """What accepting the first case's proposal would book; nothing where none is sound."""
    proposal = cases[0].proposal if cases else None
    if not proposal or not proposal.get("event"):
        return ()
    try:
        transfers = stored_rulebook(session).transfers(
            proposal["event"], amounts=proposal.get("amounts") or {},
            roles=proposal.get("roles") or {}, dimensions=Dimensions(),
        )  # fmt: skip
    except RuleFault:
        return ()
    codes = [code for moved in transfers for code in (moved.debit, moved.credit)]
    rows = session.execute(
        text("SELECT code, name FROM account WHERE code = ANY (CAST(:codes AS text[]))"),
        {"codes": codes},
    )
    names = {row.code: row.name for row in rows}
    sides: dict[str, Side] = {}
    for moved in transfers:
        _add(sides, moved.debit, names, debit_cents=moved.amount.cents)
        _add(sides, moved.credit, names, credit_cents=moved.amount.cents)
    return tuple(sides.values())


def _add(
    sides: dict[str, Side],
    code: str,
    names: Mapping[str, str],
    *,
    debit_cents: int = 0,
    credit_cents: int = 0,
) -> None:
    had = sides.get(code, Side(code, names.get(code, ""), None, None))
    sides[code] = Side(
        code, had.name, (had.debit_cents or 0) + debit_cents or None,
        (had.credit_cents or 0) + credit_cents or None,
    )  # fmt: skip
