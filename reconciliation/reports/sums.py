"""Sums of sealed blocks: kept once by the night, and read by every page and report of a month.

A sum of a block never changes, so a question about the past gets the same answer for ever. What
is not summed up yet is read from the books; the figures are the same with and without sums.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import ids_below
from ledger.balances import cut_at

Found = TypeVar("Found")
NO_LIMIT = 2**63 - 1

# Every account with the one of the chart it is summed up under; authorities that pay subsidies
# stay apart.
_CHART = """
    SELECT a.id, CASE WHEN c.code <> '161900' THEN c.id ELSE a.id END AS chart
      FROM account a LEFT JOIN account c ON c.id = a.control_id"""

_NEW = """
    SELECT b.number, coalesce(p.last_entry, 0) AS after, b.last_entry AS until
      FROM block b LEFT JOIN block p ON p.number = b.number - 1
     WHERE b.number > coalesce((SELECT max(block_number) FROM entry_day), 0) ORDER BY b.number"""

_KEEP = (
    """
    INSERT INTO entry_day (block_number, booked_on, entry_count)
    SELECT :number, booked_on, count(*) FROM entry WHERE id > :after AND id <= :until GROUP BY 2""",
    f"""
    INSERT INTO event_turnover (booked_on, block_number, event, debit_account, credit_account,
                                tax_code, sphere, cents, line_count)
    SELECT t.booked_on, :number, e.event, d.chart, c.chart, t.tax_code, t.sphere,
           sum(t.amount_cents)::bigint, count(*)
      FROM transfer t JOIN entry e ON e.id = t.entry_id
      JOIN ({_CHART}) d ON d.id = t.debit_account JOIN ({_CHART}) c ON c.id = t.credit_account
     WHERE t.entry_id > :after AND t.entry_id <= :until
     GROUP BY t.booked_on, e.event, d.chart, c.chart, t.tax_code, t.sphere""",
    f"""
    INSERT INTO chart_turnover (account_id, booked_on, block_number, debit_cents, credit_cents)
    SELECT a.chart, m.booked_on, :number, sum(m.debit_cents)::bigint, sum(m.credit_cents)::bigint
      FROM turnover m JOIN ({_CHART}) a ON a.id = m.account_id
     WHERE m.block_number = :number GROUP BY a.chart, m.booked_on""",
    """
    INSERT INTO release_day (pass, number, turn, key, booked_on, block_number)
    SELECT r.pass, r.number, r.turn, r.key, e.booked_on, :number
      FROM entry e JOIN pass_release r ON r.key = e.key WHERE e.id > :after AND e.id <= :until""",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a read counts: sums up to `kept_block`, and from the books the entries after
    `kept_entry` up to `until_entry`."""

    kept_block: int
    kept_entry: int
    until_entry: int


@dataclass(frozen=True, slots=True)
class Booked:
    """What one kind of event moved between two accounts of the chart, in cents."""

    event: str
    debit: str
    credit: str
    tax_code: str | None
    sphere: str | None
    cents: int
    line_count: int


@dataclass(frozen=True, slots=True)
class Around:
    """An account of the chart before the first day and at the end of the last; debits less
    credits, in cents."""

    opening_cents: int
    closing_cents: int


Arounds = Mapping[str, Around]


def keep_sums(session: Session) -> int:
    """Sum up every sealed block that is not summed up yet; rows written."""
    written = 0
    for block in session.execute(text(_NEW)).all():
        for statement in _KEEP:
            done = session.connection().execute(text(statement), dict(block._mapping))
            written += done.rowcount
    return written


_KEPT = """
    SELECT number, last_entry FROM block
     WHERE number = (SELECT max(block_number) FROM entry_day WHERE block_number <= :block)"""


def reach(session: Session, known_at: datetime | None) -> Reach:
    """How far the sums carry a read of what was known at this instant; None: of everything."""

    def read() -> Reach:
        cut = cut_at(session, as_of=None, known_at=known_at)
        row = session.execute(text(_KEPT), {"block": cut.block_number}).one_or_none()
        number, last_entry = row or (0, 0)
        return Reach(number, last_entry, NO_LIMIT if cut.with_tail else cut.last_entry)

    return _remembered(session, ("reach", known_at), read)


_BOOKED = f"""
    SELECT m.event, d.code, c.code, m.tax_code, m.sphere, sum(m.cents)::bigint,
           sum(m.line_count)::bigint
      FROM (SELECT event, debit_account, credit_account, tax_code, sphere, cents, line_count
              FROM event_turnover
             WHERE booked_on BETWEEN :first AND :last AND block_number <= :kept_block
            UNION ALL
            SELECT e.event, d.chart, c.chart, t.tax_code, t.sphere, t.amount_cents, 1
              FROM transfer t JOIN entry e ON e.id = t.entry_id
              JOIN ({_CHART}) d ON d.id = t.debit_account
              JOIN ({_CHART}) c ON c.id = t.credit_account
             WHERE t.entry_id > :kept_entry AND t.entry_id <= :until_entry
               AND t.booked_on BETWEEN :first AND :last) m
      JOIN account d ON d.id = m.debit_account JOIN account c ON c.id = m.credit_account
     GROUP BY m.event, d.code, c.code, m.tax_code, m.sphere
     ORDER BY m.event, d.code, c.code, m.tax_code, m.sphere"""


