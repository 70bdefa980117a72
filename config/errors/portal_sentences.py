"""What the accounts of the portal say no to, with its sentences.

The portal's pages say it in their own words; these are for whoever meets the error elsewhere.
"""

from collections.abc import Mapping
from types import MappingProxyType

from config.errors.sentence import Sentence, no

PORTAL: Mapping[str, Sentence] = MappingProxyType(
    {
        "child_taken": no(
            "Für dieses Kind gibt es schon ein Konto oder ein Guthaben.",
            "There is already an account or a balance for this child.",
        ),
        "email_malformed": no("Das ist keine E-Mail-Adresse.", "This is no e-mail address."),
        "email_taken": no(
            "Diese Adresse hat schon ein Konto.", "This address has an account already."
        ),
        "nickname_malformed": no(
            "Ein Name hat höchstens 40 Zeichen.", "A name has 40 characters at most."
        ),
        "sign_unknown": no("Dieses Zeichen gibt es nicht.", "There is no such sign."),
        "mark_out_of_range": no(
            "Bitte einen Betrag zwischen 5 und 50 Euro wählen.",
            "Choose an amount between 5 and 50 euros.",
        ),
        "passkey_refused": no("Dieser Passkey passt nicht.", "This passkey does not match."),
        "balance_not_zero": no(
            "Auf dem Konto ist noch ein Betrag: zuerst das Konto schließen.",
            "There is still an amount in the account: close it first.",
        ),
        "payment_pending": no("Eine Zahlung ist noch unterwegs.", "A payment is still on its way."),
        "code_unknown": no("Dieser Code passt nicht.", "This code does not match."),
        "code_used": no("Der Code wurde schon benutzt.", "This code has been used."),
        "code_expired": no("Dieser Code gilt nicht mehr.", "This code is no longer valid."),
        "invitation_over": no(
            "Diese Einladung gilt nicht mehr.", "This invitation is no longer valid."
        ),
        "invitation_own": no(
            "Das ist die eigene Adresse oder Einladung.", "This is one's own address or invitation."
        ),
        "invitation_pattern": no(
            "Bitte mindestens einen Tag wählen.", "Please choose at least one day."
        ),
        "invitation_pending": no(
            "Für dieses Kind ist schon jemand eingeladen.",
            "Somebody is invited for this child already.",
        ),
        "invitation_too_many": no(
            "Heute gehen keine weiteren Einladungen.", "No more invitations today."
        ),
    }
)
