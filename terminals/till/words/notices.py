"""Words of what waits for somebody (S47, S48): notices and what the centre did not accept."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "notices.title": ("Hinweise", "Notices"),
    "notices.list": ("Was wartet", "What waits"),
    "notices.empty": ("Nichts offen", "Nothing open"),
    "notices.empty.text": ("Hier ist nichts zu tun.", "Nothing to do here."),
    "notices.conflicts": (
        "Von der Zentrale nicht angenommen: {number}",
        "Not accepted by the centre: {number}",
    ),
    "notices.not_sent": ("Nicht übertragen: {number}", "Not sent: {number}"),
    "notices.not_sent.text": (
        "Alles ist gespeichert, bitte weiter verkaufen.",
        "All is stored, please keep selling.",
    ),
    "notices.since": ("seit {time}", "since {time}"),
    "notices.age": ("seit {number} min", "for {number} min"),
    "notice_row.unclear": ("Zahlung unklar", "Payment unclear"),
    "notice_row.unclear.do": (
        "Nicht noch einmal kassieren, sondern prüfen.",
        "Do not charge again, check it.",
    ),
    "notice_row.unclear.key": ("Prüfen", "Check"),
    "notice_row.approval": ("Wartet auf Freigabe", "Waiting for approval"),
    "notice_row.approval.do": (
        "Eine zweite Person gibt frei. Sie kassieren weiter.",
        "A second person approves. You keep selling.",
    ),
    "notice_row.approval.key": ("Ansehen", "View"),
    "notice_row.approved": ("Freigegeben", "Approved"),
    "notice_row.approved.do": (
        "Gast bitten, dieselbe Karte bereitzuhalten, dann erstatten.",
        "Ask the guest for the same card, then refund.",
    ),
    "notice_row.approved.key": ("Erstatten", "Refund"),
    "notice_row.parked": ("Korb wartet", "Basket waits"),
    "notice_row.parked.do": (
        "Weiter bearbeiten, wenn der Gast zurück ist.",
        "Continue when the guest is back.",
    ),
    "notice_row.parked.locked": ("Gesperrt: erst Zahlung klären.", "Locked: clear payment first."),
    "notice_row.parked.key": ("Öffnen", "Open"),
    "notice_row.conflict": ("Von der Zentrale nicht angenommen", "Not accepted by the centre"),
    "notice_row.conflict.do": (
        "Der Verkauf gilt. Für Sie ist nichts zu tun.",
        "The sale stands. Nothing for you to do.",
    ),
    "notice_row.conflict.key": ("Ansehen", "View"),
    "notice_row.not_sent": ("Noch nicht übertragen", "Not sent yet"),
    "notice_row.not_sent.do": ("Nichts zu tun.", "Nothing to do."),
    "conflict.title": ("Von der Zentrale nicht angenommen", "Not accepted by the centre"),
    "conflict.stands": ("Der Verkauf gilt.", "The sale stands."),
    "conflict.stands.text": (
        "Die Finanzabteilung klärt ihn. Für Sie ist nichts zu tun.",
        "Finance will clear it. Nothing for you to do.",
    ),
    "conflict.kept": ("Es ist gespeichert.", "It is stored."),
    "conflict.kept.text": (
        "Die Finanzabteilung klärt es. Für Sie ist nichts zu tun.",
        "Finance will clear it. Nothing for you to do.",
    ),
    "conflict.what": ("Was", "What"),
    "conflict.why": ("Grund", "Reason"),
    "conflict.when": ("Wann", "When"),
    "conflict.reason": (
        "Die Zentrale konnte das nicht buchen.",
        "The centre could not post this.",
    ),
    "conflict.price_changed": (
        "Der Preis war inzwischen ein anderer.",
        "The price was a different one by then.",
    ),
    "conflict.bag_number_used": (
        "Die Nummer der Geldtasche gibt es schon.",
        "The number of the safebag exists already.",
    ),
    "conflict.shift_unknown": (
        "Die Zentrale kennt diese Schicht nicht.",
        "The centre does not know this shift.",
    ),
    "conflict.idempotency_conflict": (
        "Unter derselben Nummer wurde schon etwas anderes gemeldet.",
        "Something else was reported under the same number.",
    ),
    "conflict.visited_today": (
        "Die Karte war an diesem Tag schon benutzt: {time}, {gate}.",
        "The card was used on this day before: {time}, {gate}.",
    ),
    "conflict.card_used_up": (
        "Auf der Karte war kein Besuch mehr.",
        "There was no visit left on the card.",
    ),
    "item.charge": ("Verkauf", "Sale"),
    "item.visit": ("Besuch mit Karte", "Visit with a card"),
    "conflict.notice_paid": (
        "Der Bescheid ist schon bezahlt.",
        "The notice is paid already.",
    ),
    "item.fee_notice": ("Gebührenbescheid", "Fee notice"),
    "item.link_sale": ("Verkauf per Link", "Sale by link"),
    "item.visit_taken_back": ("Zurückgenommener Besuch", "Visit taken back"),
    "item.reversal": ("Storno", "Void"),
    "item.attempt": ("Zahlversuch", "Payment attempt"),
    "item.shift_opened": ("Schichtbeginn", "Start of shift"),
    "item.cash_drop": ("Abschöpfung", "Safebag drop"),
    "item.shift_closed": ("Schichtende", "End of shift"),
    "item.terminal_totals": ("Kassenschnitt", "Terminal end of day"),
    "item.refund_requested": ("Erstattungsantrag", "Refund request"),
    "item.refund_decided": ("Freigabe", "Approval"),
    "item.refund_reminded": ("Erinnerung", "Reminder"),
    "item.refund_paid": ("Erstattung", "Refund"),
    "item.till_event": ("Vermerk", "Note"),
    "item.other": ("Meldung der Kasse", "Report of the till"),
}
