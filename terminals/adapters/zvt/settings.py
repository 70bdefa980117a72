"""What differs between card terminals that all speak ZVT: one value per known quirk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from terminals.adapters import Field
from terminals.adapters.zvt.protocol.charset import CHARSETS

_AS_DELIVERED = "000000"
_BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Settings:
    """One terminal. All seconds may have fractions; `FIELDS` tells what each value means."""

    host: str
    port: int = 20007
    password: str = _AS_DELIVERED
    enquiry_password: str = _AS_DELIVERED
    registers: bool = True
    config_byte: int = 0xBE
    service_byte: int | None = 0x01
    payment_type: int | None = None
    charset: str = "auto"
    connect_per_command: bool = False
    connect_seconds: float = 5.0
    answer_seconds: float = 5.0
    silence_seconds: float = 180.0
    longest_seconds: float = 900.0
    guest_seconds: float = 60.0
    late_print_seconds: float = 1.0
    busy_codes: frozenset[int] = frozenset({0x9C, 0xA0, 0xA1})
    busy_pause_seconds: float = 8.0
    busy_resends: int = 3
    repeats_receipt: bool = True
    clock_seconds: float = 300.0
    zone: ZoneInfo = _BERLIN


def settings_of(given: Mapping[str, str]) -> Settings:
    """Settings from the words of a file, by the names in `FIELDS`.

    Raises ValueError with a sentence for a word that cannot be meant.
    """
    read: dict[str, Any] = {}
    for name, word in given.items():
        reader = _READERS[name]
        try:
            read[name] = reader(word.strip())
        except (ValueError, ArithmeticError, OSError, ZoneInfoNotFoundError) as trouble:
            raise ValueError(f"zvt: {name} cannot be {word!r}: {_EXPECTED[reader]}") from trouble
    return Settings(**read)


def _host(word: str) -> str:
    if not word or " " in word:
        raise ValueError(word)
    return word


def _port(word: str) -> int:
    port = int(word)
    if not 1 <= port <= 65535:
        raise ValueError(word)
    return port


def _count(word: str) -> int:
    count = int(word)
    if not 0 <= count <= 100:
        raise ValueError(word)
    return count


def _password(word: str) -> str:
    if len(word) != 6 or not (word.isascii() and word.isdecimal()):
        raise ValueError(word)
    return word


def _optional_password(word: str) -> str:
    return _password(word) if word else ""


def _yes_or_no(word: str) -> bool:
    return {"yes": True, "no": False}[word] if word in ("yes", "no") else _refuse(word)


def _byte(word: str) -> int:
    if len(word) != 2:
        raise ValueError(word)
    return int(word, 16)


def _optional_byte(word: str) -> int | None:
    return _byte(word) if word else None


def _bytes(word: str) -> frozenset[int]:
    return frozenset(_byte(each) for each in word.split())


def _seconds(word: str) -> float:
    milliseconds = int(Decimal(word) * 1000)
    if not 0 <= milliseconds <= 3_600_000:
        raise ValueError(word)
    return milliseconds / 1000


def _charset(word: str) -> str:
    return word if word in CHARSETS else _refuse(word)


def _refuse(word: str) -> Any:
    raise ValueError(word)


_EXPECTED: Mapping[Callable[[str], Any], str] = {
    _host: "the name or address of the terminal is expected.",
    _port: "a number from 1 to 65535 is expected.",
    _count: "a number from 0 to 100 is expected.",
    _password: "six digits are expected.",
    _optional_password: "six digits or nothing are expected.",
    _yes_or_no: '"yes" or "no" is expected.',
    _byte: 'two hexadecimal digits are expected, such as "BE".',
    _optional_byte: 'two hexadecimal digits or nothing are expected, such as "40".',
    _bytes: 'pairs of hexadecimal digits are expected, such as "9C A0 A1".',
    _seconds: "seconds from 0 to 3600 are expected.",
    _charset: f"one of {', '.join(CHARSETS)} is expected.",
    ZoneInfo: 'a time zone is expected, such as "Europe/Berlin".',
}

_READERS: Mapping[str, Callable[[str], Any]] = {
    "host": _host, "port": _port, "password": _password, "enquiry_password": _optional_password,
    "registers": _yes_or_no, "config_byte": _byte, "service_byte": _optional_byte,
    "payment_type": _optional_byte, "charset": _charset, "connect_per_command": _yes_or_no,
    "connect_seconds": _seconds, "answer_seconds": _seconds, "silence_seconds": _seconds,
    "longest_seconds": _seconds, "guest_seconds": _seconds, "late_print_seconds": _seconds,
    "busy_codes": _bytes, "busy_pause_seconds": _seconds, "busy_resends": _count,
    "repeats_receipt": _yes_or_no, "clock_seconds": _seconds, "zone": ZoneInfo,
}  # fmt: skip

FIELDS = (
    Field("host", "name or address of the terminal"),
    Field("port", "its TCP port; Verifone and Feig often 22000", "20007"),
    Field("password", "the merchant's password, six digits", "000000"),
    Field("enquiry_password", "the password in a status enquiry; empty: none is sent", "000000"),
    Field("registers", "whether it wants a registration on every connection, yes or no", "yes"),
    Field("config_byte", "who prints and what is locked: BE: the till prints its lines", "BE"),
    Field("service_byte", "second byte of the registration; empty: not sent", "01"),
    Field("payment_type", "BMP 19 of a payment, such as 40; empty: not sent", ""),
    Field("charset", f"its character set: {', '.join(CHARSETS)}", "auto"),
    Field("connect_per_command", "hang up after every command, yes or no", "no"),
    Field("connect_seconds", "how long connecting may take", "5"),
    Field("answer_seconds", "T3: how long a command may wait for its 80 or 84", "5"),
    Field("silence_seconds", "T4: how long a running command may be silent", "180"),
    Field("longest_seconds", "how long a command may run, whatever is heard of it", "900"),
    Field("guest_seconds", "a silence before 6C from which time, not the guest, ended it", "60"),
    Field("late_print_seconds", "how long to wait for print lines that follow the end", "1"),
    Field("busy_codes", "refusals after which the same command is sent again", "9C A0 A1"),
    Field("busy_pause_seconds", "how long to wait before that", "8"),
    Field("busy_resends", "how often at most", "3"),
    Field("repeats_receipt", "no: it repeats no receipt with 04 0F; a person looks instead", "yes"),
    Field("clock_seconds", "how wrong its clock may be", "300"),
    Field("zone", "the time zone of its clock", "Europe/Berlin"),
)
