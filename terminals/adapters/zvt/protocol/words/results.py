"""Result codes in words: BMP 27, 06 1E and 84 xx share one table (PA00P015, chapter 10).

Codes 01 to 63 come from the bank's host and are binary: 37 is 55, a wrong PIN.
"""

from typing import NamedTuple

from terminals.adapters.zvt.protocol.words.phrase import Phrase

APPROVED = 0x00
ABORTED = 0x6C
ABORT = "abort"  # instead of a reason: somebody ended it, or time did


class Result(NamedTuple):
    """reason: a key of `terminals.adapters.REASONS`, "abort", or "" where nothing failed."""

    reason: str
    phrase: Phrase


def result(code: int) -> Result:
    """What a code means; an unknown one is the bank's up to 63, the device's above."""
    if (known := RESULTS.get(code)) is not None:
        return known
    if 0x01 <= code <= 0x63:
        return Result(
            "bank", Phrase(f"refused by the host ({code})", f"vom Host abgelehnt ({code})")
        )
    return Result("device", Phrase("code unknown here", "hier unbekannter Code"))


def reason(code: int) -> str:
    """Why a card was not taken: a key of `terminals.adapters.REASONS`, "abort", or "" for 00."""
    return result(code).reason


def _table(rows: str) -> dict[int, Result]:
    """Rows of `code reason english | german`."""
    found: dict[int, Result] = {}
    for row in rows.strip().splitlines():
        head, german = row.split(" | ")
        code, why, english = head.split(maxsplit=2)
        found[int(code, 16)] = Result("" if why == "-" else why, Phrase(english, german))
    return found


