"""The words of the pages about payouts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciliation.desk.event_words import EVENTS

if TYPE_CHECKING:
    from reconciliation.desk.payouts.whole import Whole

PORTAL = "Portal"
PROVIDERS: Mapping[str, str] = {"stripe": "Stripe", "acquirer": "Netzbetrieb", "zvt": "Terminal"}
KINDS: Mapping[str, str] = {
    "break": "Differenz", "suggestion": "Vorschlag", "late": "verspätet", "in_time": "unterwegs",
    "returned": "zurückgebucht", "closed": "angekommen",
}  # fmt: skip
RECORDS: Mapping[str, str] = {
    "charge": "Zahlung", "refund": "Erstattung", "reversal": "Storno",
    "chargeback": "Rückbelastung", "chargeback_reversal": "Rückbelastung gewonnen",
    "fee": "Entgelt", "other": "Sonstiges",
}  # fmt: skip
# Of records that are neither a payment nor its fee: what the provider calls them.
CATEGORIES: Mapping[str, str] = {
    "payout_reversal": "Auszahlung zurück", "refund_failure": "Erstattung zurück",
    "network_cost": "Netzentgelt", "tax": "Umsatzsteuer auf Entgelt", "topup": "Aufstockung",
    "topup_reversal": "Aufstockung zurück", "risk_reserved_funds": "Einbehalt",
    "other_adjustment": "Anpassung",
}  # fmt: skip
PURPOSES: Mapping[str, str] = {
    "top_up": "Aufladung", "auto_top_up": "Auto-Aufladung", "pay_link": "Zahlungslink",
    "tickets": "Eintritt",
}  # fmt: skip
PROBLEMS: Mapping[str, str] = {
    "sum": "Die Zeilen ergeben nicht die Auszahlung.",
    "own": "Stripe bucht die Auszahlung mit einem anderen Betrag vom Guthaben ab.",
    "twice": "Eine Zeile steht zweimal darin.",
    "currency": "Eine Zeile ist in anderer Währung.",
}
# Why a bank did not take a payout, in the provider's codes.
FAILURES: Mapping[str, str] = {
    "account_closed": "Konto geschlossen", "account_frozen": "Konto gesperrt",
    "invalid_account_number": "Kontonummer falsch", "no_account": "Konto nicht gefunden",
    "could_not_process": "von der Bank nicht verarbeitet", "declined": "von der Bank abgelehnt",
    "debit_not_authorized": "Einzug nicht erlaubt", "insufficient_funds": "Guthaben reicht nicht",
}  # fmt: skip
RULES: Mapping[str, str] = {
    "payout_trace": "Trace-ID, exakt (Stufe 1)",
    "payout_amount": "Betrag, Tag und Anbieter, eindeutig",
    "payout_taken_back": "Rückbuchung zu dieser Auszahlung",
}


def state_word(shown: "Whole") -> str:
    """How far a payout is, as a word beside its shape."""
    if shown.kind == "break":
        return "stimmt nicht"
    if shown.kind == "closed" and shown.amount_cents < 0:
        return "abgebucht"
    return KINDS[shown.kind]


def provider_word(code: str) -> str:
    """`stripe` → `Stripe`."""
    return PROVIDERS.get(code, code)


def record_words(record_type: str, category: str | None) -> str:
    """What a line is: `Zahlung`, `Rückbelastung`, `Einbehalt`."""
    known = RECORDS.get(record_type, record_type)
    if record_type not in ("other", "fee") or category is None:
        return known
    other = f"{known} ({category})" if record_type == "other" else known
    return CATEGORIES.get(category, other)


def place_words(code: str, name: str | None) -> str:
    """`M01 Ludwig Forum`."""
    return f"{code} {name}" if name else code


def service_words(purpose: str | None, event: str | None) -> str:
    """What was paid for, as far as the books say it."""
    if purpose is not None and purpose in PURPOSES:
        return PURPOSES[purpose]
    return EVENTS.get(event, event) if event else ""


def short_number(number: str) -> str:
    """`po_1QMdXXXXXXXX8fKa` → `po_1QMd…8fKa`; short ones stay whole."""
    return number if len(number) <= 16 else f"{number[:7]}…{number[-4:]}"
