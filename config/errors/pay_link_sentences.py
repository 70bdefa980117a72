"""Sentences of what is refused about pay links and GiroCodes."""

from config.errors.sentence import Sentence, no

PAY_LINKS = {
    "pay_link_unknown": Sentence(
        404, "Diesen Zahllink gibt es nicht.", "There is no such pay link."
    ),
    "pay_link_key_reused": Sentence(
        409,
        "Unter diesem Schlüssel gibt es schon einen anderen Zahllink.",
        "This key made another pay link before.",
    ),
    "pay_link_without_amount": no(
        "Ein Zahllink braucht einen Betrag über null.", "A pay link needs an amount above zero."
    ),
    "pay_link_end": no(
        "Das Ende des Zahllinks liegt schon zurück.", "The end of the pay link is past already."
    ),
    "pay_link_over": Sentence(
        409,
        "Der Zahllink ist schon bezahlt oder zurückgezogen.",
        "The pay link was paid or taken back already.",
    ),
    "pay_link_noticed": Sentence(
        409,
        "Für diese Gebühr gibt es schon einen Bescheid: bitte zuerst aufheben.",
        "There is a notice of this fee already: take it back first.",
    ),
    "pay_link_of_wallet": no(
        "Posten hat nur eine Gebühr, einen freien Betrag nur die Rechnung.",
        "Lines belong to a fee, an amount of its own to a wallet's bill.",
    ),
    "pay_link_not_charged": no(
        "Für diesen Zahllink ist keine Gebühr gebucht.", "No fee is booked for this pay link."
    ),
    "pay_link_not_left": no(
        "So viel ist von dieser Gebühr nicht mehr da.", "So much of this fee is not left."
    ),
    "pay_link_with_pass": no(
        "Karten und Pässe werden nicht über einen Zahllink verkauft.",
        "Passes are not sold by a pay link.",
    ),
    "pay_link_unpaid": no(
        "Dieser Zahllink ist noch nicht bezahlt.", "This pay link has not been paid yet."
    ),
    "pay_link_amount": no(
        "Der Zahllink lautet auf einen anderen Betrag.", "The pay link is for another amount."
    ),
    "pay_link_sold": no(
        "Zu diesem Zahllink gibt es schon einen Beleg.", "This pay link has a receipt already."
    ),
    "notice_paid": no(
        "Der Gebührenbescheid ist schon bezahlt.", "The fee notice has been paid already."
    ),
    "girocode_invalid": no(
        "Mit diesen Angaben gibt es keinen GiroCode.", "No GiroCode can say this."
    ),
}
