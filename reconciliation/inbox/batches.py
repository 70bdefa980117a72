"""Bundles whose payments the statement leaves out: told by a notification, before or after it.

A camt.054, a camt.052 or a counting house's list is never booked from. Its payments take the
place of the one line of the statement they make up, and only of a line nobody has booked yet.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.inbox.parts import Digest, Part, State, Told
from reconciliation.inbox.statements import (
    account_of,
    bank_reference_of,
    identity_of,
    payments_of,
)
from reconciliation.sources import StatementEnd, StatementEntry, StatementHead, StatementPart
from reconciliation.sources.cash import CASH_IN

_DETAIL = (
    "COPY batch_detail (file_id, account, notice, ordinal, detail, entry_cents, booked_on,"
    " batch_id, bank_reference, amount_cents, currency, end_to_end_id, rf_reference, remittance,"
    " counterparty_name, counterparty_iban, bank_tx_code, gvc, return_reason, mandate_id,"
    " charges_cents) FROM STDIN (FORMAT binary)"
)
_DETAIL_TYPES = (
    "int8", "text", "int4", "int4", "int4", "int8", "date", "text", "text", "int8", "text",
    *["text"] * 9, "int8",
)  # fmt: skip

# One line and one bundle that name each other and nothing else: the bank's reference or the
# bundle's id, and for cash without either the day.
_PAIRS = """
    WITH bundle AS (
        SELECT account, entry_cents, currency, bank_reference, batch_id, booked_on, gvc,
               max(ARRAY[file_id, notice, ordinal]) AS place
          FROM (SELECT file_id, notice, ordinal, account, entry_cents, currency, bank_reference,
                       batch_id, booked_on, CASE WHEN min(gvc) = '082' THEN '082' END AS gvc
                  FROM batch_detail GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
                HAVING sum(amount_cents) = entry_cents AND (count(*) > 1 OR min(gvc) = '082')) d
         GROUP BY 1, 2, 3, 4, 5, 6, 7),
    line AS (
        SELECT l.id, s.account, l.amount_cents, l.currency, l.bank_reference, l.batch_id,
               l.booked_on, l.gvc
          FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id
         WHERE l.detail = 0 AND (l.batch_count > 1 OR l.batch_id IS NOT NULL OR l.gvc = '082')
           AND NOT EXISTS (SELECT FROM bank_match m WHERE m.bank_line_id = l.id)
           AND NOT EXISTS (SELECT FROM bank_line o WHERE o.statement_id = l.statement_id
                              AND o.ordinal = l.ordinal AND o.detail > 0))
    SELECT line.id, max(bundle.place) AS place
      FROM line JOIN bundle
        ON bundle.account = line.account AND bundle.entry_cents = line.amount_cents
           AND bundle.currency = line.currency
           AND (bundle.bank_reference = line.bank_reference OR bundle.batch_id = line.batch_id
                OR (bundle.gvc = '082' AND line.gvc = '082' AND bundle.booked_on = line.booked_on
                    AND (bundle.bank_reference IS NULL OR line.bank_reference IS NULL)))
     GROUP BY line.id HAVING count(*) = 1"""

_EXPLAIN = f"""
    WITH pair AS ({_PAIRS}), settled AS (
        SELECT min(id) AS line, place FROM pair GROUP BY place HAVING count(*) = 1),
    ended AS (
        INSERT INTO bank_line_ended (bank_line_id, reason)
        SELECT line, 'detailed' FROM settled RETURNING 1)
    INSERT INTO bank_line (
        statement_id, amount_cents, ordinal, detail, booked_on, value_on, currency, end_to_end_id,
        rf_reference, remittance, counterparty_name, counterparty_iban, bank_tx_code, gvc,
        return_reason, mandate_id, bank_reference, is_reversal, batch_id, batch_count,
        charges_cents)
    SELECT l.statement_id, d.amount_cents, l.ordinal, d.detail, l.booked_on, l.value_on,
           l.currency, d.end_to_end_id, d.rf_reference, d.remittance, d.counterparty_name,
           d.counterparty_iban, coalesce(d.bank_tx_code, l.bank_tx_code), coalesce(d.gvc, l.gvc),
           d.return_reason, d.mandate_id, l.bank_reference, l.is_reversal, l.batch_id,
           l.batch_count, d.charges_cents
      FROM settled JOIN bank_line l ON l.id = settled.line
      JOIN batch_detail d ON ARRAY[d.file_id, d.notice, d.ordinal] = settled.place
    RETURNING 1"""


def take_notice(
    session: Session, file_id: int, head: StatementHead, parts: Iterator[StatementPart], *,
    told: Told, position: int,
) -> Part:  # fmt: skip
    """Keep the payments of a notification's bundles. Raises as `take_statement` does."""
    account = account_of(head, told)
    digest, count, days = Digest(), 0, []
    end = StatementEnd(0, 0)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor().copy(_DETAIL) as copy:
        copy.set_types(_DETAIL_TYPES)
        for part in parts:
            if isinstance(part, StatementEnd):
                end = part
                break
            if not isinstance(part, StatementEntry):
                continue
            rows = list(_rows(part))
            digest.add(tuple(rows))
            count += 1
            days.extend([part.booking_date] if part.booking_date else [])
            # A single payment adds nothing to the statement's own line, but for a safebag.
            for row in rows if len(rows) > 1 or part.gvc == CASH_IN else ():
                copy.write_row((file_id, account, position, *row))
    digest.add((head.message, end.movement_cents))
    return Part(
        series=f"notice:{account}", identity=identity_of(head), version=1, state=State.KEPT,
        content_hash=digest.value(), line_count=count, account=account, sequence=head.sequence,
        period_from=min(days, default=None), period_to=max(days, default=None),
    )  # fmt: skip


def explain_bundles(session: Session) -> int:
    """Put the payments of bundles in the place of their lines; returns how many payments."""
    return len(session.execute(text(_EXPLAIN)).all())


def _rows(entry: StatementEntry) -> Iterator[tuple[object, ...]]:
    reference = bank_reference_of(entry)
    for number, (payment, amount_cents) in enumerate(payments_of(entry), start=1):
        yield (
            entry.ordinal, number, entry.amount_cents, entry.booking_date, entry.batch_id,
            reference, amount_cents, entry.currency, payment.end_to_end_id, payment.rf_reference,
            payment.remittance, payment.counterparty_name, payment.counterparty_iban,
            payment.bank_tx_code or entry.bank_tx_code, payment.gvc or entry.gvc,
            payment.return_reason, payment.mandate_id, payment.charges_cents,
        )  # fmt: skip
