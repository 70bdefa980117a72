"""German words of online payments: what for, how far, what the provider says, why not."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "open": "Offen",
    "processing": "Unterwegs",
    "paid": "Bezahlt",
    "failed": "Gescheitert",
    "left": "Nicht bezahlt",
}
PURPOSES: Mapping[str, str] = {
    "top_up": "Aufladung",
    "auto_top_up": "Automatische Aufladung",
    "pay_link": "Zahllink",
    "tickets": "Tickets",
}
WAYS: Mapping[str, str] = {"card": "Karte", "sepa_debit": "Lastschrift"}
STATES: Mapping[str, tuple[str, str]] = {
    "begun": ("begonnen", "info"),
    "open": ("offen", "info"),
    "processing": ("unterwegs", "warning"),
    "paid": ("bezahlt", "success"),
    "failed": ("gescheitert", "danger"),
    "expired": ("verfallen", "info"),
    "cancelled": ("abgebrochen", "info"),
}
REFUNDS: Mapping[str, tuple[str, str]] = {
    "waiting": ("wartet auf Freigabe", "warning"),
    "asked": ("wird ausgezahlt", "info"),
    "pending": ("unterwegs", "info"),
    "succeeded": ("ausgezahlt", "success"),
    "failed": ("gescheitert", "danger"),
    "turned_down": ("abgelehnt", "danger"),
}
DISPUTES: Mapping[str, tuple[str, str]] = {
    "warning_needs_response": ("Rückfrage", "warning"),
    "warning_under_review": ("Rückfrage in Prüfung", "info"),
    "warning_closed": ("Rückfrage beendet", "success"),
    "needs_response": ("Antwort nötig", "danger"),
    "under_review": ("in Prüfung", "info"),
    "won": ("gewonnen", "success"),
    "lost": ("verloren", "danger"),
    "prevented": ("abgewendet", "success"),
}
MESSAGES: Mapping[str, tuple[str, str]] = {
    "new": ("noch nicht verarbeitet", "warning"),
    "done": ("verarbeitet", "success"),
    "ignored": ("ohne Bedeutung", "info"),
    "unknown": ("unbekannt", "danger"),
}
BOOKINGS: Mapping[str, str] = {
    "promised": "Lastschrift vorab gutgeschrieben",
    "promise_broken": "Gutschrift zurückgenommen",
    "received": "Geld eingegangen",
    "fee": "Gebühr des Anbieters",
    "refund_out": "Rückzahlung abgeflossen",
    "refund_back": "Rückzahlung zurückgekommen",
    "dispute": "Rückbuchung der Bank",
    "dispute_lost": "Rückbuchung verloren",
}
# Who asks for refunds besides people: rules by their names, and the provider itself.
RULES: Mapping[str, str] = {
    "closing": "Kontoschließung",
    "pay_link": "Zahllink",
    "ticket return": "Ticketrückgabe",
    "provider": "beim Anbieter ausgelöst",
}
REASONS: Mapping[str, str] = {
    "closing": "Konto geschlossen",
    "paid_too_much": "Zu viel bezahlt",
    "returned": "Ticket zurückgegeben",
    "taken_back": "Aufladung zurückgenommen",
    "made_at_the_provider": "Beim Anbieter ausgelöst",
    "requested_by_customer": "Auf Wunsch, beim Anbieter ausgelöst",
    "duplicate": "Doppelt, beim Anbieter ausgelöst",
    "fraudulent": "Betrugsverdacht, beim Anbieter ausgelöst",
}
# Title of a case, and what to do about it.
CASES: Mapping[str, tuple[str, str]] = {
    "amount_differs": (
        "Betrag weicht ab",
        "Das Geld liegt bei den ungeklärten Zahlungen. Zurückzahlen oder zuordnen.",
    ),
    "money_without_use": (
        "Geld ohne Verwendung",
        "Wofür bezahlt wurde, braucht kein Geld mehr. Es kann zurückgezahlt werden.",
    ),
    "unknown_reference": (
        "Zahlung ohne Vorgang",
        "Beim Anbieter ist Geld, das niemand hier verlangt hat. Dort nachsehen.",
    ),
    "refund_elsewhere": (
        "Rückzahlung beim Anbieter",
        "Jemand hat am System vorbei zurückgezahlt. Klären, wer und warum.",
    ),
    "refund_failed": (
        "Rückzahlung gescheitert",
        "Das Geld wird noch geschuldet und muss einen anderen Weg gehen.",
    ),
    "disputed": (
        "Zahlung zurückgebucht",
        "Die Bank hat das Geld zurückgeholt. Belege bis zur Frist beim Anbieter einreichen.",
    ),
    "claim_left": (
        "Forderung offen",
        "Das Guthaben reichte nicht. Der Rest bleibt eine Forderung.",
    ),
    "won_after_lost": (
        "Rückbuchung doch gewonnen",
        "Das Geld ist wieder da. Was deswegen vom Guthaben genommen wurde, zurückgeben.",
    ),
}
# Instead of that, where a refund failed and its money is on the wallet again.
ON_WALLET = "Das Geld ist wieder auf dem Guthaben, die zahlende Person weiß es. Nur abschließen."
# What the details of a case are called; what is not here is for machines.
DETAILS: Mapping[str, str] = {
    "why": "Grund",
    "reason": "Grund der Bank",
    "wanted_cents": "Verlangt",
    "currency": "Währung",
    "purpose": "Wofür",
    "link": "Zahllink",
    "id": "Nummer beim Anbieter",
}
WHYS: Mapping[str, str] = {
    "wallet_unknown": "Konto unbekannt",
    "order_unknown": "Bestellung unbekannt",
    "tickets_paid_before": "Tickets waren schon bezahlt",
    "tickets_not_sold": "Tickets nicht mehr verkäuflich",
    "fee_not_booked": "Gebühr ließ sich nicht buchen",
    "fraudulent": "nicht selbst veranlasst",
    "duplicate": "doppelt belastet",
    "product_not_received": "Leistung nicht erhalten",
    "product_unacceptable": "Leistung beanstandet",
    "credit_not_processed": "Gutschrift blieb aus",
    "unrecognized": "nicht wiedererkannt",
    "debit_not_authorized": "Lastschrift nicht erlaubt",
    "insufficient_funds": "Konto nicht gedeckt",
    "general": "ohne Angabe",
    "lost_or_stolen_card": "Karte verloren oder gestohlen",
    "expired_or_canceled_card": "Karte abgelaufen oder gekündigt",
    "amount_differs": "Betrag weicht ab",
    "never_made": "kam beim Anbieter nie an",
    "declined": "abgelehnt",
    "card_declined": "Karte abgelehnt",
    "generic_decline": "Karte abgelehnt",
}
# Why money does not go back, by `RefundNotPossible.why`: status and sentence.
REFUSALS: Mapping[str, tuple[int, str]] = {
    "unknown": (404, "Diese Rückzahlung gibt es nicht."),
    "own_request": (403, "Sie haben das selbst beantragt; freigeben muss eine zweite Person."),
    "decided": (409, "Darüber ist schon entschieden."),
    "key_reused": (409, "Diese Anfrage wurde schon mit einem anderen Betrag gestellt."),
    "booked": (
        422,
        "Ablehnen geht hier nicht: Was dafür zurückgegeben wurde, ist schon ungültig.",
    ),
    "not_paid": (422, "Diese Zahlung ist nicht bezahlt."),
    "too_much": (422, "So viel ist von dieser Zahlung nicht mehr da."),
    "disputed": (422, "Die Bank hat dieses Geld schon zurückgebucht."),
    "spent": (422, "Das Guthaben ist schon verbraucht."),
    "too_late": (422, "Dafür ist es zu spät."),
}


def said(words: Mapping[str, str], code: str | None) -> str:
    """The words for a code; a code without words is shown as it is, none as a dash."""
    return "–" if code is None else words.get(code, code)


def badge_of(states: Mapping[str, tuple[str, str]], state: str) -> tuple[str, str]:
    """Words and kind of a state's badge; a new state of the provider's is shown as it is."""
    return states.get(state, (state, "info"))
