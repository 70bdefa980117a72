"""The cards a guest of the simulated terminal may hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is written on a receipt. kind: the number of field 8A; column: its place in
    the totals of an end of day, 0 to 6."""

    code: str
    name: str
    kind: int
    column: int
    aid: str
    pan: str
    expires: str


CARDS = {
    card.code: card
    for card in (
        Card("girocard", "girocard", 5, 0, "A0000003591010028001", "672600EEEEEEEEE1234F", "2812"),
        Card("maestro", "Maestro", 46, 0, "A0000000043060", "6799EEEEEEEE7719", "2709"),
        Card("mastercard", "Mastercard", 6, 2, "A0000000041010", "5413EEEEEEEE0042", "2906"),
        Card("amex", "American Express", 8, 3, "A000000025", "3400EEEEEEE1008F", "2803"),
        Card("visa", "VISA", 10, 4, "A0000000031010", "4761EEEEEEEE0119", "3002"),
    )
}
