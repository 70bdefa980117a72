"""The parts of an account: what kind of sub-ledger it has, its days and the accounts below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.balances import Cut
from ledger.calendar import bank_days_between
from ledger.turnovers import Moved, entries_between, moved_by_account, moved_by_day, standing
from reconciliation.desk.event_words import event_word

DATED, KEPT, PLAIN = "dated", "kept", "plain"
SHOWN_DAYS = 14
SHOWN = 100
IN_TIME_BANK_DAYS = 5
BEFORE = "davor"
REST = "weitere"
NO_LIMIT = 2**63 - 1
_DATED = re.compile(r"/\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Account:
    """One account as its pages need it. shape: DATED (a sub-ledger by terminal and day), KEPT
    (another sub-ledger: wallets, passes, tills), PLAIN. normal: 1 for assets and expenses."""

    code: str
    name: str
    kind: str
    shape: str
    clearing: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a column. key: what the address says; words: what the row says; cents: debits
    less credits. state: in_time, break or closed; None where that says nothing."""

    key: str
    words: str
    note: str
    cents: int
    count: int | None = None
    state: str | None = None


def find_account(session: Session, code: str) -> Account:
    """The account of this code. Raises UnknownAccount."""
    find_accounts(session, [code])
    row = session.execute(
        text("SELECT a.code, a.name, a.kind, a.is_control, a.clearing,"
             " (SELECT s.code FROM account s WHERE s.control_id = a.id LIMIT 1) AS one_below"
             " FROM account a WHERE a.code = :code"),
        {"code": code},
    ).one()  # fmt: skip
    shape = PLAIN
    if row.is_control:
        shape = DATED if row.one_below and _DATED.search(row.one_below) else KEPT
    return Account(row.code, row.name, row.kind, shape, row.clearing)


def held_of(session: Session, account: Account, cut: Cut) -> Sequence[Moved]:
    """What stands on the account, or on each account below it; read once for a whole page."""
    return standing(session, cut, [account.code])


def days_of(session: Session, account: Account, cut: Cut, held: Sequence[Moved]) -> Sequence[Part]:
    """The first column: the days whose rest makes up the balance, the newest first.

    Of an account by terminal and day those that are not even; of any other one the last days'
    movements, and in one row what stood there before. Adds up to the balance.
    """
    assert cut.as_of is not None
    if account.shape == DATED:
        return _open_days(session, account, held, cut.as_of)
    first = cut.as_of - timedelta(days=SHOWN_DAYS - 1)
    moved = moved_by_day(session, account.code, cut, first=first, last=cut.as_of)
    before = sum(each.net_cents for each in held) - sum(each.net_cents for each in moved)
    parts = [Part(each.name, _day(each.name), "", each.net_cents) for each in reversed(moved)]
    if before or not parts:
        parts.append(Part(BEFORE, f"vor dem {first:%d.%m.}", "Saldo davor", before))
    return parts


def accounts_of(
    session: Session, account: Account, cut: Cut, *, held: Sequence[Moved], key: str
) -> Sequence[Part]:
    """The second column: the sub-ledger of a day, or what happened on it; the largest first.

    key: of the first column; held: as `held_of` read it. Adds up to that row; what is too much
    for a page is one row.
    """
    assert cut.as_of is not None
    if account.shape == DATED:
        suffix = f"/{key}"
        of_day = [each for each in held if each.name.endswith(suffix) and each.net_cents]
        return _largest(_terminals(session, of_day))
    if account.shape == PLAIN:
        return _largest(_happened(session, account, cut, key))
    if key == BEFORE:
        first = cut.as_of - timedelta(days=SHOWN_DAYS)
        earlier = Cut(cut.block_number, cut.last_entry, cut.with_tail, first)
        moved: Sequence[Moved] = standing(session, earlier, [account.code])
    else:
        day = date.fromisoformat(key)
        moved = moved_by_account(session, account.code, cut, first=day, last=day)
    parts = [_below(account, each) for each in moved if each.debit_cents or each.credit_cents]
    return _largest([part for part in parts if part.cents or key != BEFORE])


# Days on which a difference of this account began.
_BROKEN = """
    SELECT DISTINCT since FROM difference
     WHERE account = :account AND closed_at IS NULL AND severity = 'break'"""


