"""What batches and files for the bank are refused for."""

from config.errors.sentence import Sentence, no

EXPORTS = {
    "export_unknown": Sentence(
        404, "Dieses Format oder diesen Stapel gibt es nicht.", "There is no such format or batch."
    ),
    "export_empty": no(
        "Es ist nichts da, was in diesem Format noch zu übergeben wäre.",
        "Nothing is left to hand over in this format.",
    ),
    "export_settings": Sentence(
        500,
        "Die Einstellungen dieses Formats sind unvollständig oder falsch.",
        "The settings of this format are incomplete or wrong.",
    ),
    "export_account": no(
        "Ein Konto hat im Zielsystem keine Nummer: bitte Einstellungen ergänzen.",
        "An account has no number in the other system: complete the format's settings.",
    ),
    "export_sign": no(
        "Ein Zeichen gibt es in der Kodierung dieses Formats nicht.",
        "A sign does not exist in this format's encoding.",
    ),
    "export_mixed": no(
        "Eine Datei dieses Formats fasst nur Tage eines Haushaltsjahres.",
        "A file of this format holds days of one fiscal year alone.",
    ),
    "export_damaged": Sentence(
        500,
        "Die Datei ist nicht mehr, wie sie erstellt wurde. Bitte nicht weitergeben.",
        "The file is no longer as it was made. Do not pass it on.",
    ),
    "export_not_released": Sentence(
        409,
        "Diese Datei hat noch keine zweite Person freigegeben.",
        "No second person has released this file yet.",
    ),
    "export_own": Sentence(
        403,
        "Von Ihnen erstellt. Eine andere Person muss freigeben.",
        "Made by you. Someone else must release it.",
    ),
    "export_decided": Sentence(
        409, "Über diese Datei ist schon entschieden.", "This file has been decided already."
    ),
    "export_role": Sentence(
        403, "Dafür fehlt Ihnen die Rolle.", "You do not have the role for this."
    ),
    "export_words": no(
        "Bitte begründen, mit höchstens 300 Zeichen.", "Give a reason of up to 300 characters."
    ),
    "order_unknown": Sentence(
        404, "Diesen Zahlungsauftrag gibt es nicht.", "There is no such payment order."
    ),
    "order_known": Sentence(
        409,
        "Dafür gibt es schon einen Zahlungsauftrag.",
        "There is a payment order for it already.",
    ),
    "order_state": Sentence(
        409,
        "Dieser Zahlungsauftrag steht schon anders.",
        "This payment order has moved on already.",
    ),
    "order_own": Sentence(
        403,
        "Von Ihnen beantragt. Eine andere Person muss freigeben.",
        "Requested by you. Someone else must release it.",
    ),
    "order_role": Sentence(
        403, "Dafür fehlt Ihnen die Rolle.", "You do not have the role for this."
    ),
    "order_iban": no("Bitte die IBAN prüfen.", "Please check the IBAN."),
    "order_text": no(
        "Name oder Verwendungszweck fehlt oder ist zu lang.",
        "Name or remittance text is missing or too long.",
    ),
    "order_not_covered": no(
        "Auf 371300 steht dafür nicht so viel bereit.", "Not so much is set aside for it on 371300."
    ),
    "order_not_released": no(
        "Noch nicht von einer zweiten Person freigegeben.", "Not released by a second person yet."
    ),
    "mandate_unknown": no(
        "Dieses Mandat gibt es nicht, oder es ist beendet.",
        "There is no such mandate, or it has ended.",
    ),
    "mandate_known": Sentence(
        409, "Diese Mandatsreferenz gibt es schon.", "This mandate reference exists already."
    ),
    "mandate_lapsed": no(
        "Das Mandat ist erloschen: 36 Monate lang nicht genutzt.",
        "The mandate has lapsed: it was not used for 36 months.",
    ),
    "collection_due": no(
        "Fällig ist sie an einem Banktag, vom nächsten an, spätestens in 14 Tagen.",
        "It can be due on a bank day, at the earliest the next one, within 14 days.",
    ),
}
