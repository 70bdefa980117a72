"""What each authority owes for subsidised meals: claimed, paid, open. No child is named."""

from collections import defaultdict

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from reconciliation.german import euros
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.moves import Move, balances_around, moves
from reconciliation.reports.period import Period

CONTROL = "161900"
PAID = "subsidy_paid"
BACKDATED = "subsidy_backdated"
_COLUMNS = (
    text("Behörde"), euro("Anfang"), number("Essen"), euro("Essen, Betrag"), euro("rückwirkend"),
    euro("bezahlt"), euro("sonstiges"), euro("offen am Ende"),
)  # fmt: skip


def build(session: Session, period: Period) -> Document:
    """Opening + meals + backdated - paid + other = open, for each authority (§ 28 (6) SGB II)."""
    around = balances_around(session, CONTROL, period)
    by_account: dict[str, list[Move]] = defaultdict(list)
    for move in moves(session, CONTROL, period):
        by_account[move.code].append(move)
    names: dict[str, str] = dict(
        session.execute(
            sql("SELECT code, name FROM account WHERE code LIKE :below"), {"below": f"{CONTROL}/%"}
        ).all()
    )
    rows, agrees = [], True
    for code, held in sorted(around.items()):
        opening, closing = held.opening_cents, held.closing_cents
        row = _row(names.get(code, code), opening, by_account[code], closing)
        agrees = agrees and opening + row[3] + row[4] - row[5] + row[6] == closing  # type: ignore[operator]
        rows.append(row)
    open_cents = sum(held.closing_cents for held in around.values())
    table = Table(
        "Zuschüsse je Behörde", _COLUMNS, rows, f"Offen am Ende: {euros(open_cents)}.",
        "Anfang + Essen + rückwirkend − bezahlt + sonstiges = Ende", agrees,
    )  # fmt: skip
    return Document("Zuschüsse", period, (table,))


def _row(name: str, opening: int, found: list[Move], closing: int) -> list[Cell]:
    meals = [move for move in found if move.event == "meal"]
    claimed = sum(move.debit - move.credit for move in meals)
    backdated = sum(move.debit - move.credit for move in found if move.event == BACKDATED)
    paid = sum(move.credit - move.debit for move in found if move.event == PAID)
    moved = sum(move.debit - move.credit for move in found)
    other = moved - claimed - backdated + paid
    lines = sum(move.lines for move in meals)
    return [name, opening, lines, claimed, backdated, paid, other, closing]


REPORT = Report("subsidies", "Zuschüsse", build)
