"""Money people have with the city: the wallets together are the account, and who is below zero."""

from datetime import date

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ledger.wallets import CONTROLS
from reconciliation.german import euros
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period
from reconciliation.reports.sums import Around, around, held_below

NOTHING = Around(0, 0)
NAMES = {"kita": "Kita-Konten", "citizen": "Bürger-Guthaben"}
_COLUMNS = (
    text("Guthaben"), number("Konten"), euro("Guthaben über null"), euro("unter null"),
    euro("Kontrollkonto"), euro("Wächter heute", has_sum=False),
)  # fmt: skip
_BELOW = (text("Konto"), euro("Guthaben"))
_GUARDS = """
    SELECT c.code AS control, sum(g.posted)::bigint AS posted
      FROM guard g JOIN account a ON a.id = g.account_id JOIN account c ON c.id = a.control_id
     WHERE c.code = ANY (CAST(:controls AS text[])) GROUP BY 1"""


def build(session: Session, period: Period) -> Document:
    """Wallets one by one = their control account; those below zero are claims (§ 42 (2) KomHVO)."""
    guards = {
        row.control: row.posted
        for row in session.execute(sql(_GUARDS), {"controls": list(CONTROLS.values())})
    }
    wallets = held_below(session, list(CONTROLS.values()), period.last, period.known_at)
    whole = around(session, period.first, period.last, period.known_at)
    today = around(session, date.max, date.max, None)
    rows: list[list[Cell]] = []
    agrees = True
    for kind, control in CONTROLS.items():
        held = [-cents for code, cents in wallets.items() if code.startswith(f"{control}/")]
        above, below = sum(c for c in held if c > 0), sum(c for c in held if c < 0)
        # The guards count for themselves, booking by booking: they are the second opinion.
        guarded = guards.get(control, 0)
        agrees = agrees and guarded == -today.get(control, NOTHING).closing_cents
        stands = -whole.get(control, NOTHING).closing_cents
        rows.append([NAMES.get(kind, kind), len(held), above, below, stands, guarded])
    overdrawn = sorted(
        (code.partition("/")[2], -cents) for code, cents in wallets.items() if cents > 0
    )
    total = -sum(whole.get(control, NOTHING).closing_cents for control in CONTROLS.values())
    tables = (
        Table("Guthaben = Kontrollkonto", _COLUMNS, rows, f"Guthaben zusammen: {euros(total)}.",
              "Kontrollkonto heute = Summe der Guthabenwächter", agrees),
        Table("Konten unter null", _BELOW, overdrawn,
              "Als Forderung auszuweisen und am Folgetag zurückzunehmen."),
    )  # fmt: skip
    return Document("Guthaben", period, tables)


REPORT = Report("wallets", "Guthaben", build)
