"""Late items: what came for a day that was locked by then, from the bank, a provider or a till.

Nothing is booked into the locked day. An item is matched without a booking, or what it means is
booked on the first open day; either way it is shown until somebody has taken note of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.closing.tables import late_items_noted

LOOKED_BACK = timedelta(days=92)
BANK, PROVIDER, TILL = "bank", "provider", "till"


@dataclass(frozen=True, slots=True)
class LateItem:
    """One item. day: the locked day it belongs to; arrived_at: aware. source: BANK, PROVIDER or
    TILL; channel: as differences name it. booked_on: where its booking stands; None where it was
    matched or kept without one. case: number of its open difference. noted_by: a name."""

    source: str
    item: str
    day: date
    arrived_at: datetime
    channel: str
    reference: str | None
    amount_cents: int
    entry_id: int | None
    booked_on: date | None
    is_matched: bool
    case: int | None
    noted_by: str | None
    noted_at: datetime | None


_CITY_DAY = "({at} AT TIME ZONE 'Europe/Berlin')::date"

_BANK = """
    SELECT 'bank' AS source, l.id::text AS item, c.day, f.received_at AS arrived_at,
           'bank' AS channel, coalesce(l.rf_reference, l.end_to_end_id, l.bank_reference)
               AS reference,
           l.amount_cents, m.entry_id, m.entry_id IS NOT NULL AS is_matched
      FROM source_file f JOIN bank_statement s ON s.file_id = f.id
      JOIN live_bank_line l ON l.statement_id = s.id
      JOIN closed_day c ON c.day = l.booked_on AND c.closed_at < f.received_at
      LEFT JOIN bank_match m ON m.bank_line_id = l.id
     WHERE f.received_at >= :since"""

_PROVIDER = f"""
    SELECT 'provider', p.txn_id, c.day, p.received_at,
           CASE WHEN p.source = 'stripe' THEN 'stripe' WHEN p.scheme ILIKE 'girocard%'
                OR p.scheme IS NULL THEN 'girocard' ELSE 'card' END,
           coalesce(p.order_ref, p.receipt, p.psp_ref), p.gross_cents, NULL::bigint, true
      FROM provider_line p
      JOIN closed_day c ON c.closed_at < p.received_at
           AND c.day = coalesce({_CITY_DAY.format(at="p.happened_at")}, p.local_at::date)
     WHERE p.received_at >= :since AND p.file_version = 1 AND p.delivery = 1
       AND p.record_type IN ('charge', 'refund', 'reversal', 'chargeback', 'chargeback_reversal')"""

_TILL = f"""
    SELECT 'till', i.key::text, c.day, i.received_at, 'cash', i.till || ' ' || i.seq,
           coalesce((SELECT sum(t.amount_cents) FROM transfer t WHERE t.entry_id = i.entry_id), 0)
               ::bigint,
           i.entry_id, true
      FROM till_item i
      JOIN closed_day c ON c.day = {_CITY_DAY.format(at="i.happened_at")}
           AND c.closed_at < i.received_at
     WHERE i.received_at >= :since AND i.state = 'taken' AND i.entry_id IS NOT NULL"""

_LATE = f"""
    WITH late AS ({_BANK} UNION ALL {_PROVIDER} UNION ALL {_TILL}),
    open_case AS (
        SELECT number, unnest(provider_codes || bank_codes) AS code FROM difference
         WHERE closed_at IS NULL)
    SELECT late.source, late.item, late.day, late.arrived_at, late.channel, late.reference,
           late.amount_cents, late.entry_id, e.booked_on, late.is_matched,
           (SELECT min(number) FROM open_case WHERE code = late.item) AS case,
           s.name AS noted_by, noted.noted_at
      FROM late LEFT JOIN entry e ON e.id = late.entry_id
      LEFT JOIN LATERAL (SELECT n.noted_by, n.noted_at FROM late_items_noted n
                          WHERE n.day = late.day AND n.until >= late.arrived_at
                          ORDER BY n.until LIMIT 1) noted ON true
      LEFT JOIN staff s ON s.code = noted.noted_by
     ORDER BY late.day DESC, late.arrived_at DESC, late.source, late.item"""


def late_items(session: Session, *, at: datetime) -> Sequence[LateItem]:
    """What came late in the last 92 days, the newest locked day first."""
    rows = session.execute(text(_LATE), {"since": at - LOOKED_BACK})
    return [LateItem(*row) for row in rows]


def note_late_items(
    session: Session, by: Caller, day: date, *, until: datetime, at: datetime
) -> int:
    """Take note of what came for this locked day up to `until`; returns how many items that were.

    What comes later is new again. by: a person. Written into the audit log; safe to repeat.
    """
    waiting = [
        item for item in late_items(session, at=at)
        if item.day == day and item.noted_at is None and item.arrived_at <= until
    ]  # fmt: skip
    if waiting:
        row = {"day": day, "until": until, "item_count": len(waiting), "noted_by": by.name}
        session.execute(insert(late_items_noted), [row])
        detail = {"count": len(waiting), "cents": sum(item.amount_cents for item in waiting)}
        record(session, by, "day.late_noted", about=day.isoformat(), detail=detail)
    return len(waiting)
