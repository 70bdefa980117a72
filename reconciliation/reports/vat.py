"""Value added tax of a period by sphere and rate, and whether tax and net fit each other."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from reconciliation.german import euros
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period
from reconciliation.reports.sums import Booked, booked

SPHERES = {"sovereign": "hoheitlich", "commercial": "gewerblich (BgA)"}
TAX = "372"
DEFERRED = "391"
REVENUE = ("43", "44", DEFERRED)

_CODES = """
    SELECT DISTINCT ON (code) code, name, kind, rate_percent, account, legal_basis FROM tax_code
     WHERE valid_from <= :last ORDER BY code, valid_from DESC"""


@dataclass(slots=True)
class Sum:
    """What one tax code brought, in cents. lines: bookings of net, each rounded by itself."""

    net: int = 0
    tax: int = 0
    lines: int = 0


@dataclass(slots=True)
class _Sums:
    by_code: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))

    def add(self, row: Booked) -> None:
        """Count one pair of accounts: to revenue and tax, or back from them."""
        if row.tax_code is None:
            return
        # What a pass releases later was taxed when it was sold.
        if row.debit.startswith(DEFERRED) and row.credit.startswith(REVENUE):
            return
        found = self.by_code[row.sphere or "", row.tax_code]
        for code, sign in ((row.credit, 1), (row.debit, -1)):
            if code.startswith(TAX):
                found.tax += sign * row.cents
            elif code.startswith(REVENUE):
                found.net += sign * row.cents
                found.lines += row.line_count


def build(session: Session, period: Period) -> Document:
    """Net, tax and gross by sphere and tax code, for the advance return (§ 18 UStG)."""
    sums, codes = _sums(session, period), _codes(session, period)
    rows, agrees = [], True
    for (sphere, code), found in sorted(sums.items()):
        known = codes.get(code)
        rate = known.rate_percent or 0 if known else 0
        off = found.tax - _tax_of(found.net, rate)
        fits = abs(off) <= found.lines  # each line is rounded by itself
        agrees = agrees and fits
        rows.append(_cells(sphere, code, known, found, off))
    table = Table(
        "Umsatzsteuer nach Sphäre und Satz", _COLUMNS, rows, _sentence(sums),
        "Steuer = Satz × Netto, je Zeile auf den Cent gerundet", agrees,
    )  # fmt: skip
    return Document("Umsatzsteuer", period, (table,))


_COLUMNS = (
    text("Sphäre"), text("Schlüssel"), text("Satz"), euro("Netto"), euro("Steuer"),
    euro("Brutto"), text("Konto"), number("Zeilen"), euro("Rundung"), text("Grundlage"),
)  # fmt: skip


def _cells(sphere: str, code: str, known: Row[Any] | None, found: Sum, off: int) -> list[Cell]:
    rate = f"{known.rate_percent} %" if known and known.rate_percent else "ohne"
    return [
        SPHERES.get(sphere, sphere or "nicht zugeordnet"), code, rate, found.net, found.tax,
        found.net + found.tax, (known.account if known else None) or "", found.lines, off,
        known.legal_basis if known else "",
    ]  # fmt: skip


def _sums(session: Session, period: Period) -> Mapping[tuple[str, str], Sum]:
    sums = _Sums()
    for row in booked(session, period.first, period.last, period.known_at):
        sums.add(row)
    return sums.by_code


def _codes(session: Session, period: Period) -> Mapping[str, Row[Any]]:
    return {row.code: row for row in session.execute(sql(_CODES), {"last": period.last})}


def _tax_of(net: int, rate: int) -> int:
    sign = -1 if net < 0 else 1
    return sign * ((2 * abs(net) * rate + 100) // 200)


def _sentence(sums: Mapping[tuple[str, str], Sum]) -> str:
    return f"Geschuldete Umsatzsteuer: {euros(sum(found.tax for found in sums.values()))}."


REPORT = Report("vat", "Umsatzsteuer", build)
