"""What reconciliation refuses: files, closings, cases, audits and exports."""

from config.errors.sentence import Sentence, no, wrong

RECONCILIATION = {
    "cursor_malformed": wrong(
        "Diese Seite gibt es nicht: der Zeiger ist falsch.", "The cursor is wrong."
    ),
    "held_back": Sentence(
        409,
        "Gleiche Kennung, anderer Inhalt, keine Version: angehalten, nicht gebucht.",
        "Same identity, other content, no version: held, not booked.",
    ),
    "dangerous_file": no(
        "Datei zu groß oder gefährlich. Abgelehnt.", "The file is too large or dangerous. Refused."
    ),
    "foreign_account": no(
        "Dieses Konto gehört nicht der Stadt.", "The city has no such bank account."
    ),
    "incomplete_statement": no("Dem Kontoauszug fehlt etwas.", "The statement lacks something."),
    "audit_unknown": Sentence(
        404, "Diese Prüfung oder Kasse gibt es nicht.", "There is no such audit or till."
    ),
    "audit_finished": Sentence(
        409, "Diese Prüfung ist schon abgeschlossen.", "The audit was finished before."
    ),
    "audit_not_theirs": Sentence(
        403,
        "Gezählt wird von der Person, die die Prüfung begonnen hat.",
        "Whoever began the audit counts.",
    ),
    "audit_counts": no(
        "Bitte in jeder Zeile eine Zahl eintragen, auch die Null.",
        "Enter a number in every row, zero included.",
    ),
    "sample_unknown": Sentence(
        404, "Diese Stichprobe wurde nicht gezogen.", "No such sample was drawn."
    ),
    "sample_bounds": no(
        "Bitte 1 bis 500 Buchungen und Tage von früh nach spät angeben.",
        "Ask for 1 to 500 entries, and for days from early to late.",
    ),
    "sample_seed": no(
        "Startwert: 1 bis 40 Buchstaben (ohne Umlaute), Ziffern, Punkt, Strich.",
        "A seed is 1 to 40 letters, digits, dots, dashes.",
    ),
    "sample_block": no(
        "Diesen Siegelblock gibt es nicht. Ohne Angabe gilt der neueste.",
        "There is no such block. The newest counts if none is named.",
    ),
    "sample_empty": no(
        "Keine versiegelte Buchung passt. Bitte weiter fassen.",
        "No sealed entry fits. Please widen the bounds.",
    ),
}
