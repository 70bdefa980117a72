"""Names of commands: the two bytes that begin a frame."""

from terminals.adapters.zvt.protocol.words.phrase import Phrase

_ACK = Phrase("Positive answer", "Positive Antwort")


def command(code: bytes) -> Phrase | None:
    """The name of a command or answer; None for one that ZVT does not know."""
    if code[0] == 0x80 or code == b"\x84\x00":
        return _ACK
    if code[0] == 0x84:
        return Phrase("Negative answer", "Negative Antwort")
    if code[0] == 0x0F:
        return Phrase("Vendor's own command", "Eigener Befehl des Herstellers")
    return COMMANDS.get(code.hex().upper())


def _table(rows: str) -> dict[str, Phrase]:
    """Rows of `command english | german`."""
    found: dict[str, Phrase] = {}
    for row in rows.strip().splitlines():
        head, german = row.split(" | ")
        code, english = head.split(maxsplit=1)
        found[code] = Phrase(english, german)
    return found


COMMANDS = _table("""
0401 Set date and time in the till | Datum und Uhrzeit der Kasse setzen
040D Input request | Eingabe-Anforderung
040E Menu request | Menü-Anforderung
040F Status information | Status-Information
04FF Intermediate status | Zwischenstatus
0501 Status enquiry | Statusabfrage
0600 Registration | Anmeldung
0601 Authorisation | Autorisierung
0602 Log-off | Abmeldung
0603 Account balance | Kontostand
060C Book tip | Trinkgeld buchen
060F Completion | Abschluss
0610 Send turnover totals | Summen senden
0612 Reprint receipts | Belege nachdrucken
0618 Reset terminal | Terminal neu starten
061A Print system configuration | Konfiguration drucken
061E Abort | Abbruch
0620 Repeat receipt | Belegwiederholung
0621 Telephonic authorisation | Telefonische Autorisierung
0622 Pre-authorisation | Reservierung
0623 Partial reversal of a pre-authorisation | Teilstorno einer Reservierung
0624 Book total | Reservierung buchen
0625 Reversal of a pre-authorisation | Storno einer Reservierung
0630 Reversal | Storno
0631 Refund | Gutschrift
0650 End of day | Kassenschnitt
0652 Partial reconciliation | Teilabgleich
0670 Diagnosis | Diagnose
0679 Self-test | Selbsttest
0691 Set date and time in the terminal | Datum und Uhrzeit des Terminals setzen
0693 Initialisation | Initialisierung
0695 Change password | Passwort ändern
06B0 Abort by the till | Abbruch durch die Kasse
06C0 Read card | Karte lesen
06D0 Graphic menu | Grafisches Menü
06D1 Print line | Zeile drucken
06D3 Print text block | Textblock drucken
06D8 Modem: dial | Modem: wählen
06D9 Modem: transmit | Modem: senden
06DA Modem: receive | Modem: empfangen
06DB Modem: hang up | Modem: auflegen
06DD Transparent data | Transparente Daten
06E0 Display text | Text anzeigen
06E1 Display text, wait for a key | Text anzeigen, Taste abwarten
06E2 Display text, numeric input | Text anzeigen, Ziffern eingeben
06E3 PIN check | PIN prüfen
06E4 Blocked list | Sperrliste
0810 Software update | Software-Update
0811 Read file | Datei lesen
0812 Delete file | Datei löschen
0813 Change configuration | Konfiguration ändern
0814 Write file | Datei schreiben
0830 Select language | Sprache wählen
""")
