"""The chart of accounts with what stands on each, and the statement of one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.balances import Cut
from ledger.turnovers import Moved, moved_by_day, standing
from reconciliation.desk.accounts.lines import Lines, Wanted, statement_lines
from reconciliation.desk.accounts.parts import SHOWN, Account, find_account, held_of
from reconciliation.desk.asked import Knowledge

CLASSES = {
    "16": "Öffentlich-rechtliche Forderungen", "17": "Privatrechtliche Forderungen",
    "18": "Liquide Mittel und Verrechnung", "37": "Verbindlichkeiten", "39": "Abgrenzung",
    "43": "Öffentlich-rechtliche Entgelte", "44": "Privatrechtliche Entgelte",
    "45": "Sonstige Erträge", "54": "Aufwendungen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the chart. below: how many accounts of its sub-ledger ever moved, and how
    many of them are not even."""

    code: str
    name: str
    clearing: bool
    debit_cents: int
    credit_cents: int
    below: int
    uneven: int

    @property
    def net_cents(self) -> int:
        """Debits less credits."""
        return self.debit_cents - self.credit_cents


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """The accounts of one class of the chart."""

    title: str
    rows: Sequence[AccountRow]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a statement that shows turnovers by day."""

    day: date
    debit_cents: int
    credit_cents: int
    running_cents: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One account from `first` to the day of its knowledge. days: filled instead of lines where
    turnovers by day are asked for. pages: how many pages of lines there are."""

    account: Account
    first: date
    knowledge: Knowledge
    opening_cents: int
    debit_cents: int
    credit_cents: int
    lines: Lines | None
    days: Sequence[DayRow]
    page: int
    pages: int

    @property
    def closing_cents(self) -> int:
        """The balance at the end."""
        return self.opening_cents + self.debit_cents - self.credit_cents


def chart(session: Session, cut: Cut) -> Sequence[AccountGroup]:
    """Every account of the chart that ever moved, by class."""
    rows = session.execute(
        text("SELECT code, name, clearing FROM account WHERE control_id IS NULL ORDER BY code")
    ).all()
    held: dict[str, list[Moved]] = {}
    for each in standing(session, cut):
        held.setdefault(each.name.partition("/")[0], []).append(each)
    groups: dict[str, list[AccountRow]] = {}
    for row in rows:
        moved = [each for each in held.get(row.code, []) if each.debit_cents or each.credit_cents]
        if moved:
            title = CLASSES.get(row.code[:2], "Weitere Konten")
            groups.setdefault(title, []).append(
                _account_row(row.code, row.name, row.clearing, moved)
            )
    return [AccountGroup(title, accounts) for title, accounts in groups.items()]


def statement(
    session: Session, code: str, knowledge: Knowledge, *, first: date, page: int, by_day: bool
) -> Statement:
    """The statement of an account, with opening and closing balance. Raises UnknownAccount."""
    account, last = find_account(session, code), knowledge.as_of
    closing = sum(each.net_cents for each in held_of(session, account, knowledge.cut))
    moved = moved_by_day(session, code, knowledge.cut, first=first, last=last)
    debit = sum(each.debit_cents for each in moved)
    credit = sum(each.credit_cents for each in moved)
    opening = closing - debit + credit
    lines, pages = None, 1
    if not by_day:
        wanted = Wanted(find_accounts(session, [code])[code], first, last)
        lines = statement_lines(session, wanted, knowledge.cut, page=page)
        pages = max(1, -(-lines.count // SHOWN))
    return Statement(
        account, first, knowledge, opening, debit, credit, lines,
        _by_day(moved, opening) if by_day else (), page, pages,
    )  # fmt: skip


def _by_day(moved: Sequence[Moved], opening: int) -> Sequence[DayRow]:
    rows, running = [], opening
    for each in moved:
        running += each.net_cents
        day = date.fromisoformat(each.name)
        rows.append(DayRow(day, each.debit_cents, each.credit_cents, running))
    return rows


def _account_row(code: str, name: str, clearing: bool, moved: Sequence[Moved]) -> AccountRow:
    below = [each for each in moved if "/" in each.name]
    return AccountRow(
        code, name, clearing, sum(each.debit_cents for each in moved),
        sum(each.credit_cents for each in moved), len(below),
        sum(each.net_cents != 0 for each in below),
    )  # fmt: skip
