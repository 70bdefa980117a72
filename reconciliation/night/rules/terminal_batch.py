"""A credit that is, to the cent, what a terminal's day has open (posting rule 33, gross)."""

from datetime import date
from functools import partial

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.balances import sub_ledger_balances
from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_CREDITS

TERMINAL_CONTROLS = ("184100", "184110")
SETTLED_WITHIN_DAYS = 10  # calendar days; five bank days span nine with Easter

_CANDIDATES = f"""
    WITH batch AS (
        SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:terminals AS text[]),
                             CAST(:days AS date[]), CAST(:cents AS bigint[]))
                 AS b (code, terminal, day, cents)),
    candidate AS (
        SELECT o.*, batch.code, batch.day,
               count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY batch.code) AS for_batch
          FROM ({OPEN_CREDITS}) o JOIN batch ON batch.cents = o.amount_cents
           AND o.booked_on BETWEEN batch.day AND batch.day + {SETTLED_WITHIN_DAYS}
           AND o.remittance ~ ('\\m' || batch.terminal || '\\M')
           -- Two batches of a terminal's day may be equal: the code tells debit and credit cards.
           AND batch.code NOT LIKE CASE o.bank_tx_code WHEN 'PMNT/MCRD/POSP' THEN '184110/%'
                                        WHEN 'PMNT/MCRD/POSC' THEN '184100/%' ELSE '' END
           AND (o.remittance ~ '\\d\\d\\.\\d\\d\\.\\d\\d\\d\\d') = :names_day
           AND (NOT :names_day
                OR position(to_char(batch.day, 'DD.MM.YYYY') IN o.remittance) > 0))
    SELECT * FROM candidate WHERE for_line = 1 AND for_batch = 1 ORDER BY id"""


def _find(session: Session, until: date, *, names_day: bool) -> list[Explanation]:
    """Credits that name the terminal, and its day or none; then one day alone may have it open."""
    batches = [
        (code, *code.split("/")[1:], open_cents)
        for control in TERMINAL_CONTROLS
        for code, open_cents in _open_by_code(session, control)
        if open_cents > 0
    ]
    if not batches:
        return []
    codes, terminals, days, cents = (list(column) for column in zip(*batches, strict=True))
    values = {"until": until, "codes": codes, "terminals": terminals, "days": days, "cents": cents}
    rows = session.execute(text(_CANDIDATES), values | {"names_day": names_day})
    return [
        Explanation(
            line, line.code,
            (Posting("acquirer_credit", {"net": line.amount_cents, "fee": 0},
                     {"terminal": line.code}, Dimensions()),),
            line.code,
        )
        for line in rows
    ]  # fmt: skip


def _open_by_code(session: Session, control: str) -> list[tuple[str, int]]:
    balances = sub_ledger_balances(session, control)
    return [(code, held.debit_balance_cents) for code, held in balances.items()]


BY_DAY = LineRule("terminal_batch", 1, partial(_find, names_day=True))
BY_AMOUNT = LineRule("terminal_batch", 1, partial(_find, names_day=False))
