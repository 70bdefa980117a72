"""A transfer that carries a wallet's reference tops it up (posting rule 5)."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_CREDITS


def _find(session: Session, until: date) -> list[Explanation]:
    rows = session.execute(
        text(f"SELECT o.*, w.account AS wallet FROM ({OPEN_CREDITS}) o"
             " JOIN wallet w ON w.reference = o.rf_reference ORDER BY o.id"),
        {"until": until},
    )  # fmt: skip
    return [
        Explanation(
            line, line.rf_reference,
            (Posting("top_up_transfer", {"amount": line.amount_cents},
                     {"bank": line.bank, "wallet": line.wallet}, Dimensions()),),
            line.rf_reference,
        )
        for line in rows
    ]  # fmt: skip


RULE = LineRule("wallet_reference", 1, _find)
