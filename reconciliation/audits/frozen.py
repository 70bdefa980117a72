"""What the books say about a till at one moment, frozen before anybody counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ledger.balances import balance
from ledger.errors import UnknownAccount
from ledger.tenders import CONTROL_ACCOUNTS

Facts = dict[str, Any]

_TILL = """
    SELECT t.code, t.name, t.facility, t.float_cents, t.cash_limit_cents, f.name AS house
      FROM till t JOIN facility f ON f.code = t.facility WHERE t.code = :till"""
_SHIFT = """
    SELECT shift, opened_at, opened_by, closed_at, closed_by, expected_cents, counted_cents,
           difference_cents
      FROM till_shift WHERE till = :till AND (closed_at IS NOT NULL) = :closed
     ORDER BY opened_at DESC LIMIT 1"""
# What moved in the drawer since the shift began, by event.
_MOVED = """
    SELECT e.event, count(DISTINCT e.id) AS entries,
           sum(CASE WHEN t.debit_account = a.id THEN t.amount_cents
                    ELSE -t.amount_cents END)::bigint AS cents
      FROM account a
      JOIN transfer t ON t.debit_account = a.id OR t.credit_account = a.id
      JOIN entry e ON e.id = t.entry_id
     WHERE a.code = :account AND t.shift = :shift GROUP BY e.event ORDER BY min(e.id)"""
_BAGS = """
    SELECT e.reference AS number, e.booked_on, sum(t.amount_cents)::bigint AS cents
      FROM entry e JOIN transfer t ON t.entry_id = e.id
     WHERE e.event = 'cash_drop' AND t.till = :till
       AND NOT EXISTS (SELECT FROM bank_match m
                        WHERE m.rule = 'safebag' AND m.key_used = e.reference)
     GROUP BY e.id, e.reference, e.booked_on ORDER BY e.id DESC LIMIT 20"""
_RECEIPTS = """
    SELECT count(*) AS receipts, min(receipt_number) AS first, max(receipt_number) AS last,
           count(*) FILTER (WHERE way = 'cash') AS cash,
           coalesce(sum(total_cents) FILTER (WHERE way IN ('girocard', 'credit_card')), 0)::bigint
               AS card_cents,
           count(*) FILTER (WHERE way IN ('girocard', 'credit_card')) AS cards
      FROM charge WHERE till = :till AND shift = :shift AND refused IS NULL"""
_TERMINALS = """
    SELECT DISTINCT ON (terminal) terminal, day, number, amount_cents, expected_cents, agrees
      FROM terminal_total WHERE till = :till ORDER BY terminal, day DESC, id DESC"""
_SEAL = """
    SELECT b.number, b.tree_size, encode(b.root, 'hex') AS root, b.sealed_at,
           (SELECT count(*) FROM entry WHERE id > b.last_entry) AS unsealed,
           c.checked_at, c.broken_block
      FROM block b
      LEFT JOIN LATERAL (SELECT * FROM books_check ORDER BY checked_at DESC LIMIT 1) c ON true
     ORDER BY b.number DESC LIMIT 1"""
_HEARD = """
    SELECT max(received_at) AS heard_at, count(*) FILTER (WHERE state <> 'taken') AS not_taken
      FROM till_item WHERE till = :till"""


def frozen_till(session: Session, till: str, at: datetime) -> Facts | None:
    """Everything the protocol needs, as plain JSON values; None for a till there is not.

    `expected_cents`: what should be in the drawer by the books, at this moment.
    """
    place = session.execute(sql(_TILL), {"till": till}).one_or_none()
    if place is None:
        return None
    account = f"{CONTROL_ACCOUNTS['cash']}/{till}"
    shift = session.execute(sql(_SHIFT), {"till": till, "closed": False}).one_or_none()
    within = {"till": till, "shift": shift.shift if shift else None, "account": account}
    return {
        "till": _plain(place),
        "frozen_at": at.isoformat(),
        "expected_cents": _held(session, account),
        "shift": _plain(shift),
        "moved": [_plain(row) for row in session.execute(sql(_MOVED), within)],
        "receipts": _plain(session.execute(sql(_RECEIPTS), within).one()),
        "last_close": _plain(
            session.execute(sql(_SHIFT), {"till": till, "closed": True}).one_or_none()
        ),
        "bags": [_plain(row) for row in session.execute(sql(_BAGS), within)],
        "terminals": [_plain(row) for row in session.execute(sql(_TERMINALS), within)],
        "seal": _plain(session.execute(sql(_SEAL)).one_or_none()),
        "heard": _plain(session.execute(sql(_HEARD), within).one()),
    }


def _held(session: Session, account: str) -> int:
    try:
        return balance(session, account).debit_balance_cents
    except UnknownAccount:
        return 0  # nothing ever lay in this drawer


def _plain(row: Row[Any] | None) -> Facts:
    if row is None:
        return {}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row._mapping.items()
    }
