"""What was held before a gate: a ticket, a pass as a guest code, or nothing that a gate takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from terminals.gate.tokens import NoTicket, Ticket
from terminals.gate.tokens import read as read_ticket
from terminals.qr.tokens import Code
from terminals.qr.tokens import Refused as NoCode
from terminals.qr.tokens import read as read_code


@dataclass(frozen=True, slots=True)
class PassCode:
    """A pass by its code, "P-000004"; card: the number of its printed code, None from a phone."""

    code: str
    card: int | None
    valid_until: datetime
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """reason "unread": no text of ours; "unknown": no ticket of this city's."""

    reason: str


Scanned = Ticket | PassCode | Unread


def scan(text: str, keys: Mapping[int, Ed25519PublicKey], now: datetime) -> Scanned:
    """What a scanned text is, by its signature alone."""
    found = read_ticket(text, keys)
    if isinstance(found, Ticket):
        return found
    code = read_code(text, keys, now)
    match code:
        case Code(kind="pass"):
            return PassCode(code.code, code.card, code.valid_until)
        case NoCode(reason="expired", code=Code(kind="pass") as over):
            return PassCode(over.code, over.card, over.valid_until, is_over=True)
        case Code() | NoCode(reason="expired"):
            return Unread("unknown")  # a wallet pays at a till
    is_garbled = found == NoTicket("malformed") and code.reason == "malformed"
    return Unread("unread" if is_garbled else "unknown")
