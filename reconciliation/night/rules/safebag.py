"""A credit that names a safebag whose content it is, to the cent (posting rule 36)."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_CREDITS

SAFEBAGS = "184000"

# Bags on their way: dropped, and neither counted by the bank nor settled by hand. NOT IN, because
# it is hashed once: planned as a join it reads every credit for every bag.
OPEN_BAGS = f"""
    SELECT e.id, e.reference, e.booked_on, t.amount_cents, t.facility, t.till
      FROM transfer t JOIN account a ON a.id = t.debit_account AND a.code = '{SAFEBAGS}'
      JOIN entry e ON e.id = t.entry_id
     WHERE e.event = 'cash_drop' AND e.reference IS NOT NULL
       AND NOT EXISTS (SELECT FROM bank_match m
                        WHERE m.rule = 'safebag' AND m.key_used = e.reference)
       AND e.reference NOT IN (
           SELECT ce.reference FROM account ca JOIN transfer c ON c.credit_account = ca.id
             JOIN entry ce ON ce.id = c.entry_id
            WHERE ca.code = '{SAFEBAGS}' AND ce.reference IS NOT NULL)"""


def _find(session: Session, until: date) -> list[Explanation]:
    rows = session.execute(
        text(f"""
            WITH bag AS ({OPEN_BAGS}),
            candidate AS (
                SELECT o.*, bag.reference AS bag, count(*) OVER (PARTITION BY o.id) AS for_line,
                       count(*) OVER (PARTITION BY bag.reference) AS for_bag
                  FROM ({OPEN_CREDITS}) o JOIN bag ON bag.amount_cents = o.amount_cents
                   AND o.booked_on >= bag.booked_on
                   AND o.remittance ~ ('\\m' || bag.reference || '\\M'))
            SELECT * FROM candidate WHERE for_line = 1 AND for_bag = 1 ORDER BY id"""),
        {"until": until},
    )
    return [
        Explanation(
            line, line.bag,
            (Posting("cash_counted", {"amount": line.amount_cents}, {"safebag": SAFEBAGS},
                     Dimensions()),),
            line.bag,
        )
        for line in rows
    ]  # fmt: skip


RULE = LineRule("safebag", 1, _find)
