"""Money that is the federation's: its share of certificates, collected and passed on."""

from sqlalchemy.orm import Session

from reconciliation.german import euros
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.moves import balance_around, moves
from reconciliation.reports.period import Period

CONTROL = "371200"
PAID = "federal_share_paid"
_WORDS = {
    "fee_shared": "Gebühren am Schalter", "fee_notice": "Gebührenbescheide",
    "pay_link_paid": "Gebühren online", "fee_refund_approved": "erstattet", PAID: "abgeführt",
}  # fmt: skip
_COLUMNS = (text("Vorgang"), number("Anzahl"), euro("Betrag"))


def build(session: Session, period: Period) -> Document:
    """Opening + collected - refunded - passed on = due (§ 30 (2) BZRG)."""
    opening, closing = (-cents for cents in balance_around(session, CONTROL, period))
    found = moves(session, CONTROL, period)
    rows: list[list[Cell]] = [["Anfangsbestand", None, opening]]
    for move in found:
        words = _WORDS.get(move.event, move.event)
        rows.append([words, move.lines, move.credit - move.debit])
    agrees = opening + sum(move.credit - move.debit for move in found) == closing
    table = Table(
        "Bundesanteil am Führungszeugnis", _COLUMNS, rows,
        f"Abzuführen: {euros(closing)}.", "Anfang + Zugang − Abgang = Endbestand", agrees,
    )  # fmt: skip
    return Document("Durchlaufende Gelder", period, (table,))


REPORT = Report("pass-through", "Durchlaufende Gelder", build)
