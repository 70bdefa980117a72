"""Names of TLV tags, and how their content is to be read for people. PA00P015, chapter 9."""

from enum import Enum
from typing import NamedTuple

from terminals.adapters.zvt.protocol.words.phrase import Phrase


class Reading(Enum):
    """How the content of a tag is to be read."""

    TEXT = "text"
    NUMBER = "number"  # high byte first
    DECIMAL = "bcd"  # BCD number
    DIGITS = "digits"  # BCD with its zeros
    HEX = "hex"


class TagName(NamedTuple):
    """One tag: name is for programs, phrase for people."""

    name: str
    reading: Reading
    phrase: Phrase


def tag_name(tag: int) -> TagName:
    """The name of a tag; an unknown one is read as hex."""
    unknown = TagName(f"tag_{tag:02x}", Reading.HEX, Phrase("unknown", "unbekannt"))
    return TAGS.get(tag, unknown)


def _table(rows: str) -> dict[int, TagName]:
    """Rows of `tag reading name english | german`."""
    found: dict[int, TagName] = {}
    for row in rows.strip().splitlines():
        head, german = row.split(" | ")
        tag, reading, name, english = head.split(maxsplit=3)
        found[int(tag, 16)] = TagName(name, Reading(reading), Phrase(english, german))
    return found


TAGS = _table("""
07 text text_line text line | Textzeile
08 bcd receipt_no receipt number | Belegnummer
09 hex attribute attribute of the next lines | Attribut der nächsten Zeilen
0A hex command command | Befehl
0B text info_1 information 1 | Information 1
0C text info_2 information 2 | Information 2
10 hex display_size size of the display | Größe der Anzeige
11 hex printer_lines size of the printer | Größe des Druckers
12 bcd printer_width characters on a printed line | Zeichen je Druckzeile
13 text extra_result further result code | weiterer Ergebniscode
14 hex charset character set | Zeichensatz
15 text language language | Sprache
1A number max_apdu longest frame | längste Nachricht
1B number diagnosis_type kind of diagnosis | Art der Diagnose
20 hex fleet fleet data | Flottendaten
21 hex goods_allowed goods allowed | Waren erlaubt
22 hex goods_blocked goods blocked | Waren gesperrt
23 hex open_preauths open pre-authorisations | offene Reservierungen
24 hex display_texts texts to show | Anzeigetexte
25 hex print_texts texts to print | Drucktexte
26 hex permitted_commands commands the till understands | Befehle, die die Kasse versteht
27 hex charsets character sets | Zeichensätze
28 hex languages languages | Sprachen
2D hex file file | Datei
2E hex timestamp date and time | Zeitpunkt
2F hex payment_type way of the payment | Art der Zahlung
30 hex card_matching cards to compare | Kartenabgleich
31 hex amounts amounts | Beträge
34 hex device_time date and time of the device | Zeitpunkt des Geräts
40 hex emv_data EMV data wanted | gewünschte EMV-Daten
41 number card_type card type | Kartenart
42 text app_label name of the application | Name der Anwendung
43 hex aid application id (AID) | Anwendungskennung (AID)
44 text preferred_name preferred name of the application | bevorzugter Name der Anwendung
45 hex receipt_parameter which receipts are due | welche Belege fällig sind
46 text emv_customer EMV line for the customer's receipt | EMV-Zeile, Kundenbeleg
47 text emv_merchant EMV line for the merchant's receipt | EMV-Zeile, Händlerbeleg
48 hex priority priority | Priorität
49 number netop_card_type card type of the operator | Kartenart des Netzbetreibers
4A text product_name product name | Produktname
4B hex issuer_country country of the issuer | Land des Herausgebers
4C hex uid serial number of the card's chip | Seriennummer des Kartenchips
4D hex ef_id card file EF_ID | Kartendatei EF_ID
60 hex application application | Anwendung
61 hex magnetic_list applications of the stripe | Anwendungen des Magnetstreifens
62 hex chip_list applications of the chip | Anwendungen des Chips
64 hex receipt_header head of the receipt | Belegkopf
65 hex receipt_advertising advertising on the receipt | Werbung auf dem Beleg
66 hex receipt_customer data for the customer's receipt | Daten für den Kundenbeleg
67 hex receipt_merchant data for the merchant's receipt | Daten für den Händlerbeleg
68 hex receipt_outcome outcome as text | Ergebnistext
E1 hex bonus bonus | Bonus
E2 hex dcc currency conversion (DCC) | Währungsumrechnung (DCC)
E4 hex device device | Gerät
E5 hex keys keys | Schlüssel
E8 hex vas value added services | Mehrwertdienste
1F00 number file_size size of the file | Größe der Datei
1F01 number receipt_id which receipt | welcher Beleg
1F02 hex first_ta from transaction | von Vorgang
1F03 hex last_ta to transaction | bis Vorgang
1F04 hex receipt_control how to print receipts | wie Belege zu drucken sind
1F05 hex transaction_parameter how to carry out the transaction | wie der Vorgang auszuführen ist
1F06 hex reservation_type kind of reservation | Art der Reservierung
1F07 number receipt_type kind of receipt | Art des Belegs
1F08 hex card_data_8 card data | Kartendaten
1F09 hex card_data_9 card data | Kartendaten
1F0A hex card_data_a card data | Kartendaten
1F0E digits date date | Datum
1F0F digits time time | Uhrzeit
1F10 number cardholder check of the holder | Prüfung des Inhabers
1F11 number online online | online
1F12 number entry how the card was read | wie die Karte gelesen wurde
1F13 number terminal_asks what the terminal asks for | worum das Terminal bittet
1F14 hex card_hash id of the card (hash) | Kennung der Karte (Hash)
1F15 hex card_hash_request request for the id of the card | Bitte um die Kennung der Karte
1F16 hex vendor_error vendor's error code | Fehlercode des Herstellers
1F17 text vendor_text vendor's error text | Fehlertext des Herstellers
1F1F hex sync_id id to stay in step | Kennung zum Abgleich
1F20 bcd amount_cents amount | Betrag
1F21 bcd currency currency | Währung
1F25 bcd cashback_cents cashback | Bargeldauszahlung
1F2B bcd long_trace trace number, long | Trace-Nummer, lang
1F36 bcd tip_cents tip | Trinkgeld
1F37 hex receipt_info about the receipt | zum Beleg
1F3B number tippable a tip is possible | Trinkgeld möglich
1F40 text device_name name of the device | Name des Geräts
1F41 text software version of the software | Version der Software
1F42 hex serial_number serial number | Seriennummer
1F43 number device_state state of the device | Zustand des Geräts
1F44 digits terminal_id terminal id | Terminal-ID
1F45 hex ats answer of the card (ATS) | Antwort der Karte (ATS)
1F4C number chip_type kind of chip | Art des Chips
1F4D hex chip_subtype further kind of chip | nähere Art des Chips
1F4F hex atqa answer of the card (ATQA) | Antwort der Karte (ATQA)
1F50 number sak answer of the card (SAK) | Antwort der Karte (SAK)
1F5B number long_t4 time to wait | Wartezeit
1F60 number technologies ways to read cards | Arten, Karten zu lesen
1F62 text reference_1 reference | Referenz
1F63 text reference_2 further reference | weitere Referenz
1F70 hex partial_approval partial approval | Teilgenehmigung
1F71 hex known_tags tags the terminal knows | Felder, die das Terminal kennt
1F73 bcd message_number number of the message | Nummer der Nachricht
""")
