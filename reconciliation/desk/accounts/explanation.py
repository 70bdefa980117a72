"""Why an account stands where it stands: an equation, and four columns that each add up to the
row on their left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.balances import balance, cut_at
from ledger.turnovers import moved_by_day
from reconciliation.desk.accounts.lines import (
    EVER,
    Line,
    Lines,
    Wanted,
    latest_lines,
    lines_of,
)
from reconciliation.desk.accounts.parts import (
    BEFORE,
    DATED,
    REST,
    SHOWN_DAYS,
    Account,
    Part,
    accounts_of,
    days_of,
    find_account,
    held_of,
)
from reconciliation.desk.asked import Knowledge
from reconciliation.desk.entries import EntryFacts, entry_facts

SHOWN_SINCE = 50
MOST_LINES = 100_000


@dataclass(frozen=True, slots=True)
class Equation:
    """opening + debit − credit = closing, in cents, debits positive; and what the closing is made
    of where a night has looked at exactly this balance."""

    opening_cents: int
    debit_cents: int
    credit_cents: int
    closing_cents: int
    in_time_cents: int | None = None
    suggestion_cents: int | None = None
    difference_cents: int | None = None
    cases: Sequence[int] = ()

    @property
    def is_divided(self) -> bool:
        """Whether the night divided it."""
        return self.in_time_cents is not None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: rows, the one that is selected, and what they must add up to."""

    parts: Sequence[Part]
    chosen: Part | None
    wanted_cents: int

    @property
    def sum_cents(self) -> int:
        """What the rows add up to."""
        return sum(part.cents for part in self.parts)

    @property
    def rest_cents(self) -> int:
        """What is missing to the row on the left; 0 is what one expects."""
        return self.wanted_cents - self.sum_cents


@dataclass(frozen=True, slots=True)
class Since:
    """What became known after the chosen moment: entries of days up to the chosen one."""

    then_cents: int
    now_cents: int
    lines: Lines


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole page. sealed: instants to choose from; since: None for the knowledge of today."""

    account: Account
    knowledge: Knowledge
    equation: Equation
    days: Column
    parts: Column
    lines: Lines
    line_rest_cents: int
    chosen_entry: EntryFacts | None
    sealed: Sequence[datetime]
    since: Since | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address selects in each column; None: its first row."""

    day: str | None = None
    part: str | None = None
    entry: int | None = None


def explain(session: Session, code: str, knowledge: Knowledge, chosen: Chosen) -> Explanation:
    """The explanation of this account's balance. Raises UnknownAccount."""
    account, cut = find_account(session, code), knowledge.cut
    held = held_of(session, account, cut)
    equation = _equation(session, account, knowledge, sum(each.net_cents for each in held))
    days = _column(days_of(session, account, cut, held), chosen.day, equation.closing_cents)
    parts = Column((), None, 0)
    lines = Lines((), 0, 0)
    if days.chosen:
        found = accounts_of(session, account, cut, held=held, key=days.chosen.key)
        parts = _column(found, chosen.part, days.chosen.cents)
    if days.chosen and parts.chosen and parts.chosen.key != REST:
        lines = lines_of(session, account, cut, days.chosen.key, parts.chosen.key)
    entry = _entry(session, lines.lines, chosen.entry)
    shown = lines.before_cents + sum(line.cents for line in lines.lines)
    rest = parts.chosen.cents - shown if parts.chosen and parts.chosen.key != REST else 0
    since = _since(session, account, knowledge) if knowledge.known_at else None
    return Explanation(
        account, knowledge, equation, days, parts, lines, rest, entry,
        _sealed(session, knowledge.as_of), since,
    )  # fmt: skip


def _column(parts: Sequence[Part], key: str | None, wanted_cents: int) -> Column:
    chosen = next((part for part in parts if part.key == key), parts[0] if parts else None)
    return Column(parts, chosen, wanted_cents)


