"""Decimal digits in half bytes (BCD), as ZVT writes amounts, numbers, dates and times."""


def bcd(value: int, size: int) -> bytes:
    """A number as `size` bytes of two digits each. Raises ValueError where it does not fit."""
    if not 0 <= value < 10 ** (2 * size):
        raise ValueError(f"{value} does not fit into {2 * size} digits")
    return bytes.fromhex(f"{value:0{2 * size}d}")


def digits(raw: bytes) -> int | None:
    """The number in `raw`; None where a half byte is no digit, such as FFFF for "none"."""
    text = raw.hex()
    return int(text) if text.isdecimal() else None


def digits_or_hex(raw: bytes) -> int | str:
    """The number in `raw`, or its hex digits where it is none."""
    number = digits(raw)
    return raw.hex().upper() if number is None else number
