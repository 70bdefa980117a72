"""Credits that no rule explains and that name nothing of ours: unclear money (posting rule 6)."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.rules.acquirer_batch import LOOK_BACK_DAYS
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import NAME_OF_LINE, OPEN_CREDITS
from reconciliation.night.rules.payout_lines import NAMES_PROVIDER


def _find(session: Session, until: date) -> list[Explanation]:
    """Not those that name a terminal, a batch or a safebag of ours: they may yet be explained."""
    rows = session.execute(
        text(f"""
            WITH batch AS MATERIALIZED (
                SELECT DISTINCT batch AS code FROM provider_line
                 WHERE source = 'acquirer' AND length(batch) >= 6
                   AND settle_on > CAST(:until AS date) - {LOOK_BACK_DAYS})
            SELECT o.*, {NAME_OF_LINE} AS name FROM ({OPEN_CREDITS}) o
             WHERE NOT EXISTS (SELECT FROM terminal t
                                WHERE o.remittance ~ ('\\m' || t.code || '\\M'))
               AND NOT EXISTS (SELECT FROM batch b
                                WHERE position(b.code IN replace(o.remittance, ' ', '')) > 0)
               AND coalesce(o.remittance, '') !~* '\\msafebag\\M'
               AND NOT {NAMES_PROVIDER.replace("l.", "o.")} ORDER BY o.id"""),
        {"until": until},
    )
    return [
        Explanation(
            line, "",
            (Posting("unclear_receipt", {"amount": line.amount_cents}, {"bank": line.bank},
                     Dimensions()),),
            line.name,
        )
        for line in rows
    ]  # fmt: skip


RULE = LineRule("unclear", 1, _find)