def _open_days(
    session: Session, account: Account, held: Sequence[Moved], as_of: date
) -> Sequence[Part]:
    broken = {str(since) for since in session.scalars(text(_BROKEN), {"account": account.code})}
    by_day: dict[str, list[Moved]] = {}
    for each in held:
        if each.net_cents:
            by_day.setdefault(each.name.rpartition("/")[2], []).append(each)
    return [
        Part(
            key, _day(key), "", sum(each.net_cents for each in by_day[key]), len(by_day[key]),
            "in_time" if _is_in_time(key, as_of) and key not in broken else "break",
        )
        for key in sorted(by_day, reverse=True)
    ]  # fmt: skip


def _is_in_time(key: str, as_of: date) -> bool:
    return bank_days_between(date.fromisoformat(key), as_of) <= IN_TIME_BANK_DAYS


_TERMINALS = """
    SELECT a.code, f.name AS place,
           (SELECT count(*) FROM transfer t WHERE t.debit_account = a.id) AS count
      FROM account a LEFT JOIN terminal m ON m.code = split_part(a.code, '/', 2)
      LEFT JOIN facility f ON f.code = m.facility
     WHERE a.code = ANY (CAST(:codes AS text[]))"""


def _terminals(session: Session, held: Sequence[Moved]) -> list[Part]:
    """By terminal, with its place and how many payments it took."""
    rows = session.execute(text(_TERMINALS), {"codes": [each.name for each in held]})
    facts = {row[0]: row for row in rows}
    return [
        Part(each.name, each.name.split("/")[1], facts[each.name][1] or "", each.net_cents,
             facts[each.name][2])
        for each in held
    ]  # fmt: skip


_HAPPENED = """
    SELECT e.event AS name, sum(CASE WHEN t.debit_account = :account THEN t.amount_cents
                               ELSE -t.amount_cents END)::bigint AS cents, count(*) AS count
      FROM (SELECT * FROM transfer WHERE debit_account = :account AND booked_on BETWEEN :first AND
                   :last AND ((entry_id > :before AND entry_id <= :until) OR entry_id > :sealed)
            UNION ALL
            SELECT * FROM transfer WHERE credit_account = :account AND booked_on BETWEEN :first AND
                   :last AND ((entry_id > :before AND entry_id <= :until) OR entry_id > :sealed)) t
      JOIN entry e ON e.id = t.entry_id
     WHERE t.entry_id <= :known GROUP BY 1"""


def _happened(session: Session, account: Account, cut: Cut, key: str) -> list[Part]:
    """Of an account without a sub-ledger: by event on a day, or by month before the days."""
    assert cut.as_of is not None
    if key == BEFORE:
        last = cut.as_of - timedelta(days=SHOWN_DAYS)
        moved = moved_by_day(session, account.code, cut, first=date.min, last=last)
        months: dict[str, int] = {}
        for each in moved:
            months[each.name[:7]] = months.get(each.name[:7], 0) + each.net_cents
        return [Part(month, f"{month[5:]}/{month[:4]}", "", months[month]) for month in months]
    day = date.fromisoformat(key)
    within = entries_between(session, day, day)
    rows = session.execute(
        text(_HAPPENED),
        {"account": find_accounts(session, [account.code])[account.code].id, "first": day,
         "last": day, "before": within.before, "until": within.until, "sealed": within.sealed,
         "known": last_known(cut)},
    )  # fmt: skip
    return [Part(row[0], event_word(row[0]), "", row[1], row[2]) for row in rows]


def last_known(cut: Cut) -> int:
    """The largest entry a cut counts."""
    return NO_LIMIT if cut.with_tail else cut.last_entry


def _below(account: Account, each: Moved) -> Part:
    words = each.name.partition("/")[2] or "direkt gebucht"
    return Part(each.name, words, account.name if "/" not in each.name else "", each.net_cents)


def _largest(parts: list[Part]) -> Sequence[Part]:
    """The largest of them, and one row for the rest."""
    ordered = sorted(parts, key=lambda part: (-abs(part.cents), part.key))
    if len(ordered) <= SHOWN:
        return ordered
    rest = ordered[SHOWN:]
    cents = sum(part.cents for part in rest)
    return [*ordered[:SHOWN], Part(REST, f"{len(rest)} weitere", "", cents, len(rest))]


def _day(key: str) -> str:
    on = date.fromisoformat(key)
    return f"{('Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So')[on.weekday()]} {on:%d.%m.}"
