"""Character sets of terminals: CP437 by rule, Latin-1, UTF-8 and a 7-bit one in the field."""

from collections.abc import Iterable

AUTO, CP437, LATIN_1, SEVEN_BIT, UTF_8 = "auto", "cp437", "latin-1", "7-bit", "utf-8"
CHARSETS = (AUTO, CP437, LATIN_1, SEVEN_BIT, UTF_8)

# ä ö ü Ä Ö Ü ß in either set. E1 is ß in CP437 and á in Latin-1; German receipts have no á.
_CP437_UMLAUTS = frozenset(b"\x81\x84\x8e\x94\x99\x9a\xe1")
_LATIN_1_UMLAUTS = frozenset(b"\xc4\xd6\xdc\xe4\xf6\xfc\xdf")
_SEVEN_BIT_UMLAUTS = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_TAG_14 = {0x00: "ascii", 0xFE: "utf-8", 0xFF: "cp437"}


def decode(raw: bytes, charset: str = AUTO) -> str:
    """The text; never raises, what is no character becomes U+FFFD.

    charset: one of `CHARSETS`, or a codec's name from `announced`. The 7-bit set cannot be
    guessed, for its umlauts are brackets elsewhere.
    """
    if charset == AUTO:
        charset = guess((raw,))
    if charset == SEVEN_BIT:
        return raw.decode("ascii", "replace").translate(_SEVEN_BIT_UMLAUTS)
    return raw.decode(charset, "replace")


def guess(texts: Iterable[bytes]) -> str:
    """The likeliest set of texts that belong together: by the majority of umlauts."""
    joined = b"".join(texts)
    if joined.isascii():
        return CP437
    if _is_utf_8(joined):
        return UTF_8
    cp437 = sum(byte in _CP437_UMLAUTS for byte in joined)
    latin_1 = sum(byte in _LATIN_1_UMLAUTS for byte in joined)
    return LATIN_1 if latin_1 > cp437 else CP437


def announced(tag_14: bytes | None) -> str | None:
    """The set that TLV 14 announces, as a codec's name; None where it says nothing known."""
    if not tag_14:
        return None
    number = tag_14[-1]
    # ISO 8859-12 was never finished; 08 and above 10 mean nothing to a German device.
    if 0x01 <= number <= 0x10 and number != 0x0C:
        return f"iso8859-{number}"
    return _TAG_14.get(number)


def _is_utf_8(joined: bytes) -> bool:
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
