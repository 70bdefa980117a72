"""Which fields (BMP) there are: their length, their kind and their names. PA00P015, chapter 3."""

from dataclasses import dataclass
from enum import Enum, auto

TLV_CONTAINER = 0x06


class Kind(Enum):
    """How the content of a field is to be read."""

    BINARY = auto()  # number, high byte first
    NUMBER = auto()  # number in BCD
    DIGITS = auto()  # BCD kept with its zeros: dates, terminal ids
    TEXT = auto()
    HEX = auto()
    CARD_NUMBER = auto()
    SECRET = auto()
    TOTALS = auto()
    TLV = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of field. size: bytes, where the length is fixed; length_digits: 2 or 3 where the
    length is written in front, else 0; name: for programs; english, german: for people."""

    name: str
    kind: Kind
    size: int
    english: str
    german: str
    length_digits: int = 0


def _fixed(size: int, kind: Kind, names: str) -> Shape:
    name, english, german = (part.strip() for part in names.split("|"))
    return Shape(name, kind, size, english, german)


def _variable(length_digits: int, kind: Kind, names: str) -> Shape:
    name, english, german = (part.strip() for part in names.split("|"))
    return Shape(name, kind, 0, english, german, length_digits)


_BINARY, _NUMBER, _DIGITS, _TEXT, _HEX = (
    Kind.BINARY, Kind.NUMBER, Kind.DIGITS, Kind.TEXT, Kind.HEX,
)  # fmt: skip

FIELDS: dict[int, Shape] = {
    0x01: _fixed(1, _BINARY, "timeout_s | time to wait in seconds | Wartezeit in Sekunden"),
    0x02: _fixed(1, _BINARY, "max_status_infos | most repeated results | Höchstzahl Ergebnisse"),
    0x03: _fixed(1, _BINARY, "service_byte | service byte | Service-Byte"),
    0x04: _fixed(6, _NUMBER, "amount_cents | amount | Betrag"),
    0x05: _fixed(1, _BINARY, "pump_no | pump number | Zapfsäule"),
    0x06: Shape("tlv", Kind.TLV, 0, "further data", "weitere Daten"),
    0x0B: _fixed(3, _NUMBER, "trace | trace number | Trace-Nummer"),
    0x0C: _fixed(3, _DIGITS, "time | time | Uhrzeit"),
    0x0D: _fixed(2, _DIGITS, "date_mmdd | date (month, day) | Datum (Monat, Tag)"),
    0x0E: _fixed(2, _DIGITS, "expiry_yymm | card valid until (year, month) | Karte gültig bis"),
    0x17: _fixed(2, _NUMBER, "card_seq | card sequence number | Kartenfolgenummer"),
    0x19: _fixed(1, _BINARY, "type_or_status_byte | payment type or state | Zahlungsart/Zustand"),
    0x22: _variable(2, Kind.CARD_NUMBER, "pan | card number (masked) | Kartennummer (maskiert)"),
    0x23: _variable(2, Kind.SECRET, "track_2 | track 2 | Spur 2"),
    0x24: _variable(3, Kind.SECRET, "track_3 | track 3 | Spur 3"),
    0x27: _fixed(1, _BINARY, "result_code | result | Ergebnis"),
    0x29: _fixed(4, _DIGITS, "terminal_id | terminal id | Terminal-ID"),
    0x2A: _fixed(15, _TEXT, "vu_number | contract number | VU-Nummer"),
    0x2D: _variable(2, Kind.SECRET, "track_1 | track 1 | Spur 1"),
    0x2E: _variable(3, Kind.SECRET, "chip_data | chip data | Chipdaten"),
    0x37: _fixed(3, _NUMBER, "orig_trace | trace of the original | Trace des Originals"),
    0x3A: _fixed(2, Kind.SECRET, "cvv | card check value | Kartenprüfwert"),
    0x3B: _fixed(8, _TEXT, "auth_attribute | authorisation | Genehmigung"),
    0x3C: _variable(3, _TEXT, "additional_text | text for the merchant | Text für den Händler"),
    0x3D: _fixed(3, _DIGITS, "password | password | Passwort"),
    0x49: _fixed(2, _NUMBER, "currency | currency (978 = EUR) | Währung (978 = EUR)"),
    0x4C: _variable(2, _HEX, "blocked_goods | blocked goods groups | gesperrte Warengruppen"),
    0x60: _variable(3, Kind.TOTALS, "single_totals | totals by scheme | Summen je Kartenart"),
    0x70: _fixed(4, _BINARY, "image_width | display image, first value | Anzeigebild, 1. Wert"),
    0x71: _fixed(4, _BINARY, "image_height | display image, second value | Anzeigebild, 2. Wert"),
    0x72: _fixed(1, _BINARY, "image_72 | display image | Anzeigebild"),
    0x73: _fixed(1, _BINARY, "image_73 | display image | Anzeigebild"),
    0x74: _fixed(1, _BINARY, "image_74 | display image | Anzeigebild"),
    0x75: _fixed(1, _BINARY, "image_75 | display image | Anzeigebild"),
    0x87: _fixed(2, _NUMBER, "receipt_no | receipt number | Belegnummer"),
    0x88: _fixed(3, _NUMBER, "turnover_no | turnover number | Umsatznummer"),
    0x8A: _fixed(1, _BINARY, "card_type | card type | Kartenart"),
    0x8B: _variable(2, _TEXT, "card_name | card name | Kartenname"),
    0x8C: _fixed(1, _BINARY, "card_type_netop | card type of the operator | Kartenart Netzbetrieb"),
    0x92: _variable(3, _HEX, "chip_offline | chip data, offline | Chipdaten offline"),
    0x9A: _variable(3, _HEX, "geldkarte | GeldKarte record | GeldKarte-Satz"),
    0xA0: _fixed(1, _BINARY, "result_code_as | result of the host | Ergebnis des Hosts"),
    0xA7: _variable(2, _HEX, "ef_id | card file EF_ID | Kartendatei EF_ID"),
    0xAA: _fixed(3, _DIGITS, "date_yymmdd | date (year, month, day) | Datum (Jahr, Monat, Tag)"),
    0xAF: _variable(3, _HEX, "ef_info | card file EF_Info | Kartendatei EF_Info"),
    0xBA: _fixed(5, _HEX, "aid_parameter | AID parameter | AID-Parameter"),
    0xD0: _fixed(1, _BINARY, "byte_d0 | byte D0 | Byte D0"),
    0xD1: _variable(2, _HEX, "data_d1 | data D1 | Daten D1"),
    0xD2: _fixed(1, _BINARY, "byte_d2 | byte D2 | Byte D2"),
    0xD3: _fixed(1, _BINARY, "byte_d3 | byte D3 | Byte D3"),
    0xE0: _fixed(1, _BINARY, "shortest_input | shortest input | kürzeste Eingabe"),
    **{
        0xE0 + line: _variable(2, _TEXT, f"line_e{line} | text line {line} | Textzeile {line}")
        for line in range(1, 9)
    },
    0xE9: _fixed(1, _BINARY, "longest_input | longest input | längste Eingabe"),
    0xEA: _fixed(1, _BINARY, "echo_input | show the input | Eingabe zeigen"),
    0xEB: _fixed(8, _HEX, "mac | message authentication code | MAC"),
    0xF0: _fixed(1, _BINARY, "display_s | time on the display | Anzeigedauer"),
    **{
        0xF0 + line: _variable(2, _TEXT, f"text_line_{line} | text line {line} | Textzeile {line}")
        for line in range(1, 9)
    },
    0xF9: _fixed(1, _BINARY, "beeps | beeps | Töne"),
    0xFA: _fixed(1, _BINARY, "byte_fa | byte FA | Byte FA"),
    0xFB: _fixed(1, _BINARY, "byte_fb | byte FB | Byte FB"),
    0xFC: _fixed(1, _BINARY, "dialog_control | dialog control | Dialogsteuerung"),
    0xFD: _fixed(1, _BINARY, "byte_fd | byte FD | Byte FD"),
}
