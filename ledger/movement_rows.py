"""The entries that moved a wallet's money, read from the journal for one page or one period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_FIRST, _LAST = date(2000, 1, 1), date(9999, 12, 31)

# By event; a reversal is looked up by what it takes back. An event that is not here is a credit
# or a payment by its sign, so that a rule added to the city's file shows up at once.
KINDS: Mapping[str, str] = {
    "meal": "meal",
    "reversal of meal": "credit",
    "meal_goodwill_part": "credit",
    "subsidy_backdated": "credit",
    "top_up_online": "top_up",
    "top_up_at_counter": "top_up",
    "top_up_transfer": "top_up",
    "direct_debit_submitted": "top_up",
    "unclear_assigned": "top_up",
    "direct_debit_returned": "returned",
    "reversal of top_up_online": "returned",
    "reversal of top_up_at_counter": "returned",
    "dispute_recovered": "returned",
    "wallet_closed": "refund",
    "top_up_given_back": "refund",
    "reversal of top_up_given_back": "refund_back",
    "top_up_refunded": "refund",
    "sale": "purchase",
    "pass_sale": "purchase",
    "combi_sale": "purchase",
    "fee": "purchase",
    "fee_shared": "purchase",
    "claim_settled": "claim",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a wallet: before an entry id, of a kind, a child, a period; how many."""

    wallet: str
    before: int | None = None
    kind: str | None = None
    child: str | None = None
    first: date = _FIRST
    last: date = _LAST
    limit: int | None = None
    entry: int | None = None


def entry_rows(session: Session, wanted: Wanted) -> Sequence[Any]:
    """One row for each entry, the newest first: id, key, event, day, time, kind, child, cents."""
    of_kind = [event for event, kind in KINDS.items() if kind == wanted.kind]
    is_filtered = wanted.kind is not None or wanted.child is not None
    enough = None if is_filtered else wanted.limit
    values = {
        "wallet": wanted.wallet, "account": f"371000/{wanted.wallet}", "enough": enough,
        "citizen": f"371010/{wanted.wallet}", "before": wanted.before or 2**62,
        "entry": wanted.entry, "kind": wanted.kind, "child": wanted.child,
        "first": wanted.first, "last": wanted.last, "limit": wanted.limit,
        "events": list(KINDS), "kinds": list(KINDS.values()), "of_kind": of_kind,
    }  # fmt: skip
    return session.execute(text(_ENTRIES.format(cents=_CENTS)), values).all()


def line_rows(session: Session, wallet: str, entries: Sequence[int]) -> Sequence[Any]:
    """What each entry booked, by product: gross, what an authority paid, and the channel."""
    if not entries:
        return []
    values = {"account": f"371000/{wallet}", "citizen": f"371010/{wallet}", "ids": list(entries)}
    return session.execute(_LINES, values).all()


def sum_before(session: Session, wallet: str, day: date) -> int:
    """What was on the wallet when this day began, in cents."""
    values = {"account": f"371000/{wallet}", "citizen": f"371010/{wallet}", "day": day}
    return int(session.execute(_BEFORE, values).scalar_one())


def credits_of(session: Session, entry_id: int) -> Sequence[datetime]:
    """When a meal's charge was given back, whole, in part, or because an authority pays it."""
    return session.scalars(_CREDITED, {"entry": entry_id}).all()


# The wallet's own account and its charges that took nothing from it, each by an index that gives
# entries in order: a page costs the same whether ten or ten thousand entries lie behind it. A
# filter looks at names alone until the page is full; only what is shown is read in full.
_CENTS = """
    (SELECT coalesce(sum(CASE WHEN t.credit_account = own.id THEN t.amount_cents
                              ELSE -t.amount_cents END), 0)
       FROM transfer t, own
      WHERE t.entry_id = named.id AND own.id IN (t.debit_account, t.credit_account))"""
