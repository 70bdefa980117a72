"""What the provider did with our money and no payer did: payouts, their failures, fees of its own,
and money of its card readers that has come to our balance there.

Each is booked once, by the provider's id and the event (`provider_booking`). Payments, refunds
and disputes, and what the provider kept of them, are booked where they are made; here is what is
left. A payout whose lines do not add up is booked no further until they do.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.balances import balance
from ledger.calendar import business_day
from ledger.entries import Dimensions, Entry, Posted
from ledger.journal import post
from ledger.locks import NIGHT, have_alone
from ledger.periods import first_open_day
from ledger.rules import Rulebook
from reconciliation.night.rules.payout_lines import BY_AMOUNT, BY_TRACE, NAMES_PROVIDER, TAKEN_BACK
from reconciliation.night.totals import ControlTotal
from reconciliation.sources.stripe import last_balance
from reconciliation.sources.stripe.tables import provider_booking

__all__ = [
    "BY_AMOUNT", "BY_TRACE", "NAMES_PROVIDER", "RULES", "TAKEN_BACK", "book_payouts",
    "provider_control",
]  # fmt: skip

RULES = (BY_TRACE, BY_AMOUNT, TAKEN_BACK)
BALANCE = "184200"

_KEYS = UUID("0e0a6a3c-9f5d-5b7b-8d55-4f5f6c3f2a10")

log = logging.getLogger("stadtkasse.night")


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something of the provider's to be booked: by which event, when it happened there; terminal:
    the account of a terminal's day, where money came from or goes back to a card reader."""

    ref: str
    event: str
    cents: int
    at: datetime
    terminal: str | None = None


def book_payouts(session: Session, rulebook: Rulebook, until: date) -> Mapping[str, int]:
    """Book what the provider did and nobody has booked yet; how many entries by event.

    until: the business day that is reconciled. What happened in the small hours of the day after
    counts as well: that is when payouts are made, and the provider's balance knows of them.
    """
    have_alone(session, NIGHT)
    last = until + timedelta(days=1)
    found = [*_payouts(session), *_at_readers(session), *_fees(session)]
    facts = [each for each in found if business_day(each.at) <= last]
    if not facts:
        return {}
    days = {each: first_open_day(session, business_day(each.at)) for each in facts}
    entries = [_entry(rulebook, each, days[each]) for each in facts]
    done: list[tuple[_Fact, int]] = []
    for fact, outcome in zip(facts, post(session, entries), strict=True):
        if isinstance(outcome, Posted):
            done.append((fact, outcome.entry_id))
        else:
            log.error("%s of %s is not booked: %s", fact.event, fact.ref, outcome)
    rows = [{"ref": fact.ref, "event": fact.event, "entry_id": entry} for fact, entry in done]
    if rows:
        session.execute(insert(provider_booking), rows)
    return Counter(fact.event for fact, _ in done)


def provider_control(session: Session) -> ControlTotal | None:
    """What the books say the provider holds, beside what it said last, free and not yet free.

    None where the provider was never asked.
    """
    there = last_balance(session)
    if there is None:
        return None
    here = balance(session, BALANCE).debit_balance_cents
    return ControlTotal(BALANCE, business_day(there.read_at), here, there.cents)


def _entry(rulebook: Rulebook, fact: _Fact, booked_on: date) -> Entry:
    name = "fee" if fact.event.startswith("provider_fee") else "amount"
    transfers = rulebook.transfers(
        fact.event, amounts={name: fact.cents},
        roles={"terminal": fact.terminal} if fact.terminal else {},
        dimensions=Dimensions(channel="online"),
    )  # fmt: skip
    # The day is part of the key: a day closed meanwhile refuses its key for good, not the fact.
    key = uuid5(_KEYS, f"{fact.ref}|{fact.event}|{booked_on}")
    return Entry(key, fact.event, booked_on, transfers, reference=fact.ref)


def _payouts(session: Session) -> Iterator[_Fact]:
    """Payouts that left the balance, and those that came back to it."""
    for row in session.execute(_PAYOUTS):
        cents, is_draw = abs(row.amount_cents), row.amount_cents < 0
        if row.made_event is None:
            event = "payout_drawn" if is_draw else "payout_created"
            yield _Fact(row.id, event, cents, row.made_at)
        if row.is_over and row.failed_event is None:
            event = "payout_draw_failed" if is_draw else "payout_failed"
            yield _Fact(row.id, event, cents, row.failed_at or row.read_at)


