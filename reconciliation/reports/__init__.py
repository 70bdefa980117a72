"""Reports: what a month or a year of the books says, one module for each, in every form.

A module here has a `REPORT`:

    REPORT = Report("receipts", "Belege", build)

    def build(session: Session, period: Period) -> Document:
        rows = [(row.facility, row.cents) for row in session.execute(...)]
        return Document("Belege", period, (Table("Je Ort", (TEXT("Ort"), EURO("Betrag")), rows),))

`load()` finds it; page, CSV, XLSX and PDF are made from the same document.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from reconciliation.reports.document import Document
from reconciliation.reports.period import Period


@dataclass(frozen=True, slots=True)
class Report:
    """One report. name: as in addresses and commands; build: reads the books once."""

    name: str
    title: str
    build: Callable[[Session, Period], Document]


@cache
def load() -> Mapping[str, Report]:
    """Every report: the `REPORT` of each module here that has one, by name."""
    modules = (
        importlib.import_module(f"{__name__}.{each.name}")
        for each in pkgutil.iter_modules(__path__)
    )
    found = (module.REPORT for module in modules if hasattr(module, "REPORT"))
    return {report.name: report for report in sorted(found, key=lambda report: report.name)}
