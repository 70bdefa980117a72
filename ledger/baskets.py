"""Baskets as a till sends them: what is asked for, and whether it can be meant at all."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from ledger.calendar import business_day
from ledger.outcomes import ChargeInvalid

WAYS = frozenset({"girocard", "credit_card", "cash", "wallet", "online", "e_payment", "invoice"})
NEEDS = {"girocard": "terminal", "credit_card": "terminal", "cash": "till", "wallet": "wallet"}
MAX_LINES, MAX_QUANTITY = 100, 1000
MAX_LENGTHS = {"case_reference": 64, "waiver_reason": 200}
MAX_LENGTH = 64


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a basket.

    unit_cents: what the till showed for one piece; another price on the business day refuses
    the charge ("price_changed"). case_reference: of a fee. waiver_reason: the fee is waived.
    applies_to: product of the line a surcharge goes with. pass_code: the line is a visit with
    this pass, whose product it names, and costs nothing.
    """

    product: str
    quantity: int = 1
    unit_cents: int | None = None
    case_reference: str | None = None
    waiver_reason: str | None = None
    pass_code: str | None = None
    applies_to: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A basket and how it is paid.

    key: made and saved by the till before it sends. way: one of WAYS; charged_at: aware, its
    business day in the city is the day it is booked on. terminal, till, wallet: as the way
    needs. receipt_number: becomes the entry's reference. request: the caller's own bytes, left
    out, the content stands in for them.
    """

    key: UUID
    facility: str
    way: str
    charged_at: datetime
    lines: tuple[BasketLine, ...]
    till: str | None = None
    terminal: str | None = None
    wallet: str | None = None
    shift: str | None = None
    receipt_number: str | None = None
    request: bytes | None = None

    @property
    def booked_on(self) -> date:
        """The business day of the charge."""
        return business_day(self.charged_at)

    def bytes_asked(self) -> bytes:
        """What a repeated key is compared by."""
        if self.request is not None:
            return self.request
        content = [getattr(self, name) for name in _ASKED]
        at = self.charged_at.astimezone(UTC).isoformat()
        lines = [[getattr(line, name) for name in _LINE] for line in self.lines]
        return json.dumps(["charge", at, content, lines]).encode()

    def hash_asked(self) -> bytes:
        """SHA-256 of `bytes_asked`."""
        return hashlib.sha256(self.bytes_asked()).digest()


_ASKED = ("facility", "way", "till", "terminal", "wallet", "shift", "receipt_number")
_LINE = tuple(field.name for field in fields(BasketLine))


def fault_of(request: ChargeRequest) -> ChargeInvalid | None:
    """What is wrong with the request in itself, whatever the catalogue and the books say."""
    for code, data in _faults(request):
        return ChargeInvalid(request.key, code, data)
    return None


def _faults(request: ChargeRequest) -> Iterator[tuple[str, dict[str, Any]]]:
    if request.charged_at.tzinfo is None:
        yield "time_zone_missing", {"field": "charged_at"}
    elif not 2000 <= request.charged_at.year < 3000:
        yield "time_out_of_range", {"field": "charged_at"}
    if request.way not in WAYS:
        yield "unknown_way", {"way": request.way}
    elif (needed := NEEDS.get(request.way)) and not getattr(request, needed):
        yield f"{needed}_missing", {"way": request.way}
    if not 1 <= len(request.lines) <= MAX_LINES:
        yield "line_count", {"lines": len(request.lines), "most": MAX_LINES}
    names = ("facility", "till", "terminal", "wallet", "shift", "receipt_number")
    yield from _text_faults({name: getattr(request, name) for name in names})
    for number, line in enumerate(request.lines, start=1):
        if type(line.quantity) is not int or not 1 <= line.quantity <= MAX_QUANTITY:
            yield "quantity_out_of_range", {"line": number, "most": MAX_QUANTITY}
        if type(line.unit_cents) not in (int, type(None)):
            yield "amount_malformed", {"line": number}
        texts = {name: text for name in _LINE if type(text := getattr(line, name)) is str}
        yield from _text_faults(texts, line=number)


def _text_faults(
    texts: Mapping[str, str | None], **where: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, text in texts.items():
        if text is None:
            continue
        if not text.isprintable() or not 1 <= len(text) <= MAX_LENGTHS.get(name, MAX_LENGTH):
            yield "text_malformed", {"field": name, **where}
