"""Words of getting in: connecting the device, PIN, lock (S01 to S03)."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "enrol.title": ("Dieses Gerät verbinden", "Connect this device"),
    "enrol.hint": (
        "Den Code zeigt die Zentrale unter Geräte. Er gilt 15 Minuten.",
        "The centre shows the code under Devices. It is valid for 15 minutes.",
    ),
    "enrol.code": ("Code", "Code"),
    "enrol.length": ("8 Zeichen, Buchstaben und Ziffern", "8 characters, letters and digits"),
    "enrol.go": ("Gerät verbinden", "Connect device"),
    "enrol.busy": ("Die Zentrale wird gefragt …", "Asking the centre …"),
    "enrol.delete": ("Letztes Zeichen löschen", "Delete last character"),
    "enrol.problem.code": (
        "Code falsch oder abgelaufen. Bitte in der Zentrale einen neuen erzeugen.",
        "Code wrong or expired. Please create a new one at the centre.",
    ),
    "enrol.problem.centre": (
        "Zentrale nicht erreichbar. Bitte Netzwerkkabel prüfen und noch einmal versuchen.",
        "The centre cannot be reached. Please check the network cable and try again.",
    ),
    "enrol.problem.taken": (
        "{till} ist schon mit einem anderen Gerät verbunden. Dort zuerst trennen.",
        "{till} is already connected to another device. Disconnect it there first.",
    ),
    "enrol.problem.storage": (
        "Speicher nicht gesichert. Bitte die Technik rufen, bevor Sie verkaufen.",
        "Storage not secured. Please call support before you sell.",
    ),
    "confirm.title": (
        "Dieses Gerät wird: {till}, {site}. Stimmt das?",
        "This device becomes {till}, {site}. Correct?",
    ),
    "confirm.choose": ("Welche Kasse ist das hier?", "Which till is this?"),
    "confirm.yes": ("Ja, das stimmt", "Yes, correct"),
    "confirm.no": ("Nein, anderer Code", "No, another code"),
    "pin.title": ("PIN eingeben", "Enter PIN"),
    "pin.field": ("PIN", "PIN"),
    "pin.hint": ("Sechs Ziffern", "Six digits"),
    "pin.said": ("PIN, {number} von {length} Ziffern", "PIN, {number} of {length} digits"),
    "pin.delete": ("Letzte Ziffer löschen", "Delete last digit"),
    "pin.go": ("Anmelden", "Sign in"),
    "pin.wrong": (
        "PIN stimmt nicht. Noch {number} Versuche.",
        "PIN is wrong. {number} tries left.",
    ),
    "pin.wrong.one": ("PIN stimmt nicht. Noch 1 Versuch.", "PIN is wrong. 1 try left."),
    "pin.blocked": (
        "Gesperrt bis {time}. Die Leitung kann sofort entsperren.",
        "Locked until {time}. The manager can unlock now.",
    ),
    "pin.offline": (
        "Keine Verbindung zur Zentrale. Hier bekannte PINs gelten weiter.",
        "No connection to the centre. PINs known here still work.",
    ),
    "pin.note": ("Notiz der letzten Schicht", "Note of the last shift"),
    "pin.welcome": ("Wer arbeitet jetzt hier?", "Who works here now?"),
    "lock.title": ("Gesperrt", "Locked"),
    "lock.shift": ("Gesperrt – Schicht {name} läuft weiter", "Locked – shift {name} continues"),
    "lock.hint": ("Mit Ihrer PIN geht es weiter.", "Continue with your PIN."),
    "lock.basket": ("Der Korb ist aufgehoben.", "The basket is kept."),
    "lock.payment": ("Kartenzahlung {amount}", "Card payment {amount}"),
    "lock.approved": ("Bezahlt", "Paid"),
    "lock.declined": ("Abgelehnt – nichts abgebucht", "Declined – nothing charged"),
    "lock.aborted": ("Abgebrochen – nichts abgebucht", "Cancelled – nothing charged"),
    "lock.unknown": ("Zahlung unklar – jetzt prüfen", "Payment unclear – check now"),
    "lock.other": (
        "Andere PIN. Möchten Sie die Kasse übergeben?",
        "Different PIN. Hand over the till?",
    ),
    "lock.hand_over": ("Kasse übergeben", "Hand over"),
}
