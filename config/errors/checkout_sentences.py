"""What is refused about online payments, with its sentences."""

from collections.abc import Mapping
from types import MappingProxyType

from config.errors.sentence import Sentence, no

CHECKOUT: Mapping[str, Sentence] = MappingProxyType(
    {
        "provider_down": Sentence(
            503,
            "Der Zahlungsanbieter antwortet gerade nicht.",
            "The payment provider does not answer right now.",
        ),
        "provider_refused": no(
            "Der Zahlungsanbieter hat das abgelehnt.", "The payment provider refused this."
        ),
        "payment_key_reused": Sentence(
            409,
            "Unter diesem Schlüssel gibt es schon eine andere Zahlung.",
            "This key asked for another payment before.",
        ),
        "payment_unknown": Sentence(
            404, "Diese Zahlung gibt es nicht.", "There is no such payment."
        ),
        "online_refund_not_possible": no(
            "Dieses Geld kann so nicht zurückgezahlt werden.",
            "This money cannot be paid back like this.",
        ),
        "online_not_booked": Sentence(
            409,
            "Die Bücher haben das nicht angenommen; es wird noch einmal versucht.",
            "The books did not take this; it is tried again.",
        ),
    }
)
