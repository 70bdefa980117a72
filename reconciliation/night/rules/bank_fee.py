"""What the bank takes for keeping the account: by its own code, which nobody else may use."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.entries import Dimensions
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_DEBITS

# ISO 20022: account management, miscellaneous debit operations, charges. GVC 8xx is the same
# group in the German scheme; 808 are charges, 805 the closing of accounts, 809 commission.
_IS_FEE = "(o.bank_tx_code = 'ACMT/MDOP/CHRG' OR o.gvc IN ('805', '808', '809'))"


def _find(session: Session, until: date) -> list[Explanation]:
    rows = session.execute(
        text(f"SELECT * FROM ({OPEN_DEBITS}) o WHERE {_IS_FEE} ORDER BY o.id"), {"until": until}
    )
    return [
        Explanation(
            line, line.bank_tx_code or line.gvc,
            (Posting("bank_fee", {"fee": -line.amount_cents}, {"bank": line.bank}, Dimensions()),),
            f"{line.statement_name}/{line.ordinal}",
        )
        for line in rows
    ]  # fmt: skip


RULE = LineRule("bank_fee", 1, _find)
