"""Sentences of what tills send, enrol with and ask a second person for."""

from config.errors.sentence import Sentence, no, wrong

TILLS = {
    "enrolment_code_unknown": no(
        "Dieser Code gilt nicht oder nicht mehr.", "This code is not valid, or no longer."
    ),
    "till_enrolled": no(
        "An dieser Kasse ist schon ein Gerät angemeldet.", "This till has a device in use."
    ),
    "too_many_tries": Sentence(
        429, "Zu viele Versuche; bitte später noch einmal.", "Too many tries; try again later."
    ),
    "kind_unknown": wrong(
        "Diese Meldung kennt die Zentrale noch nicht.", "The centre does not know this kind yet."
    ),
    "rule_broken": no(
        "Das widerspricht einer Regel der Bücher.", "This breaks a rule of the books."
    ),
    "not_bookable": no(
        "Dafür fehlt eine passende Buchungsregel.", "No posting rule fits this."
    ),
    "attempt_differs": Sentence(
        409,
        "Zu diesem Zahlversuch wurde früher etwas anderes gemeldet.",
        "Something else was reported about this attempt before.",
    ),
    "attempt_decided": Sentence(
        409,
        "Dieser Zahlversuch war schon anders entschieden.",
        "This attempt was decided otherwise before.",
    ),
    "attempt_not_approved": no(
        "Das Terminal hat die Rückgabe nicht bestätigt.",
        "The terminal did not approve giving the money back.",
    ),
    "shift_known": no("Diese Schicht ist schon offen.", "This shift was opened before."),
    "shift_unknown": no(
        "Diese Schicht wurde nie geöffnet.", "This shift was never opened."
    ),
    "shift_closed": no("Diese Schicht ist schon abgeschlossen.", "This shift is closed."),
    "bag_number_used": no(
        "Diese Taschennummer wurde schon benutzt.", "This bag number was used before."
    ),
    "counts_differ": wrong(
        "Zählung und Betrag passen nicht zusammen.", "The count and the amount do not agree."
    ),
    "business_day_wrong": wrong(
        "Der Geschäftstag passt nicht zur Schicht.", "The business day is not one of the shift."
    ),
    "totals_known": no(
        "Dieser Kassenschnitt liegt schon vor.", "These terminal totals are here already."
    ),
    "charge_refunded": no(
        "Davon wurde schon Geld erstattet.", "Money of this was refunded before."
    ),
    "refund_known": no("Diese Erstattung gibt es schon.", "This refund exists already."),
    "refund_unknown": no("Diese Erstattung gibt es nicht.", "There is no such refund."),
    "refund_of_unpaid": no(
        "Das wurde noch nicht bezahlt.", "This has not been paid yet."
    ),
    "refund_of_pass": no(
        "Eine Karte wird zurückgegeben, nicht erstattet.", "A pass is returned, not refunded."
    ),
    "refund_line_unknown": no(
        "Diese Zeile gibt es auf dem Beleg nicht.", "The receipt has no such line."
    ),
    "refund_exceeds_charge": no(
        "Mehr als der Rest des Verkaufs kann nicht erstattet werden.",
        "No more than what is left of the sale can be refunded.",
    ),
    "refund_amount_wrong": no(
        "Der Betrag passt nicht zu den Zeilen.", "The amount does not fit the lines."
    ),
    "refund_not_approved": no(
        "Diese Erstattung ist nicht freigegeben.", "This refund is not approved."
    ),
    "refund_paid": no("Diese Erstattung ist schon ausgezahlt.", "This refund was paid before."),
    "refund_way": no(
        "So kann hierfür nicht erstattet werden.", "It cannot be refunded this way."
    ),
    "approval_unknown": Sentence(
        404, "Diese Freigabe gibt es nicht.", "There is no such approval."
    ),
    "approval_decided": Sentence(
        409, "Darüber ist schon entschieden.", "This was decided before."
    ),
    "approval_own_request": Sentence(
        403,
        "Wer etwas beantragt, gibt es nicht selbst frei.",
        "Who asked for it cannot approve it.",
    ),
    "approval_not_theirs": Sentence(
        403, "Darüber entscheidet jemand anderes.", "This is for somebody else to decide."
    ),
}  # fmt: skip
