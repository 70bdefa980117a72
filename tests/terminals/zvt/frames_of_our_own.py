"""Frames made here, of every shape that terminals in the field send; and broken ones.

Built by hand with small functions that share nothing with the product, so that a fault of its
encoder cannot hide a fault of its decoder.
"""


def tlv(tag: str, content: str) -> str:
    """One object; content in hex, the length in the shortest form."""
    size = len(content) // 2
    length = f"{size:02X}" if size < 128 else f"81{size:02X}" if size < 256 else f"82{size:04X}"
    return tag + length + content


def apdu(command: str, data: str) -> bytes:
    """One frame; data in hex."""
    size = len(data) // 2
    length = f"{size:02X}" if size < 255 else f"FF{size & 255:02X}{size >> 8:02X}"
    return bytes.fromhex(command + length + data)


def container(*objects: str) -> str:
    return tlv("06", "".join(objects))


def hexed(text: str, charset: str = "ascii") -> str:
    return text.encode(charset).hex().upper()


APPROVED = apdu(
    "040F",
    "2700040000000012340B0004560C1402590D11300E29121700021960"
    + "22F0F8EEEEEEEEEEEE4321" "2952000017" + "2A" + hexed("4711".ljust(15))
    + "3B" + hexed("123456") + "0000" + "3CF0F2F3" + hexed("Zahlung erfolgt")
    + "2020202020202020" "490978" "870042" "88000815" "8A05" "8BF0F9" + hexed("girocard") + "00"
    + container(
        tlv("2F", tlv("1F10", "02") + tlv("1F11", "01") + tlv("1F12", "02")),
        tlv("60", tlv("43", "A0000003591010028001") + tlv("42", hexed("girocard"))),
        tlv("45", "02010000"), tlv("1F37", "01"),
    ),
)  # fmt: skip
LONG_TRACE = apdu(
    "040F",
    "2700A0010C2313550D10290B000000870008" + container(tlv("1F2B", "10015008")),
)
SMALLEST_APPROVAL = apdu("040F", "2700")
DECLINED = apdu(
    "040F",
    "2705" "2952000017" "3CF0F0F9" + hexed("Abgelehnt") + "8A06"
    + container(tlv("24", tlv("07", hexed("Abgelehnt")))),
)  # fmt: skip
CANCELLED = apdu("040F", "276C2952000017")
END_OF_DAY = apdu(
    "040F",
    "2700" "040000000070000C2215000D1231" "60F0F5F3" "00120019"
    "05000000005000" "00000000000000" "02000000001500" "00000000000000"
    "01000000000500" "00000000000000" "00000000000000",
)  # fmt: skip
UNKNOWN_FIELD = apdu("040F", "2700FE0102")
BLOCK = apdu(
    "06D3",
    container(
        tlv("1F07", "02"), tlv("1F37", "80"), tlv("14", "01"),
        tlv("25", tlv("09", "40") + tlv("07", hexed("Hallenbad Süd", "latin-1")) + tlv("09", "00")
            + tlv("07", "") + tlv("07", hexed("für Sie", "latin-1")) + tlv("09", "81")),
    ),
)  # fmt: skip
LONG_BLOCK = apdu("06D3", container(tlv("25", tlv("07", hexed("x" * 40)) * 30)))
LINE = apdu("06D1", "40" + hexed("** Händlerbeleg **", "cp437"))
LINE_WITH_CONTAINER = apdu(
    "06D1", "00" + hexed("HÄNDLERBELEG", "latin-1") + container(tlv("1F07", "01"))
)
LAST_LINE = apdu("06D1", "81")
LINE_FEEDS = apdu("06D1", "FF03")

FROM_TERMINALS = (
    APPROVED, LONG_TRACE, SMALLEST_APPROVAL, DECLINED, CANCELLED, END_OF_DAY, UNKNOWN_FIELD,
    BLOCK, LONG_BLOCK, LINE, LINE_WITH_CONTAINER, LAST_LINE, LINE_FEEDS,
    apdu("04FF", "0A"), apdu("04FF", "1702"),
    apdu("04FF", "0A01" + container(tlv("24", tlv("07", hexed("Karte\nvorhalten"))))),
    apdu("04FF", "01" + container(tlv("1F73", "000003"))),
    apdu("060F", ""), apdu("060F", "27E0"), apdu("060F", "19002952000017490978"),
    apdu("060F", "9C"), apdu("060F", "F0F0F5" + hexed("1.2.3") + "00"),
    apdu("061E", "6C"), apdu("061E", "6F0978"), apdu("061E", ""), apdu("061E", "B8870123"),
    apdu("8000", ""), apdu("8000", container(tlv("1F73", "000001"))),
    apdu("8400", ""), apdu("8483", ""), apdu("841E", "7D"),
)  # fmt: skip

# What must never be seen: a card number, tracks, and the tags that carry the like.
PAN = "4111111111111111"
SECRETS = (
    apdu("040F", f"270022F0F8{PAN}"),
    apdu("040F", f"270023F1F1{PAN}D2912F"),
    apdu("040F", "2700" + "24F0F0F8" + PAN),
    apdu("040F", "2700" + "2DF0F8" + PAN),
    apdu("040F", "2700" + container(tlv("1F08", PAN), tlv("60", tlv("1F0A", PAN)))),
    apdu("040F", "2700" + "FE" + "22F0F8" + PAN),
    apdu("040F", "2700" + "22F0E8" + PAN),
    apdu("1234", "22F0F8" + PAN),
)
