"""What the books expect others to confirm: one item for each entry and the account it moved.

Only what somebody delivers line by line: a terminal whose acquirer sends advices, and the
provider of online payments, each from its first record on; besides safebags and fee notices, for
the bank. What was looked at before is not looked at again: everything up to the newest seal.
"""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

# Behind a sealed entry nothing can appear any more; what is newer is looked at once more.
_SEEN = """
    SELECT coalesce(max((counts ->> 'until_entry')::bigint), 0) FROM night_step
     WHERE step = 'expected'"""
_SEALED = "SELECT coalesce(max(last_entry), 0) FROM block"

# Terminals whose acquirer delivers single lines, with the first day; new ones are taken from there
# on. An acquirer calls a terminal by its own number; which that is, the terminal said at the till.
_TERMINALS = """
    SELECT p.terminal AS name, coalesce(t.code, said.code) AS code, p.since,
           EXISTS (SELECT FROM expected_item x WHERE x.terminal = p.terminal) AS is_known
      FROM (SELECT terminal, min(coalesce(local_at, happened_at)::date) AS since
              FROM provider_line
             WHERE source IN ('acquirer', 'stripe') AND terminal IS NOT NULL
               AND record_type IN ('charge', 'refund', 'reversal')
             GROUP BY terminal) p
      LEFT JOIN terminal t ON t.code = p.terminal
      LEFT JOIN LATERAL (
          SELECT i.body ->> 'terminal' AS code FROM till_item i
           WHERE i.kind = 'attempt' AND i.body ->> 'state' = 'approved'
             AND i.body -> 'evidence' ->> 'terminal_id' = p.terminal
           LIMIT 1) said ON true
     WHERE coalesce(t.code, said.code) IS NOT NULL"""

_ADD = """
    INSERT INTO expected_item (code, entry_id, kind, channel, office, till, terminal, trace,
        receipt, auth_code, order_ref, psp_ref, booked_at, business_day, amount_cents, currency,
        related_ref)"""

# When it happened, where nobody says: when it was written down, if that was on its business day.
_AT = """CASE (e.recorded_at AT TIME ZONE 'Europe/Berlin')::date WHEN e.booked_on
                THEN e.recorded_at
                ELSE (e.booked_on + time '12:00') AT TIME ZONE 'Europe/Berlin' END"""

# Card sales and what was given back at a terminal. Their account names the terminal and the day;
# what the terminal said of it came with the attempt, whose key is that of the charge.
_CARDS = f"""{_ADD}
    WITH source AS ({_TERMINALS}),
    moved AS (
        SELECT t.entry_id, a.code, s.name AS terminal, min(t.facility) AS facility,
               min(t.till) AS till, min(t.currency) AS currency,
               sum(CASE WHEN t.debit_account = a.id THEN t.amount_cents
                        ELSE -t.amount_cents END)::bigint AS cents
          FROM account c JOIN account a ON a.control_id = c.id
          JOIN source s ON s.code = split_part(a.code, '/', 2)
           AND right(a.code, 10) >= s.since::text  -- days are written so that they compare
          JOIN LATERAL (
              SELECT * FROM transfer d WHERE d.debit_account = a.id
              UNION ALL SELECT * FROM transfer k WHERE k.credit_account = a.id) t ON true
         WHERE c.code IN ('184100', '184110') AND (NOT s.is_known OR t.entry_id > :seen)
         GROUP BY t.entry_id, a.id, a.code, s.name)
    SELECT 'E' || m.entry_id || '-' || left(m.code, 6), m.entry_id,
           CASE WHEN e.reverses IS NOT NULL THEN 'reversal' WHEN m.cents < 0 THEN 'refund'
                ELSE 'charge' END,
           CASE WHEN ev.said ->> 'number' LIKE 'pi\\_%' THEN 'online' ELSE 'terminal' END,
           m.facility, m.till, m.terminal, ev.said ->> 'number',
           nullif(ev.said ->> 'receipt', ''), nullif(ev.said ->> 'authorisation', ''),
           e.reference,
           CASE WHEN ev.said ->> 'number' LIKE 'pi\\_%' THEN ev.said ->> 'number' END,
           coalesce((ev.said ->> 'at')::timestamptz, ch.charged_at, {_AT}), e.booked_on,
           m.cents, m.currency, NULL
      FROM moved m JOIN entry e ON e.id = m.entry_id
      LEFT JOIN charge ch ON ch.entry_id = e.id
      LEFT JOIN refund_payment r ON r.paid_entry = e.id
      LEFT JOIN LATERAL (
          SELECT i.body -> 'evidence' AS said FROM till_item i
           WHERE i.kind = 'attempt' AND i.body ->> 'state' = 'approved'
             AND i.body ->> 'attempt' = coalesce(r.attempt, ch.key, e.key)::text
           ORDER BY i.received_at DESC LIMIT 1) ev ON true
     WHERE m.cents <> 0 AND e.event NOT IN
           ('acquirer_credit', 'terminal_sale_found', 'reader_received', 'reader_refunded')
     ORDER BY m.entry_id
    ON CONFLICT DO NOTHING"""

