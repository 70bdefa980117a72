"""The work list as a file: every case of the filter and every column, however the page shows it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ledger.calendar import business_day
from reconciliation.casework.lists import Filter, every_case
from reconciliation.desk.case_filters import VIEW_WORDS
from reconciliation.desk.case_lines import CaseLine, case_line
from reconciliation.german import german_instant
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period
from reconciliation.words import channel_word, class_word

FORMS = ("csv", "xlsx")
SEVERITIES = {"break": "Differenz", "suggestion": "Vorschlag"}
COLUMNS = (
    text("Fall"), text("Gruppe"), text("Art"), text("Kanal"), text("Ort"), text("Beleg"),
    text("Tag"), euro("Erwartet €", has_sum=False), euro("Bestätigt €", has_sum=False),
    euro("Differenz €", has_sum=False), number("BT", has_sum=False), number("Stufe", has_sum=False),
    text("Vorschlag oder nächster Schritt"), text("Zuständig"), text("Zustand"),
    text("Geschlossen"),
)  # fmt: skip


def sheet_of(session: Session, only: Filter) -> Document:
    """The list as a report, over all its pages; of a column that the page hides, too."""
    lines = [case_line(each, person=only.person, at=only.at) for each in every_case(session, only)]
    today = business_day(only.at)
    first = min((line.since for line in lines), default=today)
    table = Table(_title(only), COLUMNS, [_row(line) for line in lines])
    return Document("Differenzen", Period(first, max(first, today)), (table,))


def _title(only: Filter) -> str:
    """`Offen, girocard, Stand 17.11.2026, 07:31`: the filter, for whoever gets the file."""
    narrowed = (
        only.channel and channel_word(only.channel), only.kind and class_word(only.kind),
        only.place, SEVERITIES.get(only.severity or ""),
    )  # fmt: skip
    said = [VIEW_WORDS[only.view], *filter(None, narrowed)]
    return f"{', '.join(said)}, Stand {german_instant(only.at)}"


def _row(line: CaseLine) -> Sequence[Cell]:
    closed = german_instant(line.closed_at) if line.closed_at else None
    cells: tuple[Cell, ...] = (
        line.name, SEVERITIES.get(line.severity), line.kind, line.channel, line.place,
        line.reference, f"{line.since:%d.%m.%Y}", line.expected_cents, line.confirmed_cents,
        line.cents, line.age, line.tier, line.step, line.owner, line.state, closed,
    )  # fmt: skip
    return [_printable(cell) if isinstance(cell, str) else cell for cell in cells]


def _printable(words: str) -> str:
    """Banks and providers write what they like; a sheet takes no control characters."""
    return "".join(sign for sign in words if sign.isprintable())
