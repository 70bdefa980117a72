"""What a till says to a card terminal, as values, and their bytes.

A password has six digits; amounts are cents. A value that no frame can carry is our own fault:
`build` raises ValueError for it.
"""

from dataclasses import dataclass, field

from terminals.adapters.zvt.protocol import frames, tlv
from terminals.adapters.zvt.protocol.messages.answers import Ack, Refuse
from terminals.adapters.zvt.protocol.numbers import bcd
from terminals.adapters.zvt.protocol.tlv import Tag

EURO = "0978"
# Bits of the configuration byte (06 00).
RECEIPTS_BY_TILL, ADMINISTRATION_RECEIPTS_BY_TILL, INTERMEDIATE_STATUS = 0x02, 0x04, 0x08
PAYMENT_LOCKED, ADMINISTRATION_LOCKED, PRINT_TEXT_BY_TERMINAL = 0x10, 0x20, 0x80
# Bits of the service byte of RepeatReceipt (06 20).
SEND_STATUS, NO_PRINT = 0x01, 0x02


@dataclass(frozen=True, slots=True)
class Registration:
    """06 00: who is master and who prints. tlv: switch TLV on; tags: what to say in it; a service
    byte or TLV needs a currency before it."""

    password: str = field(repr=False)
    config: int = 0xBE
    currency: str | None = EURO
    service: int | None = None
    tlv: bool = True
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorisation:
    """06 01: take an amount from a card. payment_type: None lets the terminal decide; currency:
    say EUR, which some devices need and most do not; timeout_seconds: BMP 01, how long it waits
    for the answer to its result; max_status: BMP 02, how often it may be asked to repeat it."""

    amount_cents: int
    payment_type: int | None = None
    currency: bool = True
    timeout_seconds: int | None = None
    max_status: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversal:
    """06 30: take a payment of this terminal's day back. amount_cents: as a check of what is
    reversed, since some devices reverse the last one whatever the number says."""

    password: str = field(repr=False)
    receipt: int
    amount_cents: int | None = None
    currency: bool = False
    payment_type: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """06 31: give an amount to a card."""

    password: str = field(repr=False)
    amount_cents: int
    currency: bool = True
    payment_type: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """06 50: hand the day's payments in and report their totals."""

    password: str = field(repr=False)
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class SendTotals:
    """06 10: report the totals so far."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatusEnquiry:
    """05 01: how are you. service: bits 01 and 02 as of the device, 02 without its version."""

    password: str | None = field(default=None, repr=False)
    service: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatReceipt:
    """06 20: the last transaction once more. service: SEND_STATUS | NO_PRINT asks for 04 0F."""

    password: str = field(repr=False)
    service: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """06 70: talk to the host. kind: TLV 1B, 1 line, 2 extended, 3 configuration, 4 EMV."""

    kind: int | None = None


@dataclass(frozen=True, slots=True)
class Initialisation:
    """06 93: fetch the configuration from the host; cures terminal status 51."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AbortCommand:
    """06 B0: end the running command, if that is still possible."""


@dataclass(frozen=True, slots=True)
class LogOff:
    """06 02: forget the registration."""


Request = (
    Registration
    | Authorisation
    | Reversal
    | Refund
    | EndOfDay
    | SendTotals
    | StatusEnquiry
    | RepeatReceipt
    | Diagnosis
    | Initialisation
    | AbortCommand
    | LogOff
    | Ack
    | Refuse
)


_COMMANDS = {
    Registration: b"\x06\x00",
    Authorisation: b"\x06\x01",
    LogOff: b"\x06\x02",
    SendTotals: b"\x06\x10",
    RepeatReceipt: b"\x06\x20",
    Reversal: b"\x06\x30",
    Refund: b"\x06\x31",
    EndOfDay: b"\x06\x50",
    Diagnosis: b"\x06\x70",
    Initialisation: b"\x06\x93",
    AbortCommand: b"\x06\xb0",
    StatusEnquiry: b"\x05\x01",
    Ack: b"\x80\x00",
}


def build(message: Request) -> bytes:
    """The bytes of the frame. Raises ValueError for a value that no frame can carry."""
    if isinstance(message, Refuse):
        return frames.encode(bytes([0x84, message.code]), _data(message))
    return frames.encode(_COMMANDS[type(message)], _data(message))


def permitted(*commands: bytes) -> Tag:
    """TLV 26: the commands this till understands, as for print blocks `permitted(b"\\x06\\xd3")`.
    Once any is named, a device should send only those and the four it cannot do without."""
    return tlv.constructed(0x26, *(Tag(0x0A, command) for command in commands))


def _data(message: Request) -> bytes:
    match message:
        case Registration():
            data = _registration(message)
        case Authorisation():
            data = _authorisation(message)
        case Reversal(password, receipt):
            data = _password(password) + b"\x87" + bcd(receipt, 2) + _money(message)
        case Refund(password):
            data = _password(password) + _money(message)
        case SendTotals(password) | Initialisation(password):
            data = _password(password)
        case EndOfDay(password, tags):
            data = _password(password) + _container(tags)
        case StatusEnquiry(password, service, tags):
            given = b"" if password is None else _password(password)
            data = given + _byte(0x03, service) + _container(tags)
        case RepeatReceipt(password, service, tags):
            data = _password(password) + _byte(0x03, service) + _container(tags)
        case Diagnosis(kind):
            data = b"" if kind is None else _container((Tag(0x1B, bytes([kind])),))
        case Ack(tags):
            data = _container(tags)
        case Refuse(_, detail):
            data = detail
        case AbortCommand() | LogOff():
            data = b""
    return data


def _registration(message: Registration) -> bytes:
    if message.currency is None and (message.tlv or message.service is not None):
        raise ValueError("a service byte or TLV needs a currency before it")
    data = _password(message.password) + bytes([message.config])
    if message.currency is not None:
        data += bytes.fromhex(message.currency)
    data += _byte(0x03, message.service)
    if message.tlv or message.tags:
        data += _container(message.tags, even_empty=True)
    return data


def _authorisation(message: Authorisation) -> bytes:
    return (
        _amount(message.amount_cents)
        + _byte(0x01, message.timeout_seconds)
        + _byte(0x02, message.max_status)
        + (_currency() if message.currency else b"")
        + _byte(0x19, message.payment_type)
        + _container(message.tags)
    )


def _money(message: Reversal | Refund) -> bytes:
    return (
        (b"" if message.amount_cents is None else _amount(message.amount_cents))
        + (_currency() if message.currency else b"")
        + _byte(0x19, message.payment_type)
        + _container(message.tags)
    )


def _password(password: str) -> bytes:
    if len(password) != 6 or not (password.isascii() and password.isdecimal()):
        raise ValueError("a terminal's password has six digits")
    return bytes.fromhex(password)


def _amount(cents: int) -> bytes:
    return b"\x04" + bcd(cents, 6)


def _currency() -> bytes:
    return b"\x49" + bytes.fromhex(EURO)


def _byte(field_id: int, value: int | None) -> bytes:
    return b"" if value is None else bytes([field_id, value])


def _container(tags: tuple[Tag, ...], *, even_empty: bool = False) -> bytes:
    if not tags and not even_empty:
        return b""
    content = tlv.build(tags)
    return b"\x06" + tlv.encoded_length(len(content)) + content
