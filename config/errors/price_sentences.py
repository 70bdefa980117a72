"""What is refused of prices that are changed at the desk, in words."""

from config.errors.sentence import Sentence
from config.errors.sentence import wrong as _wrong

PRICES = {
    "price_change_unknown": Sentence(
        404, "Diese Preisänderung gibt es nicht.", "There is no such change of a price."
    ),
    "price_change_product": _wrong(
        "Bitte wählen Sie ein Produkt mit eigenem Preis.",
        "Please choose a product with a price of its own.",
    ),
    "price_change_past": _wrong(
        "Ein Preis gilt frühestens ab morgen. Bitte wählen Sie einen späteren Tag.",
        "A price begins tomorrow at the earliest. Please choose a later day.",
    ),
    "price_change_far": _wrong(
        "Dieser Tag liegt mehr als fünf Jahre voraus. Bitte prüfen Sie das Jahr.",
        "This day is more than five years ahead. Please check the year.",
    ),
    "price_change_same_day": Sentence(
        409,
        "Ab diesem Tag gilt schon ein neuer Preis. Bitte wählen Sie einen anderen Tag.",
        "A new price begins on that day already. Please choose another day.",
    ),
    "price_change_ended": _wrong(
        "An diesem Tag wird das Produkt nicht verkauft. Bitte früher wählen.",
        "The product is not sold on that day. Please choose an earlier one.",
    ),
    "price_change_amount": _wrong(
        "Diesen Preis kann das Produkt nicht haben. Bitte einen Betrag wie 5,50 eingeben.",
        "The product cannot cost that. Please give an amount such as 5.50.",
    ),
    "price_change_same": _wrong(
        "Das ist schon der Preis an diesem Tag. Bitte einen anderen Betrag eingeben.",
        "That is the price on that day already. Please give another amount.",
    ),
    "price_change_words": _wrong(
        "Bitte nennen Sie den Grund und die Rechtsgrundlage.",
        "Please give the reason and the legal basis.",
    ),
    "price_change_waits": Sentence(
        409,
        "Für dieses Produkt wartet schon eine Preisänderung auf Freigabe.",
        "A change of this price waits for a release already.",
    ),
    "price_change_late": Sentence(
        409,
        "Der Tag ist schon erreicht. Bitte zurückgeben und mit neuem Tag beantragen.",
        "The day has come. Give it back and ask with another day.",
    ),
    "price_change_stale": Sentence(
        409,
        "Der Preis wurde seit dem Antrag geändert. Bitte zurückgeben und neu beantragen.",
        "The price changed since the request. Give it back and ask again.",
    ),
    "price_change_unfit": Sentence(
        409,
        "Der Preis passt nicht mehr zum Angebot. Bitte zurückgeben und neu beantragen.",
        "The price does not fit what is sold. Give it back and ask again.",
    ),
}
