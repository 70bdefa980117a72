"""Payouts as a whole: of the provider of online payments and of acquirers, each with what the
bank says and what is open about it."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.calendar import bank_days_before

PAGE = 100
LATE_AFTER = 3  # bank days: so much later than expected is late
# As the filter offers them; each payout is in one.
KINDS = ("break", "suggestion", "late", "in_time", "returned", "closed")


@dataclass(frozen=True, slots=True)
class Whole:
    """One payout. amount_cents: below zero where the provider draws from our account.

    other_cents: refunds, disputes and whatever else is neither a payment nor its fee. bank_cents:
    what arrived less what was taken back, None before there was a line; off_cents: what is open
    about it, confirmed less expected, 0 where nothing is. cases: their numbers. kind: of KINDS.
    """

    number: str
    provider: str
    made_at: datetime
    arrives_on: date
    line_count: int | None
    gross_cents: int | None
    fee_cents: int | None
    other_cents: int | None
    amount_cents: int
    currency: str
    state: str
    problem: str | None
    failure: str | None
    remainder_cents: int
    is_automatic: bool
    trace_id: str | None
    bank_cents: int | None
    bank_count: int
    arrived_on: date | None
    off_cents: int
    cases: Sequence[int]
    kind: str


@dataclass(frozen=True, slots=True)
class Sums:
    """A column of figures over all that a filter finds."""

    payouts: int
    lines: int
    gross_cents: int
    fee_cents: int
    other_cents: int
    amount_cents: int
    bank_cents: int
    off_cents: int

    def __add__(self, other: "Sums") -> "Sums":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Sums(*(one + more for one, more in pairs))


NOTHING = Sums(0, 0, 0, 0, 0, 0, 0, 0)


def payouts(
    session: Session, *, today: date, kind: str = "", provider: str = "", page: int = 1
) -> list[Whole]:
    """A page of them, what is due last first."""
    asked = _asked(today, kind, provider) | {"limit": PAGE, "offset": (page - 1) * PAGE}
    order = "ORDER BY arrives_on DESC, made_at DESC, number LIMIT :limit OFFSET :offset"
    return [_whole(row) for row in session.execute(text(f"{_FILTERED} {order}"), asked)]


def payout_sums(session: Session, *, today: date, provider: str = "") -> Mapping[str, Sums]:
    """Count and sums by kind, of every page; each of KINDS is there."""
    rows = session.execute(text(_SUMS), _asked(today, "", provider))
    found = {row.kind: Sums(*row[1:]) for row in rows}
    return {kind: found.get(kind, NOTHING) for kind in KINDS}


def find_payout(session: Session, number: str, *, today: date) -> Whole | None:
    """The payout of this number."""
    asked = _asked(today, "", "") | {"number": number}
    row = session.execute(text(f"{_FILTERED} AND number = :number"), asked).one_or_none()
    return None if row is None else _whole(row)


def neighbours(session: Session, shown: Whole) -> tuple[str | None, str | None]:
    """The payouts of the same provider before and after this one, by the day they are due."""
    rows = session.execute(
        text(f"""
            SELECT before, after FROM (
                SELECT number, lag(number) OVER due AS before, lead(number) OVER due AS after
                  FROM ({_EVERY}) every WHERE provider = :provider
                WINDOW due AS (ORDER BY arrives_on, made_at, number)) row
             WHERE number = :number"""),
        {"provider": shown.provider, "number": shown.number},
    )
    row = rows.one_or_none()
    return (None, None) if row is None else (row.before, row.after)


def late_before(today: date) -> date:
    """What was due on this day or before, and is not there, is late."""
    return bank_days_before(today, LATE_AFTER)


def _asked(today: date, kind: str, provider: str) -> dict[str, Any]:
    return {"late": late_before(today), "kind": kind, "provider": provider}


def _whole(row: Row[Any]) -> Whole:
    values = {name: getattr(row, name) for name in Whole.__dataclass_fields__}
    return Whole(**values | {"cases": tuple(row.cases or ())})


# Acquirers say in their files what they pay: a record for each batch, the newest version counts.
_EVERY = """
    SELECT p.id AS number, p.source AS provider, p.made_at, p.arrives_on, p.line_count,
           p.charge_cents AS gross_cents, p.fee_cents,
           p.refund_cents + p.other_cents AS other_cents, p.amount_cents,
           p.currency, p.state, p.problem, p.failure,
           CASE WHEN p.problem IS NULL THEN 0 ELSE p.amount_cents
                - (p.charge_cents + p.refund_cents - p.fee_cents + p.other_cents) END
               AS remainder_cents,
           p.is_automatic, p.trace_id
      FROM payout p
    UNION ALL
    SELECT * FROM (
        SELECT DISTINCT ON (l.txn_id, l.account) l.txn_id, l.source,
               coalesce(l.happened_at, l.local_at AT TIME ZONE 'Europe/Berlin'),
               coalesce(l.settle_on, l.local_at::date, l.happened_at::date), l.item_count,
               l.gross_cents, l.fee_cents, 0::bigint, l.net_cents, l.currency, 'paid', NULL, NULL,
               0::bigint, true, l.trace_id
          FROM provider_line l
         WHERE l.record_type = 'batch' AND l.record_type IN ('payout', 'batch')
         ORDER BY l.txn_id DESC, l.account DESC, l.file_version DESC, l.id DESC) batch"""

# What the bank says of each, by whichever rule or person a line was found.
_ARRIVED = """
    SELECT number, sum(amount_cents)::bigint AS cents, count(*) AS lines, max(booked_on) AS on_day
      FROM (SELECT m.key_used AS number, l.id, l.amount_cents, l.booked_on
              FROM bank_match m JOIN bank_line l ON l.id = m.bank_line_id
             WHERE m.rule LIKE 'payout%'
             UNION
            SELECT r.txn_id, l.id, l.amount_cents, l.booked_on
              FROM credit_match c JOIN provider_line r ON r.id = c.provider_id
              JOIN bank_line l ON l.id = c.bank_line_id
             WHERE c.ended_at IS NULL AND r.record_type IN ('payout', 'batch')) line
     GROUP BY number"""

# What is open about a payout or one of its lines, each case once.
_HELD = """
    SELECT number, array_agg(DISTINCT case_number) AS cases, sum(cents)::bigint AS cents,
           bool_or(severity = 'break') AS is_break
      FROM (SELECT DISTINCT coalesce(line.batch, code) AS number, d.number AS case_number,
                   d.amount_cents AS cents, d.severity
              FROM difference d CROSS JOIN unnest(d.provider_codes) AS code
              LEFT JOIN LATERAL (
                   SELECT r.batch FROM provider_line r
                    WHERE r.delivery = 0 AND r.source = 'stripe' AND r.account = 'stripe'
                      AND r.txn_id = code
                    ORDER BY r.file_version DESC LIMIT 1) line ON true
             WHERE d.closed_at IS NULL AND d.severity IN ('break', 'suggestion')) one
     GROUP BY number"""

_FILTERED = f"""
    SELECT * FROM (
        SELECT every.*, arrived.cents AS bank_cents, coalesce(arrived.lines, 0) AS bank_count,
               arrived.on_day AS arrived_on, coalesce(held.cents, 0) AS off_cents, held.cases,
               CASE WHEN held.is_break OR every.problem IS NOT NULL THEN 'break'
                    WHEN held.cases IS NOT NULL THEN 'suggestion'
                    WHEN every.state IN ('failed', 'canceled') THEN 'returned'
                    WHEN arrived.cents = every.amount_cents THEN 'closed'
                    WHEN every.arrives_on <= :late THEN 'late'
                    ELSE 'in_time' END AS kind
          FROM ({_EVERY}) every
          LEFT JOIN ({_ARRIVED}) arrived USING (number)
          LEFT JOIN ({_HELD}) held USING (number)) found
     WHERE (:kind = '' OR kind = :kind) AND (:provider = '' OR provider = :provider)"""

_SUMS = f"""
    SELECT kind, count(*), coalesce(sum(line_count), 0), coalesce(sum(gross_cents), 0)::bigint,
           coalesce(sum(fee_cents), 0)::bigint, coalesce(sum(other_cents), 0)::bigint,
           coalesce(sum(amount_cents), 0)::bigint, coalesce(sum(bank_cents), 0)::bigint,
           coalesce(sum(off_cents), 0)::bigint
      FROM ({_FILTERED}) filtered GROUP BY kind"""
