"""How differences and channels are called on screen, and what is to be done next about each.

Codes stay in the data and in details; people read these words. German first, English beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClassWords:
    """One class of differences. next_step: what a person does where nothing is proposed."""

    german: str
    english: str
    next_step: str


def _of(german: str, english: str, next_step: str) -> ClassWords:
    return ClassWords(german, english, next_step)


CLASSES: Mapping[str, ClassWords] = {
    "MISSING_AT_PSP": _of(
        "Fehlt beim Anbieter", "Missing at provider", "Terminal befragen (Beleg wiederholen)"
    ),
    "MISSING_IN_LEDGER": _of("Fehlt im Hauptbuch", "Missing in ledger", "Kassenjournal anfordern"),
    "AMOUNT_DIFF": _of("Betrag weicht ab", "Amount differs", "Beleg und Terminalbeleg vergleichen"),
    "PARTIAL_CAPTURE": _of(
        "Nur teilweise eingezogen", "Partly captured", "Rest nachfordern oder ausbuchen"
    ),
    "DUPLICATE_CHARGE": _of("Doppelt belastet", "Charged twice", "Zweite Zahlung erstatten"),
    "DUPLICATE_LEDGER": _of("Doppelt gebucht", "Booked twice", "Zweite Buchung stornieren"),
    "DUPLICATE_PSP_LINE": _of(
        "Zeile doppelt geliefert", "Line delivered twice", "Erledigt: nur einmal gezählt"
    ),
    "WRONG_DAY": _of("Falscher Buchungstag", "Wrong day", "Tag bestätigen"),
    "REFUND_MISSING_AT_PSP": _of(
        "Erstattung nicht ausgeführt", "Refund not executed", "Erneut senden, gleicher Schlüssel"
    ),
    "REFUND_MISSING_IN_LEDGER": _of(
        "Erstattung nicht gebucht", "Refund not booked", "Erstattung nachbuchen"
    ),
    "CHARGEBACK": _of("Rückbelastung", "Chargeback", "Rückbelastung und Entgelt buchen"),
    "CHARGEBACK_REVERSED": _of("Rückbelastung gewonnen", "Chargeback won", "Gutschrift buchen"),
    "FEE_MISMATCH": _of("Entgelt weicht ab", "Fee differs", "Beim Anbieter nachfragen"),
    "CURRENCY_MISMATCH": _of("Andere Währung", "Other currency", "Beim Anbieter nachfragen"),
    "REF_DIGIT_SWAP": _of("Referenz vertauscht", "Reference swapped", "Zuordnung bestätigen"),
    "REF_MISSING": _of("Referenz fehlt", "Reference missing", "Zuordnung bestätigen"),
    "SPLIT_PAYMENT": _of("Zahlung geteilt", "Payment split", "Gleiche Summe bestätigen"),
    "COMBINED_PAYMENT": _of("Zahlung vereint", "Payments combined", "Gleiche Summe bestätigen"),
    "REVERSED_AT_PSP": _of(
        "Beim Anbieter storniert", "Reversed at provider", "Verkauf prüfen, Buchung stornieren"
    ),
    "UNKNOWN_TERMINAL": _of("Fremdes Terminal", "Unknown terminal", "Vertrag beim Anbieter klären"),
    "TERMINAL_COUNTER_GAP": _of("Belegnummer fehlt", "Receipt gap", "Terminaljournal anfordern"),
    "LATE_ARRIVAL": _of("Später geliefert", "Arrived late", "Erledigt: zugeordnet"),
    "EOD_MISSING": _of("Kassenschnitt fehlt", "Terminal total missing", "Datei anfordern"),
    "EOD_SUM_MISMATCH": _of(
        "Kassenschnitt weicht ab", "Terminal total differs", "Terminaljournal vergleichen"
    ),
    "PAYOUT_MISSING_AT_BANK": _of(
        "Auszahlung nicht angekommen", "Payout not arrived", "Nachforschung beim Anbieter"
    ),
    "PAYOUT_LATE": _of("Auszahlung verspätet", "Payout late", "Abwarten, beim Anbieter nachfragen"),
    "PAYOUT_AMOUNT_DIFF": _of("Auszahlung weicht ab", "Payout differs", "Auszahlung aufklappen"),
    "PAYOUT_RETURNED": _of(
        "Auszahlung zurückgebucht", "Payout returned", "Bankverbindung beim Anbieter prüfen"
    ),
    "PAYOUT_SUM_MISMATCH": _of(
        "Auszahlung ≠ Summe der Zeilen", "Payout ≠ sum of lines", "Beim Anbieter reklamieren"
    ),
    "BATCH_SPLIT": _of("Auszahlung geteilt", "Payout split", "Gleiche Summe bestätigen"),
    "PAYOUT_MERGED": _of("Auszahlungen vereint", "Payouts merged", "Gleiche Summe bestätigen"),
    "FILE_MISSING": _of("Datei fehlt", "File missing", "Datei anfordern"),
    "FILE_REDELIVERED": _of("Datei erneut geliefert", "File delivered again", "Erledigt"),
    "FILE_CORRECTED": _of("Datei berichtigt", "File corrected", "Erledigt: neue Fassung gilt"),
    "STATEMENT_MISSING": _of("Auszug fehlt", "Statement missing", "Auszug bei der Bank anfordern"),
    "STATEMENT_OVERLAP": _of("Auszüge überschneiden sich", "Statements overlap", "Erledigt"),
    "NAME_ONLY_TRANSFER": _of("Überweisung ohne Referenz", "No reference", "Zuordnung bestätigen"),
    "TRANSFER_REF_TYPO": _of("Referenz mit Tippfehler", "Reference typo", "Zuordnung bestätigen"),
    "TRANSFER_COMBINED": _of("Sammelüberweisung", "Combined transfer", "Teilsummen bestätigen"),
    "TRANSFER_UNDERPAID": _of("Zu wenig überwiesen", "Underpaid", "Rest anfordern"),
    "TRANSFER_OVERPAID": _of("Zu viel überwiesen", "Overpaid", "Rest zurückzahlen"),
    "TRANSFER_MISSING": _of("Überweisung fehlt", "Transfer missing", "Mahnung veranlassen"),
    "UNKNOWN_CREDIT": _of(
        "Unbekannte Gutschrift", "Unknown credit", "Von Hand zuordnen oder zurücksenden"
    ),
    "CASH_SHORT": _of("Kassenfehlbetrag", "Cash shortage", "Ausbuchen mit zweiter Person"),
    "CASH_OVER": _of("Kassenüberschuss", "Cash overage", "Wartefrist abwarten"),
    "DEPOSIT_DIFF": _of("Bareinzahlung weicht ab", "Deposit differs", "Meldung der Bank abwarten"),
    "DEPOSIT_MISSING": _of(
        "Safebag fehlt bei der Bank", "Safebag missing at bank", "Nachforschung bei der Bank"
    ),
    "IN_TRANSIT": _of("Unterwegs", "In transit", "In Frist"),
    "UNKNOWN_CATEGORY": _of(
        "Unbekannte Bewegung", "Unknown movement", "Beim Anbieter klären, von Hand buchen"
    ),
    "CONTROL_TOTAL": _of(
        "Kontrollsumme weicht ab", "Control total differs", "Saldo erklären lassen"
    ),
    "CLEARING_OVERDUE": _of("Verrechnung überfällig", "Clearing overdue", "Saldo erklären lassen"),
    "SUPERSEDED_BOOKING": _of(
        "Aus ersetztem Auszug gebucht", "Booked from a replaced statement", "Buchung stornieren"
    ),
    "UNEXPLAINED_LINE": _of(
        "Bankeintrag ohne Erklärung", "Unexplained bank line", "Von Hand zuordnen"
    ),
}

# Fixed order: money volume, so that the eye learns it. Name and how the channel pays.
CHANNELS: Mapping[str, tuple[str, str]] = {
    "girocard": ("girocard", "brutto, +1 Banktag"),
    "card": ("Kreditkarten", "netto, +2 Banktage"),
    "stripe": ("Stripe", "Portal, Zahlungslinks, Museen"),
    "direct_debit": ("SEPA-Lastschrift", "Auto-Aufladung"),
    "transfer": ("Überweisung", "2 Konten, camt.053"),
    "cash": ("Bargeld", "Kassen und Safebags"),
    "bank": ("Bank", "Auszüge, Entgelte"),
    "files": ("Dateien", "Kalender der Lieferungen"),
}
SEVERITIES: Mapping[str, str] = {
    "break": "Differenz", "suggestion": "Vorschlag", "info": "erledigt", "timing": "in Frist",
}  # fmt: skip
TIERS = (
    ("Exakter Schlüssel", "bucht selbst"),
    ("Zweiter Schlüssel oder Gruppe mit gleicher Summe", "Vorschlag"),
    ("Referenz fast gleich, Betrag gleich, eindeutig", "Vorschlag"),
    ("Betrag, Zeit und Zahler, eindeutig", "Vorschlag"),
    ("Teilsumme mit genau einer Lösung", "Vorschlag"),
)


def class_word(code: str) -> str:
    """`CHARGEBACK` → `Rückbelastung`; a class without a word is shown as it is."""
    found = CLASSES.get(code)
    return found.german if found else code


def next_step(code: str) -> str:
    """What a person does about a difference of this class where nothing is proposed."""
    found = CLASSES.get(code)
    return found.next_step if found else "Prüfen"


def channel_word(code: str | None) -> str:
    """`card` → `Kreditkarten`."""
    return CHANNELS[code][0] if code is not None and code in CHANNELS else code or "–"
