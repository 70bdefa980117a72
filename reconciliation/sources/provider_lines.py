"""The values every provider's file translates into: head, lines, end.

A provider is whoever takes payments for the city and pays them out: a card acquirer, an online
provider, a terminal that counts its day. Its file is one `ProviderFile`, any number of
`ProviderLine`, then `ProviderEnd`, read as they are asked for.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RecordType(StrEnum):
    """What a line records; `batch` and `payout` are sums that the provider pays out."""

    CHARGE = "charge"
    REFUND = "refund"
    REVERSAL = "reversal"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    PAYOUT = "payout"
    BATCH = "batch"
    EOD = "eod"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """What stands above the lines.

    source: "acquirer" or "zvt". layout: who writes it that way, for people. account: merchant
    number or terminal. file_code: tells a repeated file from a new one. version: where the file
    names one. rhythm: when the next one is due: "bank_days", "days", or "none".
    """

    source: str
    layout: str
    account: str
    file_code: str
    version: int | None = None
    rhythm: str = "none"


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """One record. Cents are signed as they move our money: refunds and chargebacks are negative,
    a fee that we pay is positive and is already taken off `net_cents`.

    txn_id: identity of the record, stable over repeated delivery. happened_at: an instant, else
    local_at: city time without offset, which is not unique in the night the clock goes back.
    batch: what it is paid out with. settle_on: when. trace_id: the bank's reference of a payout.
    """

    record_type: RecordType
    account: str
    txn_id: str
    gross_cents: int
    net_cents: int
    currency: str
    fee_cents: int = 0
    happened_at: datetime | None = None
    local_at: datetime | None = None
    psp_ref: str | None = None
    order_ref: str | None = None
    terminal: str | None = None
    trace: str | None = None
    receipt: str | None = None
    first_receipt: str | None = None
    auth_code: str | None = None
    scheme: str | None = None
    card_region: str | None = None
    auth_cents: int | None = None
    batch: str | None = None
    settle_on: date | None = None
    item_count: int | None = None
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderEnd:
    """What is known when the last line is through. net_cents: of all lines but sums of them."""

    line_count: int
    net_cents: int
    period_from: date | None = None
    period_to: date | None = None


ProviderPart = ProviderFile | ProviderLine | ProviderEnd
SUMS = frozenset({RecordType.BATCH, RecordType.PAYOUT})