RESULTS = _table("""
00 - approved | genehmigt
01 bank call the acquirer | beim Acquirer anrufen
02 bank call the acquirer | beim Acquirer anrufen
03 device merchant number not valid | Vertragspartnernummer unbekannt
04 card_blocked retain the card | Karte einziehen
05 bank declined | abgelehnt
06 card_not_accepted card not valid | Karte nicht gültig
0A bank not allowed | nicht zugelassen
0B bank declined | abgelehnt
0C bank declined | abgelehnt
0D amount amount not possible | Betrag nicht möglich
0E card_not_accepted card number not valid | Kartennummer nicht gültig
0F bank fault in the host's system | Störung beim Host
19 bank reversal refused | Storno abgelehnt
1E device request not understood by the host | Anfrage vom Host nicht verstanden
29 card_blocked retain the card | Karte einziehen
2B card_blocked retain the card | Karte einziehen
33 bank refused | abgelehnt
36 card_expired card has expired | Karte abgelaufen
37 wrong_pin wrong PIN | falsche PIN
38 wrong_pin PIN not accepted | PIN nicht angenommen
39 card_not_accepted wrong card | falsche Karte
4B pin_tries too many wrong PINs | PIN zu oft falsch
50 card_expired card has expired | Karte abgelaufen
56 device terminal not active | Terminal nicht aktiv
57 device terminal needs initialisation | Terminal braucht Initialisierung
5B bank fault in the host's system | Störung beim Host
5F bank host asks to try again | Host bittet um Wiederholung
62 device extended diagnosis needed | erweiterte Diagnose nötig
64 card_unreadable card cannot be read | Karte nicht lesbar
65 card_unreadable no data on the card | Karte ohne Daten
66 device fault while processing | Verarbeitungsfehler
67 card_not_accepted not for girocard and Maestro | nicht für girocard und Maestro
68 card_not_accepted not for credit and fuel cards | nicht für Kredit- und Tankkarten
6A end_of_day_needed turnover file full | Umsatzdatei voll
6B device terminal not registered | Terminal nicht angemeldet
6C abort ended by key or by time | Abbruch durch Taste oder Zeitablauf
6E card_blocked card blocked | Karte gesperrt
6F device wrong currency | falsche Währung
71 bank balance too low | Guthaben zu niedrig
72 card_unreadable chip does not answer properly | Chip fehlerhaft
73 card_unreadable data of the card not right | Kartendaten falsch
74 device keys used up (DUKPT) | Schlüssel aufgebraucht (DUKPT)
75 device text not authentic | Text nicht authentisch
76 card_not_accepted card not on the white list | Karte nicht auf der Positivliste
77 device end of day not possible | Kassenschnitt nicht möglich
78 card_expired card has expired | Karte abgelaufen
79 card_not_accepted card not valid yet | Karte noch nicht gültig
7A card_not_accepted card unknown | Karte unbekannt
7B card_unreadable no way to fall back to the magnetic stripe | kein Rückfall auf Magnetstreifen
7C card_unreadable no way to fall back to the magnetic stripe | kein Rückfall auf Magnetstreifen
7D no_connection communication module faulty | Kommunikationsmodul gestört
7E card_unreadable no way to fall back to the magnetic stripe | kein Rückfall auf Magnetstreifen
83 device function not possible | Funktion nicht möglich
85 device key missing | Schlüssel fehlt
89 device PIN pad faulty | PIN-Pad defekt
9A device fault in the ZVT protocol | Fehler im ZVT-Protokoll
9B no_connection no connection to the host | keine Verbindung zum Host
9C device terminal busy, please wait | Terminal beschäftigt, bitte warten
9D device goods given out in part | Ware nur zum Teil ausgegeben
A0 device receiver not ready | Empfänger nicht bereit
A1 no_connection other end does not answer | Gegenstelle antwortet nicht
A3 no_connection no connection | keine Verbindung
A4 device GeldKarte submission not possible | GeldKarte-Einreichung nicht möglich
A5 device not allowed by the card industry's rules (PCI) | nach PCI nicht erlaubt
B1 device memory full | Speicher voll
B2 device journal full | Händlerjournal voll
B4 device already reversed | schon storniert
B5 device reversal not possible | Storno nicht möglich
B7 amount amount above the reservation | Betrag über der Reservierung
B8 device fault of a reservation | Fehler bei einer Reservierung
BF device supply voltage too low | Spannung zu niedrig
C0 device card lock | Kartensperre
C1 device merchant card locked | Händlerkarte gesperrt
C2 device diagnosis needed | Diagnose nötig
C3 amount above the highest amount | Höchstbetrag überschritten
C4 card_not_accepted card profile not valid | Kartenprofil ungültig
C5 card_not_accepted way of paying not supported | Zahlverfahren nicht unterstützt
C6 device currency not possible | Währung nicht möglich
C8 amount amount too small | Betrag zu klein
C9 amount highest amount too small | Höchstbetrag zu klein
CB device only in EUR | nur in EUR
CC device printer not ready | Drucker nicht bereit
CD device cashback not possible | Bargeldauszahlung nicht möglich
DC card_unreadable a card is still inserted | Karte steckt noch
DD card_unreadable card cannot be ejected | Karte lässt sich nicht auswerfen
DE card_unreadable card cannot be inserted | Karte lässt sich nicht einziehen
DF device out of order | außer Betrieb
E0 device remote maintenance | Fernwartung läuft
E1 card_unreadable card not removed | Karte nicht entnommen
E2 device card reader does not answer | Kartenleser antwortet nicht
E3 device card reader closed | Kartenleser geschlossen
E4 device activation needed | Aktivierung nötig
E7 card_not_accepted goods not possible with this card | Ware mit dieser Karte nicht möglich
E8 card_not_accepted goods not possible with this card | Ware mit dieser Karte nicht möglich
E9 card_not_accepted card not possible for this | Karte dafür nicht möglich
EA card_not_accepted card not possible for this | Karte dafür nicht möglich
EB device PIN not possible | PIN nicht möglich
EC device PIN not possible | PIN nicht möglich
ED device PIN pad does not answer | PIN-Pad antwortet nicht
F0 end_of_day_needed end of day is open | Kassenschnitt offen
F1 device fault offline | Offline-Fehler
F5 device personalisation failed (OPT) | OPT-Verfahren fehlerhaft
F6 device personalisation needed (OPT) | OPT-Verfahren nötig
FA device clearing not possible | Clearing nicht möglich
FB device turnover data damaged | Umsatzdaten beschädigt
FC device a device is missing | Gerät fehlt
FD device speed of the line not possible | Baudrate nicht möglich
FE device register faulty | Register fehlerhaft
FF device fault in the terminal's system | Systemfehler des Terminals
""")
