"""Tickets as text: a single admission, signed with Ed25519, 128 letters a gate checks alone.

    version 1, kind | key id | number | house | valid from, until, in days
        1 byte         1        5        5            2     2

Beside the guest codes of `terminals.qr.tokens`: the same ring of keys and the same letters, and
another purpose in the signature, so that neither can pass for the other. The house is a mark of
its code; nothing says who bought the ticket, or why it cost less.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from terminals.qr.letters import bytes_of, written
from terminals.qr.tokens import SigningKey

LENGTH = 128

_VERSION = 1
_TICKET, _SUPPLEMENT = 3, 4  # 1 and 2 are guest codes
_CONTENT, _SIGNED = 16, 80
_NUMBER, _MARK = 5, 5  # bytes
_EPOCH = date(2026, 1, 1)
_MOST_DAYS = 2**16 - 1
_PURPOSE = b"stadtkasse ticket:"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket's code says.

    code: the eight letters below it. house: `mark` of the facility's code. Both days are in.
    is_supplement: no admission by itself (a guided tour, the sauna).
    """

    code: str
    house: bytes
    valid_from: date
    valid_until: date
    is_supplement: bool = False


@dataclass(frozen=True, slots=True)
class NoTicket:
    """malformed: no text of ours. unknown: a key we do not have. wrong_key: nobody of ours
    signed it."""

    reason: Literal["malformed", "unknown", "wrong_key"]


def mark(facility: str) -> bytes:
    """What stands for a facility's code on its tickets."""
    return hashlib.sha256(b"stadtkasse house:" + facility.encode()).digest()[:_MARK]


def new_code() -> str:
    """Eight random letters: a trillion tickets, and no number to count on from."""
    return written(secrets.token_bytes(_NUMBER))


def spoken(code: str) -> str:
    """In two halves, as people read it."""
    return f"{code[:4]} {code[4:]}"


def sign(ticket: Ticket, key: SigningKey) -> str:
    """The text of a ticket. Raises ValueError for what none can say."""
    number = bytes_of(ticket.code, _NUMBER)
    if number is None or len(ticket.house) != _MARK:
        raise ValueError(f"{ticket.code!r} is no ticket of a house")
    days = [(day - _EPOCH).days for day in (ticket.valid_from, ticket.valid_until)]
    if not 0 <= days[0] <= days[1] <= _MOST_DAYS:
        raise ValueError(f"a ticket of these years, not {ticket.valid_from} to {days[1]}")
    kind = _SUPPLEMENT if ticket.is_supplement else _TICKET
    content = bytes([_VERSION << 4 | kind, key.id]) + number + ticket.house
    content += b"".join(day.to_bytes(2, "big") for day in days)
    return written(content + key.private.sign(_PURPOSE + content))


def read(text: str, keys: Mapping[int, Ed25519PublicKey]) -> Ticket | NoTicket:
    """What a scanned text says, if a holder of one of our keys says it; its days are not asked."""
    signed = bytes_of(text, _SIGNED)
    if signed is None:
        return NoTicket("malformed")
    content, signature = signed[:_CONTENT], signed[_CONTENT:]
    if content[0] not in (_VERSION << 4 | _TICKET, _VERSION << 4 | _SUPPLEMENT):
        return NoTicket("malformed")
    public = keys.get(content[1])
    if public is None:
        return NoTicket("unknown")
    try:
        public.verify(signature, _PURPOSE + content)
    except InvalidSignature:
        return NoTicket("wrong_key")
    first, last = (int.from_bytes(content[at : at + 2], "big") for at in (12, 14))
    return Ticket(
        written(content[2:7]), content[7:12], _EPOCH + timedelta(first), _EPOCH + timedelta(last),
        content[0] & 15 == _SUPPLEMENT,
    )  # fmt: skip
