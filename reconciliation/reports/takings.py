"""Takings and cash by day and place, summed once a night: a year of reports reads these alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ledger.accounts import ids_below
from ledger.tenders import CONTROL_ACCOUNTS
from reconciliation.reports.period import Period, bounds

SUBSIDY_CONTROL = "161900"
# The ways to pay that turnover is counted by, in the order of pages; a visit with a pass was
# paid when the pass was sold.
CHANNELS = (
    "cash",
    "girocard",
    "credit_card",
    "online",
    "wallet",
    "subsidy",
    "e_payment",
    "invoice",
)

_FIRST_OPEN = """
    SELECT coalesce((SELECT max(day) + 1 FROM takings_day WHERE is_final),
                    (SELECT min(booked_on) FROM entry), CAST(:until AS date))"""

# What was taken back has debit and credit exchanged; a product stands on what was sold alone.
_TAKINGS = """
    INSERT INTO takings_day (day, facility, channel, cents, is_final)
    SELECT t.booked_on, t.facility,
           CASE WHEN t.debit_account = ANY (CAST(:authorities AS int[]))
                  OR t.credit_account = ANY (CAST(:authorities AS int[]))
                THEN 'subsidy' ELSE t.channel END,
           sum(CASE WHEN t.credit_account = ANY (CAST(:tenders AS int[]))
                    THEN -t.amount_cents ELSE t.amount_cents END)::bigint,
           bool_and(c.day IS NOT NULL)
      FROM transfer t
      JOIN facility f ON f.code = t.facility
      LEFT JOIN closed_day c ON c.day = t.booked_on
     WHERE t.entry_id > :after AND t.booked_on BETWEEN :first AND :until
       AND t.product IS NOT NULL AND t.channel = ANY (CAST(:channels AS text[]))
     GROUP BY 1, 2, 3
    ON CONFLICT (day, facility, channel) DO UPDATE
       SET cents = EXCLUDED.cents, is_final = EXCLUDED.is_final
     WHERE (takings_day.cents, takings_day.is_final)
           IS DISTINCT FROM (EXCLUDED.cents, EXCLUDED.is_final)"""

_CASH = """
    INSERT INTO cash_day (day, facility, shifts, bags, wrong_cents, is_final)
    SELECT t.booked_on, t.facility, count(DISTINCT (t.till, t.shift)),
           count(*) FILTER (WHERE e.event = 'cash_drop'),
           coalesce(sum(t.amount_cents) FILTER (
               WHERE e.event IN ('till_shortage', 'till_overage')), 0)::bigint,
           bool_and(c.day IS NOT NULL)
      FROM transfer t
      JOIN entry e ON e.id = t.entry_id
      JOIN facility f ON f.code = t.facility
      LEFT JOIN closed_day c ON c.day = t.booked_on
     WHERE t.entry_id > :after AND t.booked_on BETWEEN :first AND :until
       AND (t.debit_account = ANY (CAST(:drawers AS int[]))
            OR t.credit_account = ANY (CAST(:drawers AS int[])))
     GROUP BY 1, 2
    ON CONFLICT (day, facility) DO UPDATE
       SET shifts = EXCLUDED.shifts, bags = EXCLUDED.bags, wrong_cents = EXCLUDED.wrong_cents,
           is_final = EXCLUDED.is_final
     WHERE (cash_day.shifts, cash_day.bags, cash_day.wrong_cents, cash_day.is_final)
           IS DISTINCT FROM (EXCLUDED.shifts, EXCLUDED.bags, EXCLUDED.wrong_cents,
                             EXCLUDED.is_final)"""


@dataclass(frozen=True, slots=True)
class PlaceSums:
    """One place in one month: turnover and cash in cents, and what handling the cash took."""

    facility: str
    month: date
    turnover_cents: int
    cash_cents: int
    shifts: int
    bags: int
    wrong_cents: int


@dataclass(frozen=True, slots=True)
class WeekSums:
    """One kind of facility in one week, told by its Monday: turnover and cash in cents."""

    kind: str
    week: date
    turnover_cents: int
    cash_cents: int


def refresh_takings(session: Session, until: date) -> int:
    """Sum every day up to `until` that was open when it was summed last; rows that changed.

    Run again over the same books it writes nothing.
    """
    first: date = session.scalar(sql(_FIRST_OPEN), {"until": until}) or until
    within = bounds(session, Period(first, until))
    values = {
        "first": first, "until": until, "after": within.after_entry, "channels": list(CHANNELS),
        "tenders": ids_below(session, [*CONTROL_ACCOUNTS.values(), SUBSIDY_CONTROL]),
        "authorities": ids_below(session, [SUBSIDY_CONTROL]),
        "drawers": ids_below(session, [CONTROL_ACCOUNTS["cash"]]),
    }  # fmt: skip
    changed = 0
    for statement in (_TAKINGS, _CASH):
        changed += session.connection().execute(sql(statement), values).rowcount
    return changed


_SUMS = """
    SELECT coalesce(t.facility, c.facility) AS facility, coalesce(t.month, c.month) AS month,
           coalesce(t.turnover, 0) AS turnover_cents, coalesce(t.cash, 0) AS cash_cents,
           coalesce(c.shifts, 0) AS shifts, coalesce(c.bags, 0) AS bags,
           coalesce(c.wrong, 0) AS wrong_cents
      FROM (SELECT facility, date_trunc('month', day)::date AS month,
                   sum(cents)::bigint AS turnover,
                   coalesce(sum(cents) FILTER (WHERE channel = 'cash'), 0)::bigint AS cash
              FROM takings_day WHERE day BETWEEN :first AND :last GROUP BY 1, 2) t
      FULL JOIN (SELECT facility, date_trunc('month', day)::date AS month, sum(shifts) AS shifts,
                        sum(bags) AS bags, sum(wrong_cents)::bigint AS wrong
                   FROM cash_day WHERE day BETWEEN :first AND :last GROUP BY 1, 2) c
        ON c.facility = t.facility AND c.month = t.month
     ORDER BY 1, 2"""


def sums_by_month(session: Session, first: date, last: date) -> Sequence[PlaceSums]:
    """Every place and month between two days, as the nights summed them."""
    rows = session.execute(sql(_SUMS), {"first": first, "last": last})
    return [PlaceSums(*row) for row in rows]


_WEEKS = """
    SELECT f.kind, date_trunc('week', t.day)::date AS week, sum(t.cents)::bigint AS turnover_cents,
           coalesce(sum(t.cents) FILTER (WHERE t.channel = 'cash'), 0)::bigint AS cash_cents
      FROM takings_day t JOIN facility f ON f.code = t.facility
     WHERE t.day BETWEEN :first AND :last
       AND EXISTS (SELECT FROM till WHERE till.facility = f.code)
     GROUP BY 1, 2 ORDER BY 1, 2"""


def sums_by_week(session: Session, first: date, last: date) -> Sequence[WeekSums]:
    """Every kind of facility that has tills and every week between two days, as summed by night."""
    rows = session.execute(sql(_WEEKS), {"first": first, "last": last})
    return [WeekSums(*row) for row in rows]


def places(session: Session) -> Mapping[str, Row[Any]]:
    """Every facility with its name, kind and how many tills it has."""
    rows = session.execute(
        sql("SELECT f.code, f.name, f.kind, count(t.code) AS tills FROM facility f"
            " LEFT JOIN till t ON t.facility = f.code GROUP BY f.code ORDER BY f.code")
    )  # fmt: skip
    return {row.code: row for row in rows}