_ENTRIES = """
    WITH own AS MATERIALIZED (SELECT id FROM account WHERE code IN (:account, :citizen) LIMIT 1),
    moved AS (
        (SELECT DISTINCT entry_id FROM transfer
          WHERE debit_account = (SELECT id FROM own) AND entry_id < :before
            AND booked_on BETWEEN :first AND :last
          ORDER BY entry_id DESC LIMIT :enough)
        UNION
        (SELECT DISTINCT entry_id FROM transfer
          WHERE credit_account = (SELECT id FROM own) AND entry_id < :before
            AND booked_on BETWEEN :first AND :last
          ORDER BY entry_id DESC LIMIT :enough)
        UNION
        (SELECT entry_id FROM meal_charge
          WHERE wallet = :wallet AND entry_id < :before AND day BETWEEN :first AND :last
          ORDER BY entry_id DESC LIMIT :enough)),
    of_child AS MATERIALIZED (
        SELECT entry_id FROM meal_charge WHERE child = :child
        UNION ALL
        SELECT e.id FROM meal_charge m JOIN entry e ON e.reverses = m.entry_id
         WHERE m.child = :child
        UNION ALL
        SELECT entry_id FROM subsidy_moved WHERE child = :child
        UNION ALL
        SELECT p.entry_id FROM payer_case c
          JOIN meal_charge m ON m.key = CAST(c.subject AS uuid) AND m.child = :child
          JOIN payer_case_step p ON p.payer_case = c.id
         WHERE c.wallet = :wallet AND c.kind = 'charge_dispute' AND p.entry_id IS NOT NULL),
    named AS (
        SELECT e.id, e.key, e.event, e.booked_on, e.recorded_at, e.reverses,
               CASE WHEN e.reverses IS NULL THEN e.event ELSE 'reversal of ' || r.event END AS what
          FROM moved JOIN entry e ON e.id = moved.entry_id LEFT JOIN entry r ON r.id = e.reverses
         WHERE (CAST(:entry AS bigint) IS NULL OR e.id = :entry)
           AND (CAST(:child AS text) IS NULL OR e.id IN (SELECT entry_id FROM of_child))),
    picked AS MATERIALIZED (
        SELECT * FROM named
         WHERE CAST(:kind AS text) IS NULL OR what = ANY(:of_kind)
            OR (what <> ALL(:events)
                AND :kind = CASE WHEN {cents} < 0 THEN 'payment' ELSE 'credit' END)
         ORDER BY id DESC LIMIT :limit),
    summed AS (SELECT named.*, {cents} AS cents FROM picked named),
    told AS (
        SELECT x.*,
               coalesce(k.kind, CASE WHEN x.cents < 0 THEN 'payment' ELSE 'credit' END) AS kind,
               coalesce(m.child, v.child, d.child, g.child) AS child,
               coalesce(m.key, v.key, d.key, g.key) AS charge_key
          FROM summed x
          LEFT JOIN unnest(CAST(:events AS text[]), CAST(:kinds AS text[]))
               AS k(event, kind) ON k.event = x.what
          LEFT JOIN meal_charge m ON m.entry_id = x.id
          LEFT JOIN meal_charge v ON v.entry_id = x.reverses
          LEFT JOIN subsidy_moved s ON s.entry_id = x.id
          LEFT JOIN meal_charge d ON d.child = s.child AND d.day = s.day
          LEFT JOIN payer_case_step p ON p.entry_id = x.id
          LEFT JOIN payer_case c ON c.id = p.payer_case AND c.kind = 'charge_dispute'
          LEFT JOIN meal_charge g ON g.key = CAST(c.subject AS uuid))
    SELECT told.*, child.wallet = :wallet AS is_own_child
      FROM told LEFT JOIN child ON child.code = told.child
     ORDER BY id DESC"""

_LINES = text("""
    SELECT t.entry_id, t.product, t.facility, t.channel, t.line,
           CASE WHEN a.code IN (:account, :citizen) THEN 'own'
                WHEN c.code IN (:account, :citizen) AND a.code LIKE '171100%' THEN 'claim'
                WHEN c.code IN (:account, :citizen) THEN 'received'
                WHEN a.code LIKE '161900/%' AND c.code LIKE '44%' THEN 'subsidy'
                ELSE 'other' END AS part,
           t.amount_cents
      FROM transfer t
      JOIN account a ON a.id = t.debit_account
      JOIN account c ON c.id = t.credit_account
     WHERE t.entry_id = ANY(:ids)
     ORDER BY t.entry_id, t.line""")

_CREDITED = text("""
    SELECT e.recorded_at FROM entry e WHERE e.reverses = :entry
    UNION ALL
    SELECT e.recorded_at FROM meal_charge m
      JOIN subsidy_moved s ON s.child = m.child AND s.day = m.day
      JOIN entry e ON e.id = s.entry_id
     WHERE m.entry_id = :entry
    UNION ALL
    SELECT e.recorded_at FROM meal_charge m
      JOIN payer_case c ON c.kind = 'charge_dispute' AND c.subject = CAST(m.key AS text)
      JOIN payer_case_step p ON p.payer_case = c.id
      JOIN entry e ON e.id = p.entry_id AND e.reverses IS NULL
     WHERE m.entry_id = :entry
     ORDER BY 1""")

_BEFORE = text("""
    SELECT coalesce((SELECT sum(amount_cents) FROM transfer
                      WHERE credit_account = a.id AND booked_on < :day), 0)
         - coalesce((SELECT sum(amount_cents) FROM transfer
                      WHERE debit_account = a.id AND booked_on < :day), 0)
      FROM account a WHERE a.code IN (:account, :citizen)""")
