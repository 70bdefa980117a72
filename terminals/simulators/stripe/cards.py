"""The cards a simulated guest has in the pocket; numbers are Stripe's test numbers where known."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Card:
    """title: as the guest sees it. decline: the bank's decline code, "" for a card that works.

    code: the error code that goes with the decline. asks_pin: the reader wants a PIN first.
    """

    title: str
    number: str
    brand: str
    name: str
    aid: str
    funding: str = "credit"
    read_method: str = "contactless_emv"
    asks_pin: bool = False
    signs: bool = False
    decline: str = ""
    code: str = "card_declined"

    @property
    def last4(self) -> str:
        """What a receipt may show of the number."""
        return self.number[-4:]

    @property
    def verification(self) -> str:
        """The cardholder verification method in Stripe's words."""
        if self.signs:
            return "signature"
        return "online_pin" if self.asks_pin else "approval"


_VISA, _MASTERCARD, _GIROCARD = "A0000000031010", "A0000000041010", "A0000003591010028001"

CARDS = {
    "visa": Card("Visa, kontaktlos", "4242424242424242", "visa", "VISA CREDIT", _VISA),
    "mastercard": Card(
        "Mastercard, kontaktlos", "5555555555554444", "mastercard", "MASTERCARD", _MASTERCARD
    ),
    "girocard": Card(
        "girocard, kontaktlos", "6726000000000017", "girocard", "girocard", _GIROCARD,
        funding="debit",
    ),
    "girocard_pin": Card(
        "girocard, gesteckt mit PIN", "6726000000000025", "girocard", "girocard", _GIROCARD,
        funding="debit", read_method="contact_emv", asks_pin=True,
    ),
    "visa_signature": Card(
        "Visa, gesteckt mit Unterschrift", "4000000000000010", "visa", "VISA CREDIT", _VISA,
        read_method="contact_emv", signs=True,
    ),
    "declined": Card(
        "Karte, die die Bank ablehnt", "4000000000000002", "visa", "VISA CREDIT", _VISA,
        decline="generic_decline",
    ),
    "insufficient_funds": Card(
        "Karte ohne Deckung", "4000000000009995", "visa", "VISA CREDIT", _VISA,
        decline="insufficient_funds",
    ),
    "stolen": Card(
        "gesperrte Karte", "4000000000009979", "visa", "VISA CREDIT", _VISA, decline="stolen_card"
    ),
    "expired": Card(
        "abgelaufene Karte", "4000000000000069", "visa", "VISA CREDIT", _VISA,
        decline="expired_card", code="expired_card",
    ),
}  # fmt: skip


def by_number(number: str) -> Card:
    """The card with this number; any other number is a Visa that works."""
    known = {card.number: card for card in CARDS.values()}
    return known.get(number, CARDS["visa"])


def with_wrong_pin(card: Card) -> Card:
    """The same card in the hand of someone who does not know the PIN."""
    return replace(card, asks_pin=True, decline="incorrect_pin", code="incorrect_pin")
