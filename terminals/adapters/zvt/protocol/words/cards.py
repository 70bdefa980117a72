"""Card types (BMP 8A), application ids (TLV 43), and how a card and its holder were read."""

from terminals.adapters.zvt.protocol.words.phrase import Phrase

# BMP 8A, decimal; brands have no translation.
CARD_TYPES = {
    2: "girocard (ec)",
    5: "girocard",
    6: "Mastercard",
    7: "EAPS",
    8: "American Express",
    9: "ELV",
    10: "VISA",
    11: "VISA Electron",
    12: "Diners",
    13: "V PAY",
    14: "JCB",
    30: "GeldKarte",
    46: "Maestro",
    69: "PostFinance",
    87: "Bancontact",
    89: "Payback Pay",
    97: "Alipay",
    107: "Alipay",
    111: "Instant Payment",
    127: "AirPlus",
    196: "Dankort",
    198: "UnionPay",
    217: "Austria Card",
    232: "Discover",
    256: "Mifare",
    258: "Ratenkauf",
    260: "BlueCode",
}

# The longest that fits counts; from TLV 43.
APPLICATIONS = {
    "A000000359": "girocard",
    "A0000000041010": "Mastercard",
    "A0000000043060": "Maestro",
    "A0000000031010": "VISA",
    "A0000000032010": "VISA Electron",
    "A0000000032020": "V PAY",
    "A000000025": "American Express",
    "A000000065": "JCB",
    "A000000152": "Diners",
    "A000000333": "UnionPay",
}

ENTRY = {0x00: "mag", 0x01: "chip", 0x02: "nfc"}  # TLV 1F12

ENTRY_PHRASES = {
    0x00: Phrase("magnetic stripe", "Magnetstreifen"),
    0x01: Phrase("chip", "Chip"),
    0x02: Phrase("contactless", "kontaktlos"),
}

# TLV 1F10
CARDHOLDER = {
    0x00: "none",
    0x01: "signature",
    0x02: "online_pin",
    0x03: "offline_pin_encrypted",
    0x04: "offline_pin_plain",
    0x05: "offline_pin_encrypted_signature",
    0x06: "offline_pin_plain_signature",
    0x07: "online_pin_signature",
    0xFF: "unknown",
}

CARDHOLDER_PHRASES = {
    0x00: Phrase("no check of the holder", "keine Prüfung des Inhabers"),
    0x01: Phrase("signature", "Unterschrift"),
    0x02: Phrase("PIN, online", "PIN, online"),
    0x03: Phrase("PIN, offline, encrypted", "PIN, offline, verschlüsselt"),
    0x04: Phrase("PIN, offline, plain", "PIN, offline, unverschlüsselt"),
    0x05: Phrase("PIN, offline, encrypted, and signature", "PIN offline und Unterschrift"),
    0x06: Phrase("PIN, offline, plain, and signature", "PIN offline und Unterschrift"),
    0x07: Phrase("PIN, online, and signature", "PIN online und Unterschrift"),
    0xFF: Phrase("unknown", "unbekannt"),
}

# BMP 19 in a status information: how the payment was made.
PAYMENT_TYPES = {
    0x40: Phrase("offline", "offline"),
    0x50: Phrase("card checked only", "Karte nur geprüft"),
    0x60: Phrase("online", "online"),
    0x70: Phrase("PIN", "PIN"),
}

RECEIPT_TYPES = {
    1: Phrase("merchant's receipt", "Händlerbeleg"),
    2: Phrase("customer's receipt", "Kundenbeleg"),
    3: Phrase("administrative receipt", "Verwaltungsbeleg"),
}


def scheme(card_type: int | None, card_name: str, aid: str) -> str:
    """The brand of a card: by its application id, which no vendor changes, else by its name as
    the device writes it, else by its type, which some devices can be set to count otherwise."""
    fitting = [prefix for prefix in APPLICATIONS if aid.startswith(prefix)]
    if fitting:
        return APPLICATIONS[max(fitting, key=len)]
    return card_name or CARD_TYPES.get(card_type or 0, "")


def is_girocard(card_type: int | None, card_name: str, aid: str) -> bool:
    """Whether the money takes the way of the girocard system, not that of the credit cards."""
    brand = scheme(card_type, card_name, aid).casefold()
    return "girocard" in brand or brand in ("ec", "ec-cash", "elv")
