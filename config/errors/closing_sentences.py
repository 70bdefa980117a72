"""Closing days and months: why a signature is not taken."""

from config.errors.sentence import Sentence, no

CLOSING = {
    "closing_blocked": no(
        "Vor der Unterschrift fehlt noch etwas.", "Something must be done first."
    ),
    "closing_changed": Sentence(
        409, "Seit dem Öffnen geändert, bitte neu prüfen.", "Changed since you opened it."
    ),
    "closing_first_lapsed": Sentence(
        409,
        "Die Summen sind anders: Die erste Unterschrift ist verfallen.",
        "The totals changed: the first signature has lapsed.",
    ),
    "closing_already_signed": Sentence(
        409, "Die erste Unterschrift liegt inzwischen vor.", "Somebody else has signed first."
    ),
    "closing_own_signature": no(
        "Sie haben schon unterschrieben, sperren muss jemand anderes.",
        "You signed first: another person has to lock.",
    ),
    "closing_locked": Sentence(
        409, "Dieser Zeitraum ist gesperrt.", "This day or month is locked."
    ),
}