def _entry(session: Session, lines: Sequence[Line], entry_id: int | None) -> EntryFacts | None:
    ids = [line.entry_id for line in lines]
    if not ids:
        return None
    return entry_facts(session, entry_id if entry_id in ids else ids[0])


def _equation(session: Session, account: Account, knowledge: Knowledge, closing: int) -> Equation:
    as_of = knowledge.as_of
    moved = moved_by_day(session, account.code, knowledge.cut, first=as_of, last=as_of)
    debit = sum(each.debit_cents for each in moved)
    credit = sum(each.credit_cents for each in moved)
    sums = (closing - debit + credit, debit, credit, closing)
    night = session.execute(text(_NIGHT), {"account": account.code, "day": as_of}).one_or_none()
    if night is None or night.balance_cents != closing:
        return Equation(*sums)
    cases = session.scalars(text(_CASES), {"account": account.code, "day": as_of}).all()
    return Equation(
        *sums, night.in_time_cents, night.suggestion_cents, night.difference_cents, tuple(cases)
    )


# The newest night over exactly this day.
_NIGHT = """
    SELECT a.balance_cents, a.in_time_cents, a.suggestion_cents, a.difference_cents
      FROM night_account a JOIN night_run r ON r.run = a.run
     WHERE a.account = :account AND r.day = :day ORDER BY r.id DESC LIMIT 1"""

_CASES = """
    SELECT number FROM difference
     WHERE account = :account AND since <= :day AND closed_at IS NULL
       AND severity IN ('break', 'suggestion') ORDER BY number LIMIT 20"""


def _sealed(session: Session, as_of: date) -> Sequence[datetime]:
    """The last seal of each of the days after this one: moments whose knowledge one may ask for."""
    rows = session.scalars(
        text("SELECT max(sealed_at) FROM block WHERE sealed_at >= :from"
             " GROUP BY (sealed_at AT TIME ZONE 'Europe/Berlin')::date ORDER BY 1 DESC LIMIT 14"),
        {"from": as_of - timedelta(days=1)},
    )  # fmt: skip
    return tuple(rows)


def _since(session: Session, account: Account, knowledge: Knowledge) -> Since:
    """What the knowledge of today has that the chosen one had not."""
    as_of = knowledge.as_of
    today = cut_at(session, as_of=as_of, known_at=None)
    then = balance(session, account.code, as_of=as_of, known_at=knowledge.known_at)
    now = balance(session, account.code, as_of=as_of)
    found = find_accounts(session, [account.code])[account.code]
    later = Wanted(found, EVER, as_of, after=knowledge.cut.last_entry)
    lines = latest_lines(session, later, today, limit=SHOWN_SINCE)
    return Since(then.debit_balance_cents, now.debit_balance_cents, lines)


def proof_lines(session: Session, code: str, knowledge: Knowledge) -> tuple[int, Sequence[Line]]:
    """What the balance is made of, for a file: what stood there before, and every transfer since.

    Of an account by terminal and day, all transfers of those that are not even.
    """
    account, cut = find_account(session, code), knowledge.cut
    held = held_of(session, account, cut)
    days = days_of(session, account, cut, held)
    if account.shape != DATED:
        first = knowledge.as_of - timedelta(days=SHOWN_DAYS - 1)
        wanted = Wanted(find_accounts(session, [code])[code], first, knowledge.as_of)
        before = sum(part.cents for part in days if part.key == BEFORE)
        return before, latest_lines(session, wanted, cut, limit=MOST_LINES).lines
    parts = [
        part for day in days
        for part in accounts_of(session, account, cut, held=held, key=day.key)
    ]  # fmt: skip
    codes = find_accounts(session, [part.key for part in parts if part.key != REST])
    return 0, [
        line for each in codes.values()
        for line in latest_lines(
            session, Wanted(each, EVER, knowledge.as_of), cut, limit=MOST_LINES
        ).lines
    ]  # fmt: skip
