"""What an action came to, in one sentence: refusals of the till's services and good news."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "message.article_unknown": (
        "Diesen Artikel gibt es hier nicht. Bitte einen anderen antippen.",
        "This article does not exist here. Please tap another one.",
    ),
    "message.bag_used": (
        "Diese Nummer gibt es schon. Bitte die Tasche prüfen.",
        "This number exists already. Please check the bag.",
    ),
    "message.basket_empty": ("Der Korb ist leer.", "The basket is empty."),
    "message.basket_locked": (
        "Der Korb ist gesperrt, bis die Zahlung geklärt ist.",
        "The basket is locked until the payment is cleared.",
    ),
    "message.basket_not_empty": (
        "Im Korb liegt noch etwas. Bitte zuerst kassieren oder leeren.",
        "There is still something in the basket. Please charge or empty it first.",
    ),
    "message.case_missing": ("Zuerst Vorgang eingeben.", "Enter the case first."),
    "message.checked_paid": ("Geprüft: bezahlt, {amount_cents}.", "Checked: paid, {amount_cents}."),
    "message.count_incomplete": (
        "Noch nicht alles gezählt. Leere Felder zählen oder „Rest ist 0“ antippen.",
        "Not everything is counted. Count the empty rows or tap “Rest is 0”.",
    ),
    "message.count_malformed": (
        "Diese Stückzahl passt nicht. Bitte noch einmal eingeben.",
        "This number of pieces does not fit. Please enter it again.",
    ),
    "message.counted_twice": (
        "Es wurde schon zweimal gezählt. Beide Zählungen sind gespeichert.",
        "It was counted twice already. Both counts are stored.",
    ),
    "message.dropped": (
        "Geldtasche {bag} verschlossen und eingetragen: {amount_cents}.",
        "Safebag {bag} sealed and recorded: {amount_cents}.",
    ),
    "message.form_incomplete": (
        "Da fehlt noch eine Angabe. Bitte ergänzen und noch einmal tippen.",
        "Something is missing. Please complete it and tap again.",
    ),
    "message.handed_over": (
        "Die Kasse ist übergeben. Die neue Schicht läuft.",
        "The till is handed over. The new shift is open.",
    ),
    "message.link_gone": ("Link zurückgezogen.", "Link withdrawn."),
    "message.link_offline": (
        "Kein Netz: es wurde kein Link gemacht. Bitte anders bezahlen.",
        "No network: no link was made. Please use another way to pay.",
    ),
    "message.link_refused": (
        "Für diesen Korb gibt es keinen Link. Bitte anders bezahlen.",
        "There is no link for this basket. Please use another way to pay.",
    ),
    "message.link_sale": (
        "Per Link bezahlt: die Finanzabteilung gibt das Geld zurück.",
        "Paid by link: finance gives the money back.",
    ),
    "message.visit_too_late": (
        "Ein Besuch lässt sich nur eine Viertelstunde lang zurücknehmen.",
        "A visit can be taken back for a quarter of an hour only.",
    ),
    "message.visit_offline": (
        "Ohne Netz lässt sich kein Besuch zurücknehmen. Bitte später noch einmal.",
        "Without a network no visit is taken back. Please try again later.",
    ),
    "message.no_link": (
        "Für diesen Bescheid gibt es noch keinen Zahl-Link.",
        "There is no pay link for this notice yet.",
    ),
    "message.line_unknown": (
        "Diese Zeile gibt es nicht mehr. Bitte noch einmal wählen.",
        "This line is gone. Please choose again.",
    ),
    "message.terminal_answers": (
        "Das eigene Terminal ist wieder da. Bitte dort kassieren.",
        "This till’s own terminal is back. Please charge there.",
    ),
    "message.terminal_busy": (
        "Dieses Terminal ist gerade nicht frei. Nichts abgebucht.",
        "This terminal is not free right now. Nothing charged.",
    ),
    "message.no_terminal": (
        "An dieser Kasse ist kein Kartenterminal. Bitte anders bezahlen.",
        "This till has no card terminal. Please use another way to pay.",
    ),
    "message.no_pass_scanned": (
        "Es ist keine Karte gescannt. Bitte zuerst scannen.",
        "No pass was scanned. Please scan one first.",
    ),
    "message.nobody_known": (
        "Hier ist noch keine PIN bekannt. Bitte die Verbindung zur Zentrale prüfen.",
        "No PIN is known here yet. Please check the connection to the centre.",
    ),
    "message.nobody_signed_in": ("Bitte zuerst die PIN eingeben.", "Please enter your PIN first."),
    "message.not_approved": (
        "Noch nicht freigegeben. Nichts ausgezahlt.",
        "Not approved yet. Nothing was paid out.",
    ),
    "message.not_free": (
        "Der Korb kostet etwas. Bitte eine Zahlungsart wählen.",
        "The basket is not free. Please choose a way to pay.",
    ),
    "message.not_given_back": (
        "Nicht zurückgebucht. Der Verkauf gilt weiter; bitte noch einmal versuchen.",
        "Not given back. The sale still stands; please try again.",
    ),
    "message.payment_decided": (
        "Diese Zahlung ist schon geklärt.",
        "This payment is cleared already.",
    ),
    "message.not_here": (
        "Diese Zahlungsart gibt es hier nicht. Bitte eine andere wählen.",
        "This way to pay is not offered here. Please choose another.",
    ),
    "message.refund_of_pass": (
        "Mehrfachkarten erstattet die Finanzabteilung nach benutzten Besuchen.",
        "Multi-visit cards are refunded by finance, by visits used.",
    ),
    "message.not_pending": (
        "Darüber ist schon entschieden. Der Stand steht unter Hinweise.",
        "This is decided already. See Notices.",
    ),
    "message.not_waivable": (
        "Diese Zeile kann nicht gebührenfrei werden.",
        "This line cannot be free of charge.",
    ),
    "message.not_yours": (
        "Zuerst die PIN der Person, die übergibt.",
        "First the PIN of the person who hands over.",
    ),
    "message.nothing_counted": (
        "Es ist noch nichts gezählt. Bitte zuerst zählen.",
        "Nothing is counted yet. Please count first.",
    ),
    "message.nothing_to_drop": (
        "Es ist noch nichts gezählt. Bitte Scheine oder Münzen eingeben.",
        "Nothing is counted yet. Please enter notes or coins.",
    ),
    "message.nothing_to_pay": (
        "Hier ist nichts zu zahlen. Bitte „Freikarten ausgeben“ antippen.",
        "Nothing to pay here. Please tap “Issue free tickets”.",
    ),
    "message.other_site": (
        "Der Code gehört zu {site}. Bitte in der Zentrale einen neuen erzeugen.",
        "The code belongs to {site}. Please create a new one at the centre.",
    ),
    "message.own_request": (
        "Sie haben beantragt und können nicht selbst freigeben.",
        "You made the request and cannot approve it yourself.",
    ),
    "message.nothing_sent": (
        "Terminal war nicht zu erreichen – nichts abgebucht.",
        "The terminal could not be reached – nothing charged.",
    ),
    "message.prices_changed": (
        "Seit heute gelten andere Preise. Zu zahlen {amount_cents}. Bitte noch einmal antippen.",
        "Other prices apply from today. To pay {amount_cents}. Please tap again.",
    ),
    "message.handed_over_note": (
        "Übergeben. Notiz der letzten Schicht: {note}",
        "Handed over. Note of the last shift: {note}",
    ),
    "message.note_kept": (
        "Notiz gespeichert. Die nächste Schicht sieht sie bei der Anmeldung.",
        "Note saved. The next shift sees it when signing in.",
    ),
    "message.note_gone": ("Notiz gelöscht.", "Note deleted."),
    "message.payment_open": (
        "Eine Zahlung ist noch offen. Bitte zuerst klären.",
        "A payment is still open. Please clear it first.",
    ),
    "message.pin_blocked": (
        "Zu viele Versuche. Die Leitung kann sofort entsperren.",
        "Too many tries. The manager can unlock now.",
    ),
    "message.pin_wrong": (
        "PIN stimmt nicht. Noch {tries_left} Versuche.",
        "PIN is wrong. {tries_left} tries left.",
    ),
    "message.reason_missing": ("Bitte einen Grund wählen.", "Please choose a reason."),
    "message.receipt_unknown": (
        "Diesen Beleg kennt die Kasse nicht. Bitte die Nummer vergleichen.",
        "This till does not know the receipt. Please compare the number.",
    ),
    "message.refund_too_large": (
        "Mehr als der Rest geht nicht: {left_cents}.",
        "No more than what is left: {left_cents}.",
    ),
    "message.reminded": (
        "Erinnert. Sie können weiter kassieren.",
        "Reminded. You can keep selling.",
    ),
    "message.reminded_before": (
        "Gerade erst erinnert. Das geht alle 2 Minuten.",
        "Reminded just now. This works every 2 minutes.",
    ),
    "message.refund_withdrawn": (
        "Die Erstattung ist zurückgezogen. Nichts ausgezahlt.",
        "The refund is withdrawn. Nothing was paid out.",
    ),
    "message.refunded": ("Erstattet: {amount_cents}.", "Refunded: {amount_cents}."),
    "message.sale_not_paid": (
        "Dieser Verkauf ist nicht mehr bezahlt. Zurückgeben geht nicht.",
        "This sale is no longer paid. It cannot be given back.",
    ),
    "message.shift_missing": ("Bitte zuerst die Schicht öffnen.", "Please open the shift first."),
    "message.shift_open": (
        "An dieser Kasse läuft schon eine Schicht.",
        "A shift is open at this till already.",
    ),
    "message.shift_over": (
        "Die Schicht dieses Verkaufs ist vorbei. Bitte „Erstatten“ wählen.",
        "The shift of this sale is over. Please choose “Refund”.",
    ),
    "message.statement_kept": (
        "Danke. Die Finanzabteilung klärt das. Sie müssen nichts weiter tun.",
        "Thank you. Finance will clear it. Nothing more for you to do.",
    ),
    "message.tendered_too_little": ("Es fehlen {missing_cents}.", "{missing_cents} missing."),
    "message.voided": (
        "Storniert. {amount_cents} gehen zurück an den Gast.",
        "Voided. {amount_cents} go back to the guest.",
    ),
    "message.leaving_first": (
        "Zuerst gibt die Person, die geht, ihre PIN ein.",
        "First, the person who leaves enters their PIN.",
    ),
}
