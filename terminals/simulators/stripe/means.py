"""What a payer pays with online: cards and accounts by Stripe's test numbers, and how each ends."""

from dataclasses import dataclass
from typing import Literal

Ending = Literal[
    "succeeds", "declined", "insufficient_funds", "expired", "asks", "fails_later", "disputed"
]


@dataclass(frozen=True, slots=True)
class Means:
    """kind: Stripe's type of payment method. number: of the card, or the IBAN.

    here: how a payment ends while the payer sits at the screen; away: how one ends that is made
    without the payer, from what was saved. "asks": the bank wants to see the payer. "disputed": it
    succeeds and is taken back. refund: the state in which a refund of it is made.
    """

    title: str
    title_en: str
    kind: Literal["card", "sepa_debit"]
    number: str
    brand: str = "visa"
    here: Ending = "succeeds"
    away: Ending = "succeeds"
    refund: str = "succeeded"

    @property
    def last4(self) -> str:
        """What may be shown of the number."""
        return self.number[-4:]


MEANS = {
    "visa": Means("Karte, die funktioniert", "Card that works", "card", "4242424242424242"),
    "mastercard": Means(
        "Mastercard, die funktioniert", "Mastercard that works", "card", "5555555555554444",
        "mastercard",
    ),
    "three_ds": Means(
        "Karte mit 3-D Secure: Die Bank fragt nach", "Card with 3-D Secure: the bank asks",
        "card", "4000002500003155", here="asks",
    ),
    "three_ds_always": Means(
        "Karte, deren Bank jedes Mal nachfragt", "Card whose bank asks every time",
        "card", "4000002760003184", here="asks", away="asks",
    ),
    "declined": Means(
        "Karte, die abgelehnt wird", "Card that is declined", "card", "4000000000000002",
        here="declined", away="declined",
    ),
    "insufficient_funds": Means(
        "Karte ohne Deckung", "Card without sufficient funds", "card", "4000000000009995",
        here="insufficient_funds", away="insufficient_funds",
    ),
    "expired": Means(
        "Karte, die abgelaufen ist", "Card that has expired", "card", "4000000000000069",
        here="expired", away="expired",
    ),
    "declined_later": Means(
        "Karte, die nur heute funktioniert", "Card that works today only",
        "card", "4000000000000341", away="declined",
    ),
    "disputed": Means(
        "Karte, deren Zahlung bestritten wird", "Card whose payment will be disputed",
        "card", "4000000000000259", here="disputed", away="disputed",
    ),
    "refund_fails": Means(
        "Karte, deren Erstattung später scheitert", "Card whose refund fails later",
        "card", "4000000000005126", refund="fails_later",
    ),
    "refund_pending": Means(
        "Karte, deren Erstattung dauert", "Card whose refund takes a while",
        "card", "4000000000007726", refund="pending",
    ),
    "sepa": Means(
        "Konto, das belastet werden kann", "Account that can be debited",
        "sepa_debit", "DE89370400440532013000", "",
    ),
    "sepa_fails": Means(
        "Konto, dessen Lastschrift später scheitert", "Account whose debit fails later",
        "sepa_debit", "DE62370400440532013001", "", here="fails_later", away="fails_later",
    ),
    "sepa_disputed": Means(
        "Konto, von dem zurückgebucht wird", "Account that takes the debit back",
        "sepa_debit", "DE35370400440532013002", "", here="disputed", away="disputed",
    ),
}  # fmt: skip


def by_number(number: str) -> str | None:
    """The name of the means with this card number or IBAN, spaces or not."""
    plain = "".join(number.split()).upper()
    return next((name for name, each in MEANS.items() if each.number == plain), None)
