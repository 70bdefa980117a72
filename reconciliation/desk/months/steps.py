"""The eight steps of a month end: what each one shows, and whether it is done."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ledger.calendar import bank_days_between
from ledger.turnovers import entries_between
from reconciliation.closing.months import open_days
from reconciliation.reports import load
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period
from reconciliation.reports.sums import reach

LONGEST_UNCLEAR_DAYS = 10  # bank days


@dataclass(frozen=True, slots=True)
class Step:
    """One step. code: stable; report: its name, where it can be saved as a file."""

    number: int
    code: str
    title: str
    is_done: bool
    says: str
    tables: tuple[Table, ...]
    report: str | None = None

    @property
    def figures(self) -> list[Any]:
        """Everything the step shows, as plain values."""
        return [[list(row) for row in table.rows] for table in self.tables]


def steps_of(session: Session, period: Period) -> tuple[Step, ...]:
    """All eight, in the order they are worked through."""
    return (
        _days(session, period),
        _report(session, period, (2, "vat", "Umsatzsteuer nach Satz und Sphäre")),
        _report(session, period, (3, "subsidies", "Zuschüsse je Behörde")),
        _report(session, period, (4, "pass-through", "Bundesanteil")),
        _report(session, period, (5, "deferrals", "Mehrfachkarten")),
        _report(session, period, (6, "wallets", "Guthaben = Kontrollkonto")),
        _unclear(session, period),
        _handed_over(session, period),
    )


def _report(session: Session, period: Period, which: tuple[int, str, str]) -> Step:
    place, name, title = which
    document: Document = load()[name].build(session, period)
    says = " ".join(table.sentence for table in document.tables if table.sentence)
    return Step(place, name, title, document.agrees, says, document.tables, name)


def _days(session: Session, period: Period) -> Step:
    waiting = open_days(session, period.first)
    rows: Sequence[Sequence[Cell]] = [[f"{day:%d.%m.%Y}", "offen"] for day in waiting]
    says = f"{len(waiting)} Tage sind noch offen." if waiting else "Alle Tage sind gesperrt."
    table = Table("Offene Tage", (text("Tag"), text("Zustand")), rows)
    return Step(1, "days", "Alle Tage gesperrt", not waiting, says, (table,))


_UNCLEAR = """
    SELECT number, reference, since, amount_cents, explanation FROM difference
     WHERE closed_at IS NULL AND account = '371100' AND since <= :last ORDER BY since, number"""


def _unclear(session: Session, period: Period) -> Step:
    found = session.execute(sql(_UNCLEAR), {"last": period.last}).all()
    old = [row for row in found if bank_days_between(row.since, period.last) > LONGEST_UNCLEAR_DAYS]
    rows: list[list[Cell]] = [
        [f"D-{row.number}", row.reference or "", f"{row.since:%d.%m.%Y}", abs(row.amount_cents),
         bank_days_between(row.since, period.last)]
        for row in old
    ]  # fmt: skip
    columns = (text("Fall"), text("Bezug"), text("seit"), euro("Betrag"),
               number("Banktage", has_sum=False))  # fmt: skip
    says = (
        f"{len(old)} Einzahlungen sind seit mehr als {LONGEST_UNCLEAR_DAYS} Banktagen ungeklärt."
        if old else f"Nichts ist länger als {LONGEST_UNCLEAR_DAYS} Banktage ungeklärt."
    )  # fmt: skip
    return Step(7, "unclear", "Ungeklärtes Geld", not old, says,
                (Table("Ungeklärt", columns, rows),))  # fmt: skip


# An entry that was handed over in two formats was handed over.
_HANDED = """
    SELECT coalesce((SELECT sum(entry_count)::bigint FROM entry_day
                      WHERE booked_on BETWEEN :first AND :last AND block_number <= :kept_block), 0)
           + (SELECT count(*) FROM entry
               WHERE id > :kept_entry AND booked_on BETWEEN :first AND :last) AS entries,
           (SELECT count(DISTINCT h.entry_id) FROM export_entry h JOIN entry e ON e.id = h.entry_id
             WHERE ((h.entry_id > :before AND h.entry_id <= :until) OR h.entry_id > :sealed)
               AND e.booked_on BETWEEN :first AND :last) AS handed"""


def _handed_over(session: Session, period: Period) -> Step:
    kept, within = reach(session, None), entries_between(session, period.first, period.last)
    values = {"first": period.first, "last": period.last, **asdict(within),
              "kept_block": kept.kept_block, "kept_entry": kept.kept_entry}  # fmt: skip
    row = session.execute(sql(_HANDED), values).one()
    waiting = row.entries - row.handed
    rows: list[list[Cell]] = [["Buchungen des Monats", row.entries], ["übergeben", row.handed],
                              ["noch nicht übergeben", waiting]]  # fmt: skip
    columns = (text("Was"), number("Anzahl", has_sum=False))
    says = (
        "Alles ist übergeben." if not waiting else f"{waiting} Buchungen warten auf die Übergabe."
    )
    return Step(8, "handover", "Übergabe", not waiting, says,
                (Table("Übergabe an das Finanzverfahren", columns, rows),))  # fmt: skip
