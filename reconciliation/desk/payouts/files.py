"""A payout as a file, down to its lines: the same tables as CSV, XLSX and PDF."""

from datetime import date

from reconciliation.desk.payouts.lines import Line
from reconciliation.desk.payouts.page import PayoutPage
from reconciliation.desk.payouts.words import provider_word, record_words
from reconciliation.german import german_day
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period

_COLUMNS = (
    number("Nr.", has_sum=False), text("Zeit (UTC)"), text("Art"), text("Herkunft"),
    text("Leistung"), text("Referenz"), text("Nummer beim Anbieter"), text("Buchung"),
    euro("Brutto"), euro("Entgelt"), euro("Netto"), euro("Laufend", has_sum=False),
)  # fmt: skip


def document_of(page: PayoutPage) -> Document:
    """The lines, the sums of each place and the bank's lines."""
    shown = page.whole
    who = provider_word(shown.provider)
    days = [shown.arrives_on, *(line.at.date() for line in page.every)]
    lines = Table(
        "Zeilen", _COLUMNS, [_row(line) for line in page.every],
        check="Summe der Zeilen = Auszahlung",
        agrees=shown.problem is None and shown.line_count is not None,
    )  # fmt: skip
    places = Table(
        "Nach Einrichtung",
        (text("Herkunft"), number("Anzahl"), euro("Brutto"), euro("Entgelt")),
        [(one.place, one.count, one.gross_cents, one.fee_cents) for one in page.places],
    )
    bank = Table(
        "Bank",
        (text("Auszug"), number("Eintrag", has_sum=False), text("Buchung"), euro("Betrag")),
        [
            (one.statement, one.ordinal, german_day(one.booked_on), one.amount_cents)
            for one in page.bank
        ],
    )
    title = f"{who}-Auszahlung {shown.number} vom {german_day(shown.arrives_on)}"
    return Document(title, Period(min(days), max(days)), (lines, places, bank))


def file_name(number_: str, arrives_on: date) -> str:
    """`auszahlung-2026-11-17-po_1QMd`."""
    plain = "".join(one if one.isalnum() or one in "_-" else "-" for one in number_)
    return f"auszahlung-{arrives_on}-{plain}"


def _row(line: Line) -> tuple[Cell, ...]:
    return (
        line.position, f"{line.at:%d.%m.%Y %H:%M:%S}",
        record_words(line.record_type, line.category), line.place, line.service, line.reference,
        line.txn_id, str(line.entry) if line.entry else "keine", line.gross_cents, line.fee_cents,
        line.net_cents, line.running_cents,
    )  # fmt: skip