def booked(
    session: Session, first: date, last: date, known_at: datetime | None
) -> Sequence[Booked]:
    """Everything these days moved, by event, accounts, tax code and sphere."""

    def read() -> Sequence[Booked]:
        values = {"first": first, "last": last, **asdict(reach(session, known_at))}
        return [Booked(*row) for row in session.execute(text(_BOOKED), values)]

    return _remembered(session, ("booked", first, last, known_at), read)


_AROUND = f"""
    SELECT a.code, coalesce(sum(m.cents) FILTER (WHERE m.booked_on < :first), 0)::bigint,
           sum(m.cents)::bigint
      FROM (SELECT account_id, booked_on, debit_cents - credit_cents AS cents FROM chart_turnover
             WHERE booked_on <= :last AND block_number <= :kept_block
            UNION ALL
            SELECT x.chart, t.booked_on, side.cents
              FROM transfer t CROSS JOIN LATERAL (
                   VALUES (t.debit_account, t.amount_cents), (t.credit_account, -t.amount_cents)
                   ) AS side (account, cents)
              JOIN ({_CHART}) x ON x.id = side.account
             WHERE t.entry_id > :kept_entry AND t.entry_id <= :until_entry
               AND t.booked_on <= :last) m
      JOIN account a ON a.id = m.account_id GROUP BY a.code"""


def around(session: Session, first: date, last: date, known_at: datetime | None) -> Arounds:
    """Every account of the chart before the first day and at the end of the last, by code.

    A control account is one sum; 161900 has one for each authority. What never moved is absent.
    """

    def read() -> Arounds:
        values = {"first": first, "last": last, **asdict(reach(session, known_at))}
        return {row[0]: Around(*row[1:]) for row in session.execute(text(_AROUND), values)}

    return _remembered(session, ("around", first, last, known_at), read)


# Running totals of the newest block that holds no later day, and on top what later blocks hold of
# the days up to the last one: late arrivals, so a few rows however long ago the day is.
_HELD = """
    WITH own AS (SELECT unnest(CAST(:accounts AS int[])) AS id),
    base AS (
        SELECT coalesce(min(block_number) - 1, :kept_block) AS block FROM entry_day
         WHERE booked_on > :last AND block_number <= :kept_block),
    late AS (
        SELECT DISTINCT n.booked_on, base.block FROM entry_day n, base
         WHERE n.block_number > base.block AND n.block_number <= :kept_block
           AND n.booked_on <= :last)
    SELECT a.code, sum(m.cents)::bigint FROM (
        SELECT own.id, total.cents FROM own CROSS JOIN base CROSS JOIN LATERAL (
            SELECT t.debit_cents - t.credit_cents AS cents FROM account_total t
             WHERE t.account_id = own.id AND t.block_number <= base.block
             ORDER BY t.block_number DESC LIMIT 1) total
        UNION ALL
        SELECT own.id, moved.cents FROM late CROSS JOIN LATERAL (
            SELECT m.account_id, m.debit_cents - m.credit_cents AS cents FROM turnover m
             WHERE m.booked_on = late.booked_on AND m.block_number > late.block
               AND m.block_number <= :kept_block OFFSET 0) moved
          JOIN own ON own.id = moved.account_id
        UNION ALL
        SELECT debit_account, amount_cents FROM transfer
         WHERE entry_id > :kept_entry AND entry_id <= :until_entry AND booked_on <= :last
           AND debit_account = ANY (CAST(:accounts AS int[]))
        UNION ALL
        SELECT credit_account, -amount_cents FROM transfer
         WHERE entry_id > :kept_entry AND entry_id <= :until_entry AND booked_on <= :last
           AND credit_account = ANY (CAST(:accounts AS int[]))) m
      JOIN account a ON a.id = m.id GROUP BY a.code ORDER BY a.code"""


def held_below(
    session: Session, controls: Sequence[str], last: date, known_at: datetime | None
) -> Mapping[str, int]:
    """Debits less credits of every account below these at the end of a day, in cents by code;
    those that never moved are absent."""
    values = {"accounts": ids_below(session, controls), "last": last}
    values |= asdict(reach(session, known_at))
    return {row[0]: row[1] for row in session.execute(text(_HELD), values)}


def _remembered(session: Session, asked: Hashable, read: Callable[[], Found]) -> Found:
    """What several reports of one page ask for: a session that sees one moment remembers it."""
    if not session.info.get("sees_one_moment"):
        return read()
    known: dict[Hashable, Found] = session.info.setdefault("sums", {})
    if asked not in known:
        known[asked] = read()
    return known[asked]
