"""Intermediate states (04 FF) in words, and where they stand on the track the cashier sees."""

from typing import NamedTuple

from terminals.adapters.zvt.protocol.words.phrase import Phrase

_REMOVE_CARD = range(0x41, 0x5E)  # the state of code - 40, and: remove the card


class Progress(NamedTuple):
    """step: a key of `terminals.adapters.STEPS`."""

    step: str
    phrase: Phrase


def progress(code: int) -> Progress:
    """What a code means; unknown ones, and FF with its text in TLV 24, say that it works."""
    if (known := PROGRESS.get(code)) is not None:
        return known
    if code in _REMOVE_CARD:
        return _remove_card(code)
    return Progress("working", Phrase("terminal is working", "Terminal arbeitet"))


def step(code: int) -> str:
    """The key of `terminals.adapters.STEPS` for a code."""
    return progress(code).step


def _remove_card(code: int) -> Progress:
    inner = PROGRESS.get(code - 0x40)
    if inner is None:
        return Progress("remove_card", Phrase("please remove the card", "bitte Karte entnehmen"))
    english, german = inner.phrase
    phrase = Phrase(f"{english}; please remove the card", f"{german}; bitte Karte entnehmen")
    # A wrong PIN stays the guest's next try, whatever becomes of the card meanwhile.
    return Progress("pin_again" if inner.step == "pin_again" else "remove_card", phrase)


def _table(rows: str) -> dict[int, Progress]:
    """Rows of `code step english | german`."""
    found: dict[int, Progress] = {}
    for row in rows.strip().splitlines():
        head, german = row.split(" | ")
        code, key, english = head.split(maxsplit=2)
        found[int(code, 16)] = Progress(key, Phrase(english, german))
    return found


PROGRESS = _table("""
00 amount guest confirms the amount | Gast bestätigt den Betrag
01 pin watch the PIN pad | PIN-Pad beachten
02 pin watch the PIN pad | PIN-Pad beachten
03 card_refused not accepted | Vorgang nicht möglich
04 bank waiting for the bank | warten auf die Bank
05 reversing terminal takes the payment back | Terminal bucht zurück
06 busy terminal sends payments that are left over | Terminal sendet Nachbuchungen
07 card_refused card not admitted | Karte nicht zugelassen
08 card_refused card unknown | Karte unbekannt
09 card_refused card has expired | Karte abgelaufen
0A card insert or hold the card | Karte einstecken oder vorhalten
0B remove_card remove the card | Karte entnehmen
0C card_refused card cannot be read | Karte nicht lesbar
0D refusing ended | Vorgang abgebrochen
0E bank please wait | bitte warten
0F busy automatic end of day | automatischer Kassenschnitt
10 card_refused card not valid | Karte nicht gültig
11 working balance is shown | Guthaben wird angezeigt
12 refusing system fault | Systemstörung
13 card_refused payment not possible | Zahlung nicht möglich
14 refusing balance too low | Guthaben zu niedrig
15 pin_again wrong PIN | PIN falsch
16 refusing limit too low | Limit zu niedrig
17 bank please wait | bitte warten
18 refusing too many wrong PINs | PIN zu oft falsch
19 refusing card data wrong | Kartendaten falsch
1A working service mode | Servicemodus
1B promised approved, fill up | genehmigt, bitte tanken
1C promised approved, take the goods | genehmigt, Ware entnehmen
1D refusing declined | abgelehnt
26 working mobile number is typed | Mobilnummer wird eingegeben
27 working mobile number is typed again | Mobilnummer wird wiederholt
28 choosing guest chooses the currency | Gast wählt die Währung
29 choosing guest chooses the language | Gast wählt die Sprache
2A card insert the card to load it | Karte zum Laden einstecken
2B working offline in an emergency | Notbetrieb ohne Netz
2C choosing guest chooses debit or credit | Gast wählt Debit oder Kredit
66 working terminal is working | Terminal arbeitet
67 working terminal is working | Terminal arbeitet
68 working customer card found | Kundenkarte erkannt
69 choosing guest chooses the currency (DCC) | Gast wählt die Währung (DCC)
A0 promised paid (remove the card) | bezahlt (Karte entnehmen)
A1 promised paid (remove the card) | bezahlt (Karte entnehmen)
A2 refusing cancelled (remove the card) | abgebrochen (Karte entnehmen)
A3 refusing cancelled | abgebrochen
A4 working too late to cancel | Abbruch nicht mehr möglich
A5 working too late to cancel | Abbruch nicht mehr möglich
C7 working mileage is typed | Kilometerstand wird eingegeben
C8 cashier terminal waits for the cashier | Terminal wartet auf die Kasse
C9 busy automatic diagnosis | automatische Diagnose
CA busy automatic initialisation | automatische Initialisierung
CB working journal full | Journal voll
CC pin guest types the PIN | Gast gibt die PIN ein
D2 bank connecting to the bank | Verbindung zur Bank wird aufgebaut
D3 bank connected to the bank | Verbindung zur Bank steht
E0 choosing guest chooses how to pay | Gast wählt die Anwendung
E1 choosing guest chooses the language | Gast wählt die Sprache
E2 working cleaning card needed | Reinigungskarte nötig
F1 offline terminal is offline | Terminal ohne Netz
F2 online terminal is online again | Terminal wieder am Netz
F3 working payment without a connection | Zahlung ohne Verbindung
FF working see the terminal's text | siehe Text des Terminals
""")
