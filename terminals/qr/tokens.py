"""Guest codes as text: what a wallet or pass shows at a till, signed with Ed25519, 120 letters.

A code is 11 bytes of content and 64 of signature, written with the letters of
`terminals.qr.letters`: a scanner that types as a keyboard cannot get them wrong.

    version 1, kind | key id | number | valid until, in minutes | card
        1 byte         1        3               3                  3

A code from a phone (no card) lives ten minutes at most. A printed card lives long and therefore
has a number in the centre's table, where it can be revoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from terminals.qr.letters import bytes_of, written

PHONE_MINUTES = 10
LENGTH = 120
MOST = 2**24 - 1  # three bytes: numbers, minutes (31 years from 2026) and cards

Kind = Literal["wallet", "pass"]

_VERSION = 1
_KINDS: Mapping[int, Kind] = {1: "wallet", 2: "pass"}
_NUMBERS: Mapping[Kind, int] = {kind: number for number, kind in _KINDS.items()}
_PREFIXES: Mapping[Kind, str] = {"wallet": "W", "pass": "P"}
_DIGITS = 6
_CONTENT, _SIGNED = 11, 75
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_PURPOSE = b"stadtkasse guest code:"  # a signature for anything else is none for a code


@dataclass(frozen=True, slots=True)
class Code:
    """What a guest's code says.

    code: of the wallet or pass, "W-000017" or "P-000004". valid_until: aware, a whole minute.
    card: number of the printed card, None from a phone.
    """

    kind: Kind
    code: str
    valid_until: datetime
    card: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a text is no code for now.

    malformed: it is none at all. unknown: signed with a key that this till has not got.
    wrong_key: nobody who holds that key has signed it. expired: it was one.
    """

    reason: Literal["expired", "unknown", "malformed", "wrong_key"]
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the number under which tills know its public half (0 to 255)."""

    id: int
    private: Ed25519PrivateKey


def phone_code(kind: Kind, code: str, *, now: datetime) -> Code:
    """A code as a phone shows it: valid for nine to ten minutes, then made anew."""
    return Code(kind, code, _minute(now + timedelta(minutes=PHONE_MINUTES)))


def sign(code: Code, key: SigningKey, *, now: datetime) -> str:
    """The text of a code.

    Raises ValueError for what no code can say: an unknown kind of number, a time that is no
    whole minute, and a code that lives long without a card that could be revoked.
    """
    longest = now + timedelta(minutes=PHONE_MINUTES)
    if code.card is None and code.valid_until > longest:
        raise ValueError("a code that cannot be revoked lives ten minutes at most")
    if code.card is not None and not 0 < code.card <= MOST:
        raise ValueError(f"cards are numbered from 1 to {MOST}, not {code.card}")
    minutes, rest = divmod(code.valid_until - _EPOCH, timedelta(minutes=1))
    if rest or not 0 <= minutes <= MOST:
        raise ValueError(f"a code ends at a whole minute of these years, not {code.valid_until}")
    content = bytes([_VERSION << 4 | _NUMBERS[code.kind], key.id]) + b"".join(
        part.to_bytes(3, "big") for part in (_number(code), minutes, code.card or 0)
    )
    return written(content + key.private.sign(_PURPOSE + content))


def read(text: str, keys: Mapping[int, Ed25519PublicKey], now: datetime) -> Code | Refused:
    """What a scanned text says, if a holder of one of our keys says it and it still holds.

    Small letters and white space around, as some scanners send them, do no harm. A code that
    expired comes along with its refusal, so that the till can say which card it was.
    """
    signed = bytes_of(text, _SIGNED)
    if signed is None:
        return Refused("malformed")
    content, signature = signed[:_CONTENT], signed[_CONTENT:]
    code = _read_content(content)
    if code is None:
        return Refused("malformed")
    public = keys.get(content[1])
    if public is None:
        return Refused("unknown")
    try:
        public.verify(signature, _PURPOSE + content)
    except InvalidSignature:
        return Refused("wrong_key")
    return code if now < code.valid_until else Refused("expired", code)


def _read_content(content: bytes) -> Code | None:
    version, kind = divmod(content[0], 16)
    number, minutes, card = (
        int.from_bytes(content[start : start + 3], "big") for start in (2, 5, 8)
    )
    if version != _VERSION or kind not in _KINDS:
        return None
    name = _KINDS[kind]
    until = _EPOCH + timedelta(minutes=minutes)
    return Code(name, f"{_PREFIXES[name]}-{number:0{_DIGITS}d}", until, card or None)


def _number(code: Code) -> int:
    prefix, _, digits = code.code.partition("-")
    is_ours = digits.isascii() and digits.isdecimal() and len(digits) >= _DIGITS
    if prefix != _PREFIXES[code.kind] or not is_ours or not int(digits) <= MOST:
        raise ValueError(f"{code.code!r} is no {code.kind} that a code can name")
    return int(digits)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
