"""What accounts moved on business days: read from the turnover of the blocks and the unsealed tail.

Every read stands under a `Cut` of `ledger.balances`, so a figure of the past stays what it was.
An account here is one of the chart: of a control account the whole sub-ledger below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.balances import Cut


@dataclass(frozen=True, slots=True)
class Moved:
    """What one account or one day moved, in cents; `name` is a code or an ISO day."""

    name: str
    debit_cents: int
    credit_cents: int

    @property
    def net_cents(self) -> int:
        """Debits less credits."""
        return self.debit_cents - self.credit_cents


# Which accounts a read is about: one, or all below a control account. Two texts, because a plan for
# one must not serve thousands.
ITSELF = "= :account"
BELOW = "IN (SELECT id FROM account WHERE control_id = :account)"


@dataclass(frozen=True, slots=True)
class EntryRange:
    """Entries that can be of a day: above `before` up to `until`, and all above `sealed`."""

    before: int
    until: int
    sealed: int


_MOVED = """
    SELECT {name}, sum(debit_cents)::bigint, sum(credit_cents)::bigint FROM (
        SELECT account_id, booked_on, debit_cents, credit_cents FROM turnover
         WHERE booked_on BETWEEN :first AND :last AND block_number <= :block
           AND account_id {which}
        UNION ALL
        SELECT debit_account, booked_on, amount_cents, 0 FROM transfer
         WHERE :with_tail AND entry_id > :last_entry AND booked_on BETWEEN :first AND :last
           AND debit_account {which}
        UNION ALL
        SELECT credit_account, booked_on, 0, amount_cents FROM transfer
         WHERE :with_tail AND entry_id > :last_entry AND booked_on BETWEEN :first AND :last
           AND credit_account {which}) moved
      JOIN account a ON a.id = moved.account_id
     GROUP BY 1 ORDER BY 1"""


def moved_by_day(
    session: Session, code: str, cut: Cut, *, first: date, last: date
) -> Sequence[Moved]:
    """The days from `first` to `last` on which the account moved, by day. Raises UnknownAccount."""
    return _moved(session, code, cut, first=first, last=last, name="booked_on::text")


def moved_by_account(
    session: Session, code: str, cut: Cut, *, first: date, last: date
) -> Sequence[Moved]:
    """The accounts at or below `code` that moved in these days, by code. Raises UnknownAccount."""
    return _moved(session, code, cut, first=first, last=last, name="a.code")


_STANDING = """
    SELECT a.code AS name, total.debit_cents, total.credit_cents
      FROM account a
      LEFT JOIN LATERAL (
           SELECT debit_cents, credit_cents FROM account_total t
            WHERE t.account_id = a.id AND t.block_number <= :block
            ORDER BY t.block_number DESC LIMIT 1) total ON true
     WHERE {which} AND NOT a.is_control AND total.debit_cents IS NOT NULL"""

_LATER = """
    SELECT a.code AS name, -sum(m.debit_cents)::bigint, -sum(m.credit_cents)::bigint
      FROM turnover m JOIN account a ON a.id = m.account_id
     WHERE m.booked_on > :as_of AND m.block_number <= :block AND {which} GROUP BY 1"""

_TAIL = """
    SELECT a.code AS name, sum(t.amount_cents)::bigint, 0::bigint
      FROM transfer t JOIN account a ON a.id = t.debit_account
     WHERE t.entry_id > :last_entry AND t.booked_on <= :as_of AND {which} GROUP BY 1
    UNION ALL
    SELECT a.code, 0, sum(t.amount_cents)::bigint
      FROM transfer t JOIN account a ON a.id = t.credit_account
     WHERE t.entry_id > :last_entry AND t.booked_on <= :as_of AND {which} GROUP BY 1"""


_WHICH = """(a.code = ANY (CAST(:controls AS text[])) OR a.control_id IN
    (SELECT c.id FROM account c WHERE c.code = ANY (CAST(:controls AS text[]))))"""


def standing(session: Session, cut: Cut, controls: Sequence[str] | None = None) -> Sequence[Moved]:
    """All debits and credits of every account that ever moved, by code, sub-ledgers one by one.

    controls: only these accounts of the chart and what is below them. One index look-up for each
    account: the number of blocks and entries does not matter.
    """
    which = "true" if controls is None else _WHICH
    parts = [_STANDING, *([_LATER] if cut.as_of else []), *([_TAIL] if cut.with_tail else [])]
    union = " UNION ALL ".join(part.format(which=which) for part in parts)
    rows = session.execute(
        text("SELECT name, sum(debit_cents)::bigint, sum(credit_cents)::bigint"
             f" FROM ({union}) AS held GROUP BY 1 ORDER BY 1"),
        {"block": cut.block_number, "last_entry": cut.last_entry, "as_of": cut.as_of or date.max,
         "controls": list(controls or ())},
    )  # fmt: skip
    return [Moved(*row) for row in rows]


# From day to day by the index, whose first and last block of a day are one look each: a day has
# as many rows as accounts moved on it.
_RANGE = """
    WITH RECURSIVE moved (booked_on) AS (
        (SELECT booked_on FROM turnover WHERE booked_on BETWEEN :first AND :last
          ORDER BY booked_on LIMIT 1)
        UNION ALL
        SELECT (SELECT t.booked_on FROM turnover t
                 WHERE t.booked_on > moved.booked_on AND t.booked_on <= :last
                 ORDER BY t.booked_on LIMIT 1)
          FROM moved WHERE moved.booked_on IS NOT NULL)
    SELECT coalesce((SELECT last_entry FROM block WHERE number = found.first - 1), 0) AS before,
           coalesce((SELECT last_entry FROM block WHERE number = found.last), 0) AS until,
           coalesce((SELECT max(last_entry) FROM block), 0) AS sealed
      FROM (SELECT min((SELECT min(t.block_number) FROM turnover t
                         WHERE t.booked_on = moved.booked_on)) AS first,
                   max((SELECT max(t.block_number) FROM turnover t
                         WHERE t.booked_on = moved.booked_on)) AS last FROM moved) found"""


def entries_between(session: Session, first: date, last: date) -> EntryRange:
    """Where the entries of these days lie, so that nothing else need be read."""
    return EntryRange(*session.execute(text(_RANGE), {"first": first, "last": last}).one())


# What was sealed before the first block with an entry of these days cannot be of these days.
_BEFORE = """
    SELECT coalesce(max(last_entry), 0) FROM block
     WHERE number < coalesce((SELECT min(block_number) FROM turnover WHERE booked_on >= :first),
                             (SELECT max(number) + 1 FROM block))"""


def last_entry_before(session: Session, first: date) -> int:
    """An entry behind which all entries of `first` and the days after it lie."""
    return session.scalar(text(_BEFORE), {"first": first}) or 0


def _moved(session: Session, code: str, cut: Cut, *, name: str, **days: date) -> list[Moved]:
    account = find_accounts(session, [code])[code]
    rows = session.execute(
        text(_MOVED.format(name=name, which=BELOW if account.is_control else ITSELF)),
        {"account": account.id, "block": cut.block_number, "last_entry": cut.last_entry,
         "with_tail": cut.with_tail, **days},
    )  # fmt: skip
    return [Moved(*row) for row in rows]
