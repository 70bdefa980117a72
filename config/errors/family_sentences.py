"""Sentences of what is refused to families: orders, sharing, cases, and closing an account."""

from config.errors.sentence import Sentence, no

FAMILIES = {
    "standing_order_invalid": no(
        "So lässt sich nicht regelmäßig bestellen.", "This cannot be ordered every week."
    ),
    "other_payers_day": no(
        "Über diesen Tag entscheidet die andere zahlende Person.",
        "The other paying person decides about this day.",
    ),
    "child_is_shared": Sentence(
        409,
        "Für dieses Kind zahlt schon eine zweite Person.",
        "A second person pays for this child already.",
    ),
    "sharing_invalid": no("So lässt sich das nicht aufteilen.", "It cannot be shared like this."),
    "low_mark_invalid": no(
        "Bitte einen Betrag zwischen 5 und 50 € wählen.", "Choose between €5 and €50."
    ),
    "case_unknown": Sentence(404, "Diese Anfrage gibt es nicht.", "There is no such case."),
    "case_not_open": Sentence(
        409, "Diese Anfrage ist schon beantwortet.", "This case has been answered already."
    ),
    "case_words": no(
        "Bitte 1 bis 500 Zeichen eingeben.", "Please enter between 1 and 500 characters."
    ),
    "case_answer": no("So lässt sich das nicht beantworten.", "It cannot be answered like this."),
    "case_proposed": Sentence(
        409, "Eine Antwort wartet schon auf Freigabe.", "An answer awaits approval already."
    ),
    "dispute_reason": no("Bitte einen der Gründe wählen.", "Please choose one of the reasons."),
    "dispute_unknown_charge": Sentence(
        404, "Diese Abrechnung gibt es nicht.", "There is no such charge."
    ),
    "dispute_too_late": no(
        "Prüfen lassen kann man bis 8 Wochen nach dem Essen.",
        "A charge can be checked up to 8 weeks after the meal.",
    ),
    "claim_amount": no("Bitte einen Betrag wie 12,50 eingeben.", "Enter an amount like 12.50."),
    "claim_day": no(
        "Bitte einen Tag in den letzten 13 Monaten wählen.", "Choose a day of the last 13 months."
    ),
    "claim_iban": no("Bitte genau 4 Zeichen eingeben.", "Please enter exactly 4 characters."),
    "claims_too_many": no(
        "Es werden schon drei Überweisungen gesucht.", "Three transfers are looked for already."
    ),
    "receipt_unknown": Sentence(
        409,
        "Diese Einzahlung gibt es nicht, oder sie ist schon zugeordnet.",
        "There is no such receipt, or it has been assigned already.",
    ),
    "subsidy_days": no("Der letzte Tag liegt vor dem ersten.", "The last day is before the first."),
    "subsidy_authority": no("Diese Behörde gibt es hier nicht.", "There is no such authority."),
    "subsidy_overlaps": Sentence(
        409,
        "Für diese Tage ist schon ein Zuschuss eingetragen.",
        "A subsidy has been entered for these days already.",
    ),
    "goodwill_amount": no(
        "Zurückgeben lässt sich höchstens, was bezahlt wurde.",
        "No more than was paid can be given back.",
    ),
}
CLOSINGS = {
    "closing_unknown": Sentence(404, "Dieses Konto wird nicht geschlossen.", "No such closing."),
    "closing_known": Sentence(
        409, "Dieses Konto wird schon geschlossen.", "This account is being closed already."
    ),
    "closing_iban": no(
        "Bitte IBAN und Name des Kontos prüfen.", "Please check IBAN and account holder."
    ),
    "closing_iban_missing": no(
        "Ein Teil des Geldes braucht eine IBAN.", "Part of the money needs an IBAN."
    ),
    "closing_day": no("Der letzte Tag liegt schon zurück.", "The last day is past already."),
    "closing_released": Sentence(
        409, "Die Auszahlung ist schon freigegeben.", "The payout has been released already."
    ),
    "closing_role": Sentence(
        403, "Freigeben darf die Freigabe Finanzen.", "Finance approval releases this."
    ),
    "closing_meals_open": no(
        "Erst werden die letzten Essen abgerechnet.", "The last meals are charged first."
    ),
    "closing_claim_open": no("Erst ist die offene Rechnung dran.", "The open bill comes first."),
    "closing_in_debt": no("Das Guthaben ist unter null.", "The balance is below zero."),
    "closing_held": no(
        "Ein Teil des Guthabens ist noch reserviert.", "Part of the balance is still held."
    ),
    "closing_debit_recent": no(
        "Lastschriften der letzten 8 Wochen gehen nur dorthin zurück, woher sie kamen.",
        "Direct debits of the last 8 weeks go back only to where they came from.",
    ),
    "payout_state": Sentence(
        409, "Diese Auszahlung steht schon anders.", "This payout has moved on already."
    ),
}