_ONLINE = f"""{_ADD}
    WITH source AS (
        SELECT min(happened_at) AS since,
               EXISTS (SELECT FROM expected_item WHERE channel = 'online') AS is_known
          FROM provider_line WHERE source = 'stripe')
    SELECT 'E' || e.id || '-184200', e.id,
           CASE b.kind WHEN 'received' THEN 'charge' ELSE 'refund' END, 'online',
           NULL, NULL, NULL, NULL, NULL, NULL,
           CASE b.kind WHEN 'received' THEN p.id::text ELSE p.intent END,
           CASE b.kind WHEN 'received' THEN p.intent ELSE b.ref END,
           e.recorded_at, e.booked_on,
           CASE b.kind WHEN 'received' THEN b.amount_cents ELSE -abs(b.amount_cents) END, 'EUR',
           CASE b.kind WHEN 'received' THEN NULL ELSE p.intent END
      FROM source s JOIN entry e ON e.recorded_at >= s.since
      JOIN online_booking b ON b.entry_id = e.id AND b.kind IN ('received', 'refund_out')
      LEFT JOIN online_payment p ON p.id = b.payment
     WHERE NOT s.is_known OR e.id > :seen
     ORDER BY e.id
    ON CONFLICT DO NOTHING"""

_BAGS = f"""{_ADD}
    SELECT 'E' || e.id || '-184000', e.id, 'cash_deposit', 'cash', min(t.facility), min(t.till),
           NULL, NULL, NULL, NULL, NULL, NULL, min(coalesce(b.dropped_at, e.recorded_at)),
           e.booked_on, sum(t.amount_cents)::bigint, min(t.currency), e.reference
      FROM entry e JOIN transfer t ON t.entry_id = e.id LEFT JOIN cash_bag b ON b.entry_id = e.id
     WHERE e.event = 'cash_drop' AND e.reference IS NOT NULL AND e.id > :seen
     GROUP BY e.id ORDER BY e.id
    ON CONFLICT DO NOTHING"""

_NOTICES = f"""{_ADD}
    SELECT 'E' || c.entry_id || '-161100', c.entry_id, 'invoice', 'transfer', c.facility, c.till,
           NULL, NULL, c.receipt_number, NULL, l.reference, NULL, n.noticed_at, c.booked_on,
           c.total_cents, 'EUR', NULL
      FROM pay_link_notice n JOIN pay_link l ON l.id = n.link JOIN charge c ON c.key = n.charge
     WHERE c.entry_id > :seen AND c.total_cents > 0 ORDER BY c.entry_id
    ON CONFLICT DO NOTHING"""

# Every name by which a terminal of ours may stand in somebody's file.
OWN_NAMES = f"""
    SELECT code AS name, code FROM terminal UNION SELECT s.name, s.code FROM ({_TERMINALS}) s"""

_PARTS = {"cards": _CARDS, "online": _ONLINE, "bags": _BAGS, "notices": _NOTICES}


def bring_expected(session: Session) -> Mapping[str, int]:
    """Add the items of every entry since the last run, each once; how many, by kind."""
    seen = session.scalar(text(_SEEN))
    until = session.scalar(text(_SEALED)) or 0
    added = {name: _rows(session, part, seen) for name, part in _PARTS.items()}
    return {**added, "written": sum(added.values()), "until_entry": until}


def own_terminals(session: Session) -> frozenset[str]:
    """Every name by which a terminal of ours may stand in a provider's file."""
    return frozenset(session.scalars(text(f"SELECT name FROM ({OWN_NAMES}) ours")))


def _rows(session: Session, statement: str, seen: int | None) -> int:
    found = session.execute(text(f"{statement} RETURNING 1"), {"seen": seen})
    return len(found.all())
