"""How a terminal is (answer to 05 01), what its registration says, and what updates it starts."""

from terminals.adapters.zvt.protocol.words.phrase import Phrase

READY, BUSY, END_OF_DAY_NEEDED = 0x00, 0x9C, 0xF0

STATUSES = {
    READY: Phrase("ready", "bereit"),
    0x51: Phrase("needs initialisation", "Initialisierung nötig"),
    0x62: Phrase("date or time wrong", "Datum oder Uhrzeit falsch"),
    BUSY: Phrase("busy", "beschäftigt"),
    0xB1: Phrase("memory full", "Speicher voll"),
    0xB2: Phrase("journal full", "Händlerjournal voll"),
    0xC2: Phrase("needs a diagnosis", "Diagnose nötig"),
    0xCC: Phrase("printer not ready", "Drucker nicht bereit"),
    0xDC: Phrase("a card is inserted", "Karte steckt"),
    0xDF: Phrase("out of order", "außer Betrieb"),
    0xE0: Phrase("remote maintenance", "Fernwartung läuft"),
    0xE1: Phrase("card not removed", "Karte nicht entnommen"),
    0xE2: Phrase("card reader does not answer", "Kartenleser antwortet nicht"),
    0xE3: Phrase("card reader closed", "Kartenleser geschlossen"),
    0xE4: Phrase("needs activation", "Aktivierung nötig"),
    END_OF_DAY_NEEDED: Phrase("needs its end of day", "Kassenschnitt nötig"),
    0xF6: Phrase("needs personalisation (OPT)", "OPT-Verfahren nötig"),
}

# Bits of BMP 19 in the completion of a registration.
REGISTRATION_FLAGS = {
    0x01: Phrase("needs initialisation", "Initialisierung nötig"),
    0x02: Phrase("needs a diagnosis", "Diagnose nötig"),
    0x04: Phrase("needs personalisation (OPT)", "OPT-Verfahren nötig"),
    0x08: Phrase("works for a filling station", "Tankstellenbetrieb"),
    0x10: Phrase("works for a vending machine", "Automatenbetrieb"),
}

# BMP 27 in a completion: success, and what begins now.
COMPLETION_RESULTS = {
    0x00: Phrase("done", "erledigt"),
    0xE0: Phrase("done; an update begins now", "erledigt; ein Update beginnt jetzt"),
    0xFC: Phrase("done; the terminal restarts now", "erledigt; das Terminal startet jetzt neu"),
}


def status(code: int) -> Phrase:
    """A terminal's status in words."""
    return STATUSES.get(code, Phrase("status unknown here", "hier unbekannter Zustand"))


def registration(flags: int) -> list[Phrase]:
    """What the bits of a registration's answer say; nothing set: nothing to do."""
    return [phrase for bit, phrase in REGISTRATION_FLAGS.items() if flags & bit]
