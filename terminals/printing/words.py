"""The fixed words of receipts and slips, German and English; amounts and names are not here."""

from collections.abc import Mapping
from types import MappingProxyType

# What a kind of paper calls itself; None: nothing, it is simply the receipt.
TITLES: Mapping[str, tuple[str, str] | None] = MappingProxyType(
    {
        "sale": None,
        "copy": ("Kopie", "Copy"),
        "void": ("Storno", "Void"),
        "refund": ("Erstattung", "Refund"),
        "clarification": ("Klärungsbeleg", "Clearing slip"),
        "pick_up": ("Abholschein", "Pick-up slip"),
        "notice": ("Gebührenbescheid", "Fee notice"),
        "pass": ("Ihre Karte", "Your pass"),
        "shift": ("Schichtprotokoll", "Shift report"),
        "audit": ("Kassenprüfung", "Cash audit"),
        "safebag": ("Geldtasche", "Safebag"),
        "card_slip": None,
    }
)

WAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "cash": ("Bar", "Cash"),
        "girocard": ("Karte", "Card"),
        "credit_card": ("Karte", "Card"),
        "wallet": ("Guthaben", "Balance"),
        "pass": ("Mehrfachkarte", "Multi-visit pass"),
        "pay_link": ("Zahl-Link", "Pay link"),
        "notice": ("Gebührenbescheid", "Fee notice"),
        "free": ("frei", "free"),
    }
)

_PHRASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "tax_number": ("Steuernummer", "Tax number"),
        "number": ("Beleg", "Receipt"),
        "serial": ("Seriennummer Kasse", "Till serial number"),
        "started": ("Beginn", "Start"),
        "finished": ("Ende", "End"),
        "of": ("zu Beleg", "for receipt"),
        "reason": ("Grund", "Reason"),
        "total": ("Summe", "Total"),
        "paid_back": ("Zurück", "Paid back"),
        "tendered": ("Gegeben", "Tendered"),
        "change": ("Rückgeld", "Change"),
        "card": ("Karte", "Card"),
        "terminal": ("Terminal", "Terminal"),
        "trace": ("Trace-Nr.", "Trace no."),
        "authorisation": ("Genehmigung", "Authorisation"),
        "rate": ("MwSt.", "VAT"),
        "net": ("Netto", "Net"),
        "tax": ("Steuer", "Tax"),
        "gross": ("Brutto", "Gross"),
        "untaxed": ("ohne Umsatzsteuer", "no VAT"),
        "tse_serial": ("Seriennummer TSE", "TSE serial number"),
        "tse_transaction": ("TSE-Transaktion", "TSE transaction"),
        "tse_counter": ("Signaturzähler", "Signature counter"),
        "tse_started": ("TSE-Start", "TSE start"),
        "tse_finished": ("TSE-Ende", "TSE end"),
        "tse_check": ("Prüfwert", "Check value"),
        "tse_failed": ("TSE ausgefallen seit", "TSE failed since"),
        "electronic": ("Ihr Beleg auf dem Handy", "Your receipt on your phone"),
        "show_code": ("Code bitte vorzeigen", "Please show this code"),
        "pay_code": ("Scannen und bezahlen", "Scan and pay"),
        "state_code": ("So steht es gerade", "How it stands now"),
        "thanks": ("Vielen Dank für Ihren Besuch.", "Thank you for your visit."),
        "amount": ("Betrag", "Amount"),
        "open_payment": (
            "Ob diese Zahlung erfolgt ist, wird geklärt. Bitte diesen Beleg aufbewahren. "
            "Sie müssen nichts weiter tun.",
            "We are finding out whether this payment was made. Please keep this slip. "
            "There is nothing more for you to do.",
        ),
        "pick_up_later": (
            "Ihre Erstattung wartet auf die zweite Freigabe. Sie erhalten sie später an dieser "
            "Kasse mit derselben Karte oder als Überweisung. Bitte diesen Schein mitbringen.",
            "Your refund is waiting for a second approval. You will get it later at this till "
            "with the same card, or as a bank transfer. Please bring this slip.",
        ),
        "case": ("Kassenzeichen", "Case"),
        "transfer_reference": ("Verwendungszweck", "Payment reference"),
        "pay_until": ("Zahlbar bis", "To be paid by"),
        "pay_there": (
            "Online bezahlen, überweisen mit GiroCode oder den Bescheid drucken:",
            "Pay online, by transfer with a GiroCode, or print the notice:",
        ),
        "product": ("Karte", "Pass"),
        "pass_code": ("Nummer", "Number"),
        "visits": ("Besuche", "Visits"),
        "valid_at": ("Gilt in", "Valid at"),
        "valid_until": ("Gilt bis", "Valid until"),
        "shift": ("Schicht", "Shift"),
        "opened": ("Geöffnet", "Opened"),
        "closed": ("Geschlossen", "Closed"),
        "float": ("Wechselgeld", "Float"),
        "expected": ("Erwartet", "Expected"),
        "counted": ("Gezählt", "Counted"),
        "difference": ("Differenz", "Difference"),
        "guests": ("Gäste", "Guests"),
        "voids": ("Stornos", "Voids"),
        "z_number": ("Z-Nummer", "Z number"),
        "receipts": ("Belege", "Receipts"),
        "not_sent": ("Noch nicht übertragen", "Not yet sent"),
        "person": ("Person", "Person"),
        "witness": ("Zweite Person", "Second person"),
        "bag": ("Geldtasche Nr.", "Safebag no."),
        "seal": ("Siegel unversehrt [ ]", "Seal intact [ ]"),
        "unclear": ("Zahlungen unklar", "Payments unclear"),
        "signature": ("Unterschrift", "Signature"),
        "signature_auditor": ("Unterschrift Prüfung", "Signature of the auditor"),
        "signature_cashier": ("Unterschrift Kasse", "Signature of the cashier"),
    }
)


def phrase(name: str, language: str) -> str:
    """One of the fixed phrases. Raises KeyError for a name that is none."""
    return _PHRASES[name][language == "en"]


def title(kind: str, language: str) -> str:
    """What a piece of paper calls itself, "" for a plain receipt."""
    both = TITLES[kind]
    return both[language == "en"] if both else ""


def way(name: str, language: str) -> str:
    """A way to pay in the guest's words; an unknown one by its own name."""
    both = WAYS.get(name)
    return both[language == "en"] if both else name
