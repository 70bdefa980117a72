"""Bytes as letters that any scanner that types can type: 32 of them, 5 bits each.

QR's small alphanumeric mode has them all, and they lie on the same keys of German and English
keyboards: no Y, Z, I, O, no signs.
"""

LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_VALUES = {letter: value for value, letter in enumerate(LETTERS)}
_BITS = 5


def written(data: bytes) -> str:
    """The bytes as letters, no bit left over that one could change.

    Raises ValueError for a number of bytes that does not come out even.
    """
    length, rest = divmod(len(data) * 8, _BITS)
    if rest:
        raise ValueError(f"{len(data)} bytes are no whole number of letters")
    value = int.from_bytes(data, "big")
    return "".join(LETTERS[value >> _BITS * place & 31] for place in reversed(range(length)))


def bytes_of(text: str, count: int) -> bytes | None:
    """The `count` bytes a text stands for; None if it is none.

    Small letters and white space around, as some scanners send them, do no harm.
    """
    letters = text.strip().upper()
    if len(letters) * _BITS != count * 8 or not set(letters) <= _VALUES.keys():
        return None
    if not text.isascii():
        return None
    value = 0
    for letter in letters:
        value = value << _BITS | _VALUES[letter]
    return value.to_bytes(count, "big")
