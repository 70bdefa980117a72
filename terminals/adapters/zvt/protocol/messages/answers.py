"""What a card terminal says, as values; `reading` makes them of frames."""

import datetime as dt
from dataclasses import dataclass, field

from terminals.adapters.zvt.protocol.fields import FieldValue, Totals
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.tlv import Tag


@dataclass(frozen=True, slots=True)
class Ack:
    """80 00, or 84 00, which means the same; said by both sides."""

    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """84 xx: no, and why; said by both sides. detail: further bytes of the device."""

    code: int
    detail: bytes = b""


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """04 0F: the outcome of a transaction. Every part may be missing: None or "".

    result: 0 approved. trace: also from TLV 1F2B where BMP 0B has no room. month_day: (month,
    day) without a year; date: with one, where the device sends it. card_type: BMP 8A, or TLV 41
    where 8A says FF. pan: only masked; last4: its end. entry: "mag", "chip", "nfc" or "".
    cardholder: how the guest proved to be the holder, a key of `words.CARDHOLDER`. payment_type:
    BMP 19. merchant_text: BMP 3C, for staff, else TLV 24. receipt_flags: TLV 45, (merchant,
    customer), 0 no paper, 1 when approved, 2 always. receipt_info: bits of TLV 1F37.
    """

    result: int | None = None
    amount_cents: int | None = None
    currency: int | None = None
    trace: int | None = None
    original_trace: int | None = None
    receipt: int | None = None
    turnover: int | None = None
    time: dt.time | None = None
    month_day: tuple[int, int] | None = None
    date: dt.date | None = None
    terminal_id: str = ""
    vu_number: str = ""
    payment_type: int | None = None
    card_type: int | None = None
    card_name: str = ""
    card_sequence: int | None = None
    pan: str = ""
    last4: str = ""
    entry: str = ""
    cardholder: str = ""
    authorisation: str = ""
    result_as: int | None = None
    merchant_text: str = ""
    aid: str = ""
    totals: Totals | None = None
    receipt_flags: tuple[int, int] | None = None
    receipt_info: int | None = None
    fields: tuple[FieldValue, ...] = ()
    tags: tuple[Tag, ...] = ()
    rest: bytes = field(default=b"", repr=False)

    @property
    def is_approved(self) -> bool:
        """Whether the device says that the money moved."""
        return self.result == 0

    @property
    def needs_paper(self) -> bool:
        """A receipt is compulsory, or a signature has to be given on one."""
        signs = self.cardholder in ("signature", "offline_pin_encrypted_signature")
        signs |= self.cardholder in ("offline_pin_plain_signature", "online_pin_signature")
        return signs or bool((self.receipt_info or 0) & 0x82)

    def at(self, near: dt.datetime) -> dt.datetime | None:
        """Local time of the transaction in the zone of `near`, an aware clock.

        Most devices send no year: the one is taken that brings it nearest to `near`, so that a
        payment just before midnight of New Year's Eve is not a year off. So is the one of the
        two equal hours of the night on which summer time ends.
        """
        if self.time is None:
            return None
        moments = [
            dt.datetime.combine(day, self.time.replace(fold=fold), near.tzinfo)
            for day in self._days(near.year)
            for fold in (0, 1)
        ]
        # Two clocks of one zone are compared without their folds by Python, hence UTC.
        now = near.astimezone(dt.UTC)
        return min(moments, key=lambda each: abs(each.astimezone(dt.UTC) - now), default=None)

    def _days(self, year: int) -> list[dt.date]:
        if self.date is not None:
            return [self.date]
        if self.month_day is None:
            return []
        around = (_day(each, self.month_day) for each in (year - 1, year, year + 1))
        return [day for day in around if day is not None]


@dataclass(frozen=True, slots=True)
class IntermediateStatus:
    """04 FF: what goes on. code FF: only `text` says it. timeout_minutes: a new T4, if given."""

    code: int
    timeout_minutes: int | None = None
    text: str = ""
    tags: tuple[Tag, ...] = ()
    rest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """06 0F: done, the till is master again.

    status: of a status enquiry (05 01), 0 ready. flags: bits of a registration's answer (BMP 19),
    `words.REGISTRATION_FLAGS`. result: BMP 27, E0 when an update begins, FC before a restart.
    version: of the software. text: what a device writes here in no known form.
    """

    status: int | None = None
    terminal_id: str = ""
    currency: int | None = None
    flags: int | None = None
    result: int | None = None
    trace: int | None = None
    version: str = ""
    text: str = ""
    fields: tuple[FieldValue, ...] = ()
    tags: tuple[Tag, ...] = ()
    rest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Abort:
    """06 1E: not done, the till is master again; the code may differ from that of a 04 0F before.

    receipts: numbers of open pre-authorisations, with code B8.
    vendor_code: TLV 1F16 as hex. text: TLV 1F17, or TLV 24.
    """

    code: int
    currency: int | None = None
    receipts: tuple[int, ...] = ()
    vendor_code: str = ""
    text: str = ""
    fields: tuple[FieldValue, ...] = ()
    tags: tuple[Tag, ...] = ()
    rest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line to print; attribute: its byte, see `messages.style`."""

    text: str
    attribute: int = 0


@dataclass(frozen=True, slots=True)
class PrintLine:
    """06 D1: one line. line_feeds: empty lines instead of text. is_last: ends a receipt, and so
    parts the merchant's from the customer's. receipt_type: 1 merchant, 2 customer, 3 other."""

    attribute: int
    text: str = ""
    line_feeds: int = 0
    is_last: bool = False
    receipt_type: int | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintBlock:
    """06 D3: lines of a receipt, which may go on in the next block until one is_last.

    receipt_type: 1 merchant, 2 customer, 3 other. receipt_info: bits of TLV 1F37, 80 compulsory.
    """

    receipt_type: int | None
    lines: tuple[PrintedLine, ...]
    is_last: bool
    receipt_info: int | None = None
    tags: tuple[Tag, ...] = ()
    rest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A whole frame whose command a till does not know or does not hear from a terminal."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Malformed:
    """A whole frame whose data break the rules of its command; reason: a sentence for support."""

    reason: str
    frame: Frame


Message = (
    Ack
    | Refuse
    | StatusInformation
    | IntermediateStatus
    | Completion
    | Abort
    | PrintLine
    | PrintBlock
    | Unsupported
)


def _day(year: int, month_day: tuple[int, int]) -> dt.date | None:
    try:
        return dt.date(year, *month_day)
    except ValueError:  # 29 February, in a year without one
        return None