_PAYOUTS = text("""
    SELECT p.id, p.amount_cents, p.made_at, p.read_at, p.state IN ('failed', 'canceled') AS is_over,
           made.event AS made_event, failed.event AS failed_event,
           (SELECT min(l.happened_at) FROM provider_line l
             WHERE l.delivery = 0 AND l.record_type = 'other' AND l.psp_ref = p.id) AS failed_at
      FROM payout p
      LEFT JOIN provider_booking made
        ON made.ref = p.id AND made.event IN ('payout_created', 'payout_drawn')
      LEFT JOIN provider_booking failed
        ON failed.ref = p.id AND failed.event IN ('payout_failed', 'payout_draw_failed')
     WHERE p.problem IS NULL AND p.currency = 'EUR' AND p.amount_cents <> 0
       AND (made.ref IS NULL OR (failed.ref IS NULL AND p.state IN ('failed', 'canceled')))
     ORDER BY p.made_at, p.id""")


def _at_readers(session: Session) -> Iterator[_Fact]:
    """Card payments at the provider's readers, sold under a terminal's day like any other, whose
    record agrees with the sale: the money is on our balance over there now."""
    for row in session.execute(_AT_READERS):
        event = "reader_received" if row.gross_cents > 0 else "reader_refunded"
        yield _Fact(row.txn_id, event, abs(row.gross_cents), row.happened_at, row.terminal_day)


_AT_READERS = text("""
    SELECT l.txn_id, l.gross_cents, l.happened_at, min(a.code) AS terminal_day
      FROM provider_line l
      JOIN item_match m ON m.provider_id = l.id AND m.ended_at IS NULL AND m.outcome = 'agrees'
      JOIN expected_item x ON x.id = m.expected_id
      JOIN transfer t ON t.entry_id = x.entry_id
      JOIN account a
        ON a.id = CASE WHEN l.gross_cents > 0 THEN t.debit_account ELSE t.credit_account END
      JOIN account c ON c.id = a.control_id AND c.code IN ('184100', '184110')
     WHERE l.delivery = 0 AND l.source = 'stripe' AND l.terminal IS NOT NULL
       AND l.record_type IN ('charge', 'refund') AND l.currency = 'EUR'
       AND NOT EXISTS (SELECT FROM provider_booking b WHERE b.ref = l.txn_id
                          AND b.event IN ('reader_received', 'reader_refunded'))
     GROUP BY l.id HAVING count(DISTINCT a.code) = 1
     ORDER BY l.happened_at, l.txn_id""")


def _fees(session: Session) -> Iterator[_Fact]:
    """Fees that belong to no payment, and those of payments at card readers; never one that has
    an entry already, whoever made it."""
    for row in session.execute(_FEES):
        event = "provider_fee" if row.cents > 0 else "provider_fee_back"
        yield _Fact(row.txn_id, event, abs(row.cents), row.happened_at)


# The newest version of a record counts. Fees of payments made online are booked with the payment.
_FEES = text("""
    WITH cost AS (
        SELECT DISTINCT ON (l.account, l.txn_id) l.txn_id, l.happened_at,
               CASE l.record_type WHEN 'fee' THEN -l.net_cents ELSE l.fee_cents END AS cents
          FROM provider_line l
         WHERE l.delivery = 0 AND l.source = 'stripe' AND l.currency = 'EUR'
           AND (l.record_type = 'fee'
                OR (l.terminal IS NOT NULL AND l.record_type IN ('charge', 'refund')))
           AND NOT EXISTS (SELECT FROM provider_booking b WHERE b.ref = l.txn_id
                              AND b.event IN ('provider_fee', 'provider_fee_back'))
         ORDER BY l.account, l.txn_id, l.file_version DESC)
    SELECT c.* FROM cost c
     WHERE c.cents <> 0
       AND NOT EXISTS (SELECT FROM entry e
                        WHERE e.reference = c.txn_id AND e.booked_on >= CAST(c.happened_at AS date)
                          AND e.event IN ('provider_fee', 'provider_fee_back'))
     ORDER BY c.happened_at, c.txn_id""")
