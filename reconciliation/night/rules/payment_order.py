"""Lines that name an order of ours: transfers sent and sent back, collections paid and returned.

The key is the EndToEndId that the order was given, and for a batch that came as one line its
PmtInfId; what the bank does with an order is booked where orders are (`order_paid`,
`order_returned`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from reconciliation.exports.refusals import PaymentOrderRefused
from reconciliation.exports.sepa.outcome import order_paid, order_returned
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_LINES


@dataclass(frozen=True, slots=True)
class _Done:
    """What the bank did: with which orders, whether they came back, and what that cost."""

    orders: Sequence[UUID]
    is_back: bool = False
    cost_cents: int = 0


# A line over the whole amount of the order it names. Out: a debit pays, a credit brings back. A
# collection: a credit pays, a debit takes back, with what the bank takes for it where it says so.
_SINGLE = f"""
    SELECT o.*, p.id AS payment, p.kind = 'collection' AS comes_in, p.amount_cents AS order_cents,
           row_number() OVER (PARTITION BY p.id, o.amount_cents > 0 ORDER BY o.id) AS nth
      FROM ({OPEN_LINES}) o JOIN payment_order p ON p.end_to_end_id = o.end_to_end_id
     WHERE p.state IN ('submitted', 'paid')
       AND CASE WHEN o.amount_cents > 0 OR p.kind <> 'collection'
                THEN abs(o.amount_cents) = p.amount_cents
                ELSE -o.amount_cents = p.amount_cents + coalesce(o.charges_cents, 0) END
       AND (p.state = 'paid') = ((p.kind = 'collection') = (o.amount_cents < 0))"""

# A batch booked as one line: every order of its PmtInfId, together to the cent.
_BATCHES = f"""
    SELECT o.*, b.orders
      FROM ({OPEN_LINES}) o
      JOIN (SELECT e.payment_info, array_agg(p.id ORDER BY p.id) AS orders,
                   array_agg(p.end_to_end_id) AS names, bool_and(p.state = 'submitted') AS is_due,
                   sum(CASE p.kind WHEN 'collection' THEN p.amount_cents
                                   ELSE -p.amount_cents END) AS cents
              FROM export_payment e JOIN payment_order p ON p.id = e.payment_order
             WHERE e.is_live GROUP BY e.payment_info) b ON b.payment_info = o.batch_id
     WHERE b.is_due AND b.cents = o.amount_cents
       AND coalesce(o.end_to_end_id, '') <> ALL (b.names)
     ORDER BY o.id"""


def _find(session: Session, until: date) -> list[Explanation]:
    """Single lines; an order is paid and comes back at most once, the first line says so."""
    rows = session.execute(text(f"{_SINGLE} ORDER BY o.id"), {"until": until})
    return [Explanation(row, row.end_to_end_id, about=_said(row)) for row in rows if row.nth == 1]


def _said(row: Row[Any]) -> _Done:
    is_back = row.comes_in == (row.amount_cents < 0)
    cost = abs(row.amount_cents) - row.order_cents if is_back and row.comes_in else 0
    return _Done((row.payment,), is_back, cost)


def _find_batches(session: Session, until: date) -> list[Explanation]:
    rows = session.execute(text(_BATCHES), {"until": until})
    return [Explanation(row, row.batch_id, about=_Done(row.orders)) for row in rows]


def _book(session: Session, explained: Explanation) -> int | None:
    """Book each order; the first entry stands for the line. None where an order refuses."""
    line, done = explained.line, explained.about
    # Banks name the day alone.
    noon = datetime.combine(line.booked_on, time(12), CITY_TIME)
    try:
        with session.begin_nested():
            if done.is_back:
                return order_returned(
                    session, done.orders[0], bank=line.bank, at=noon, cost_cents=done.cost_cents,
                    reason=line.return_reason,
                )  # fmt: skip
            paid = [order_paid(session, one, bank=line.bank, at=noon) for one in done.orders]
            return paid[0]
    except PaymentOrderRefused:
        return None


SINGLE = LineRule("payment_order", 1, _find, book=_book)
BATCH = LineRule("payment_order", 1, _find_batches, book=_book)
