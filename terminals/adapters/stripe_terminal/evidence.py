"""What an intent or a refund of Stripe's tells the guest and the books."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from terminals.adapters import Evidence

_SCHEMES = {
    "visa": "Visa", "mastercard": "Mastercard", "maestro": "Maestro", "amex": "American Express",
    "girocard": "girocard", "diners": "Diners Club", "discover": "Discover", "jcb": "JCB",
    "unionpay": "UnionPay", "cartes_bancaires": "Cartes Bancaires",
}  # fmt: skip
_ENTRIES = {
    "contactless_emv": "contactless", "contactless_magstripe_mode": "contactless",
    "contact_emv": "chip", "magnetic_stripe_fallback": "stripe", "magnetic_stripe_track2": "stripe",
}  # fmt: skip
_ENTRY_WORDS = {"contactless": "kontaktlos", "chip": "Chip", "stripe": "Magnetstreifen"}


def of_payment(intent: Mapping[str, Any], reader: str) -> Evidence:
    """The evidence of a paid intent, whose `latest_charge` is expanded.

    What Stripe leaves out stays "", but for the amount, which is what it received.
    """
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {"id": charge or ""}
    details = charge.get("payment_method_details") or {}
    card = details.get("card_present") or {}
    receipt = card.get("receipt") or {}
    amount_cents = int(intent.get("amount_received") or 0)
    slip = _slip(intent, card, amount_cents)
    signs = receipt.get("cardholder_verification_method") == "signature"
    return Evidence(
        number=str(intent["id"]),
        amount_cents=amount_cents,
        way=_way(card),
        terminal_id=str(card.get("reader") or reader),
        receipt=str(charge.get("receipt_number") or ""),
        turnover=str(charge.get("id") or ""),
        at=_at(charge.get("created") or intent.get("created")),
        scheme=_scheme(card),
        last4=str(card.get("last4") or ""),
        entry=_ENTRIES.get(str(card.get("read_method")), ""),
        authorisation=str(receipt.get("authorization_code") or ""),
        slip=slip,
        merchant_slip=(*slip, "", "Unterschrift: ______________________") if signs else (),
        must_print=signs,
    )


def of_refund(refund: Mapping[str, Any], paid: Evidence) -> Evidence:
    """The evidence of money that went back to the card of `paid`."""
    amount_cents = int(refund["amount"])
    slip = (
        "Erstattung auf die Karte",
        *(line for line in (paid.scheme, _masked(paid.last4)) if line),
        f"Betrag: {_euros(amount_cents)}",
        f"Stripe: {refund['id']}",
        f"zu: {paid.number}",
    )
    return Evidence(
        number=str(refund["id"]), amount_cents=amount_cents, way=paid.way,
        terminal_id=paid.terminal_id, receipt=paid.number, turnover=str(refund.get("charge") or ""),
        at=_at(refund.get("created")), scheme=paid.scheme, last4=paid.last4, slip=slip,
    )  # fmt: skip


def _way(card: Mapping[str, Any]) -> str:
    is_girocard = "girocard" in (card.get("network"), card.get("brand"))
    return "girocard" if is_girocard else "credit_card"


def _scheme(card: Mapping[str, Any]) -> str:
    # A girocard may carry a second brand; what counts is the network that was used.
    name = str(card.get("network") or card.get("brand") or "")
    return _SCHEMES.get(name, name)


def _at(created: int | None) -> datetime | None:
    return datetime.fromtimestamp(created, UTC) if created else None


def _slip(intent: Mapping[str, Any], card: Mapping[str, Any], amount_cents: int) -> tuple[str, ...]:
    receipt = card.get("receipt") or {}
    entry = _ENTRIES.get(str(card.get("read_method")), "")
    labelled = {
        "AID": "dedicated_file_name", "Genehmigung": "authorization_code",
        "Kryptogramm": "application_cryptogram", "TVR": "terminal_verification_results",
        "TSI": "transaction_status_information",
    }  # fmt: skip
    lines = [
        "Kartenzahlung",
        str(receipt.get("application_preferred_name") or _scheme(card)),
        _masked(str(card.get("last4") or "")),
        _ENTRY_WORDS.get(entry, ""),
        f"Betrag: {_euros(amount_cents)}",
        *(f"{label}: {receipt[name]}" for label, name in labelled.items() if receipt.get(name)),
        f"Stripe: {intent['id']}",
    ]
    return tuple(line for line in lines if line)


def _masked(last4: str) -> str:
    return f"Karte: **** {last4}" if last4 else ""


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02} EUR"
