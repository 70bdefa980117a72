"""What casework refuses, in words."""

from config.errors.sentence import Sentence
from config.errors.sentence import no as _no
from config.errors.sentence import wrong as _wrong

CASEWORK = {
    "difference_unknown": Sentence(404, "Diesen Fall gibt es nicht.", "There is no such case."),
    "difference_changed": Sentence(
        409,
        "Seit dem Öffnen geändert. Ihre Eingabe ist erhalten.",
        "Changed since you opened it. Your input is kept.",
    ),
    "difference_closed": Sentence(
        409, "Dieser Fall ist schon geschlossen.", "This case is closed already."
    ),
    "difference_waits": Sentence(
        409, "Der Fall wartet schon auf eine Freigabe.", "The case waits for a release already."
    ),
    "difference_words": _wrong("Bitte nennen Sie einen Grund.", "Please give a reason."),
    "difference_unlike": _no(
        "Gemeinsam geht nur mit offenen Vorschlägen einer Art und Stufe ohne Freigabe.",
        "Only open proposals of one class and tier, with no release pending, fit.",
    ),
    "difference_proposal": _no("Zu diesem Fall gibt es keinen Vorschlag.", "Nothing is proposed."),
    "difference_sum": _wrong(
        "Die Summen stimmen nicht überein: ein Rest bleibt.", "The sums differ: a rest remains."
    ),
    "difference_account": _wrong(
        "Auf dieses Konto lässt sich der Fall nicht buchen.",
        "The case cannot be booked to this account.",
    ),
    "difference_codes": _wrong(
        "Bitte wählen Sie Posten von zwei Seiten.", "Please choose rows of two sides."
    ),
    "difference_taken": Sentence(
        409,
        "Einer der Posten ist schon von Hand zugeordnet.",
        "One of the rows was matched by hand before.",
    ),
    "difference_person": _wrong(
        "Diese Person kann keine Fälle übernehmen.", "This person cannot take cases."
    ),
    "difference_due": _wrong(
        "Wählen Sie einen Tag bis höchstens 10 Banktage von heute.",
        "Choose a day at most 10 bank days from now.",
    ),
    "difference_undone": _no(
        "Dieser Schritt lässt sich nicht zurücknehmen.", "This step cannot be taken back."
    ),
    "difference_booking": _no(
        "Die Bücher lehnen diese Buchung ab. Nichts wurde gebucht.",
        "The books refuse this entry. Nothing was booked.",
    ),
    "release_unknown": Sentence(404, "Diesen Antrag gibt es nicht.", "There is no such request."),
    "release_decided": Sentence(
        409, "Über diesen Antrag ist schon entschieden.", "This request was decided before."
    ),
    "release_own": Sentence(
        403,
        "Von Ihnen beantragt. Eine andere Person muss freigeben.",
        "Requested by you. Someone else must release it.",
    ),
    "release_role": Sentence(
        403,
        "Dafür fehlt Ihnen die Rolle „Freigabe“.",
        'You need the role "Approval" for this.',
    ),
    "release_stale": Sentence(
        409,
        "Seit dem Antrag geändert, bitte neu prüfen.",
        "Changed since the request, please check again.",
    ),
    "filter_name": _wrong(
        "Bitte nennen Sie den Filter mit höchstens 40 Zeichen.",
        "Please give the filter a name of at most 40 characters.",
    ),
    "filter_count": _no(
        "Sie haben schon zwölf Filter gemerkt.", "You keep a dozen filters already."
    ),
}
