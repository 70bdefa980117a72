"""What a till puts on paper or on a phone: receipts and slips as plain values, no I/O.

One `Receipt` feeds the receipt printer, the printable sheet and the page behind its QR code;
what stands on it in which order is `terminals.printing.content`'s business alone. The fields
are those of § 6 KassenSichV; what a building is not obliged to print is simply left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ledger.money import Money
from ledger.vat import split_vat
from terminals.adapters import Evidence

Language = Literal["de", "en"]
Kind = Literal[
    "sale", "copy", "void", "refund",
    "clarification", "pick_up", "notice", "pass", "shift", "audit", "safebag", "card_slip",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """Who issues a receipt: the city, the building and its address, line by line."""

    city: str
    site: str
    address: tuple[str, ...] = ()
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The till it is issued at. serial: without `/` and `_`, as the fiscal data format wants it.

    Raises ValueError for another serial.
    """

    house: House
    till: str
    serial: str = ""

    def __post_init__(self) -> None:
        if set("/_") & set(self.serial):
            raise ValueError(f"a till's serial has neither / nor _: {self.serial!r}")


@dataclass(frozen=True, slots=True)
class Tax:
    """How an item is taxed; with rate 0, `note` says why not ("steuerfrei, § 4 Nr. 20a UStG")."""

    rate_percent: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: so many of something at a unit price; `amount_cents` below zero on a refund."""

    name: str
    amount_cents: int
    quantity: int = 1
    unit_cents: int | None = None
    tax: Tax = Tax()
    note: str = ""


@dataclass(frozen=True, slots=True)
class VatRow:
    """What all items of one tax come to; net + tax is gross, to the cent."""

    tax: Tax
    net_cents: int
    tax_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class Payment:
    """How it was paid, or paid back.

    way: "cash", "girocard", "credit_card", "wallet", "pay_link", "notice" or "free". tendered,
    change: cash alone. scheme, last4, terminal, trace, authorisation: of the card, as the
    device said.
    """

    way: str
    amount_cents: int
    tendered_cents: int | None = None
    change_cents: int | None = None
    scheme: str = ""
    last4: str = ""
    terminal: str = ""
    trace: str = ""
    authorisation: str = ""


@dataclass(frozen=True, slots=True)
class Tse:
    """What the technical security device said about this receipt (§ 6 (1) no. 5-7 KassenSichV)."""

    serial: str
    transaction: int
    counter: int
    check_value: str
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class TseOutage:
    """The device has been silent since then: selling goes on, the receipt says so."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a slip: what, and how much or which. `is_total`: what the slip is about."""

    label: str
    value: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """One piece of paper.

    started_at, finished_at: aware, of the sale. tse: None where the till needs none (sovereign
    fees, card alone). qr: what its code says, the address of the electronic receipt or, on a
    pass, the guest code; "" prints none. slip: the card terminal's own lines, printed as they
    are. original: number of the receipt that this one copies, voids or refunds. facts, notes:
    what slips say instead of items.
    """

    kind: Kind
    place: Place
    number: str
    started_at: datetime
    finished_at: datetime
    items: tuple[Item, ...] = ()
    vat: tuple[VatRow, ...] = ()
    total_cents: int = 0
    payment: Payment | None = None
    tse: Tse | TseOutage | None = None
    qr: str = ""
    language: Language = "de"
    slip: tuple[str, ...] = ()
    original: str = ""
    reason: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


def sale(
    place: Place,
    number: str,
    items: Iterable[Item],
    *,
    payment: Payment,
    started_at: datetime,
    finished_at: datetime,
    tse: Tse | TseOutage | None = None,
    qr: str = "",
    slip: tuple[str, ...] = (),
    language: Language = "de",
) -> Receipt:
    """The receipt of a sale; tax table and total follow from its items."""
    sold = tuple(items)
    return Receipt(
        "sale", place, number, started_at, finished_at, sold, vat_table(sold),
        sum(item.amount_cents for item in sold), payment, tse, qr, language, slip,
    )  # fmt: skip


def by_card(evidence: Evidence) -> Payment:
    """How a card terminal's own account of a payment reads on a receipt."""
    return Payment(
        evidence.way,
        evidence.amount_cents,
        scheme=evidence.scheme,
        last4=evidence.last4,
        terminal=evidence.terminal_id,
        trace=evidence.number,
        authorisation=evidence.authorisation,
    )


def copy_of(receipt: Receipt) -> Receipt:
    """The same once more, marked as a copy; the first print alone is the receipt."""
    return replace(receipt, kind="copy", original=receipt.number)


def taken_back(
    receipt: Receipt,
    number: str,
    *,
    kind: Literal["void", "refund"],
    at: datetime,
    payment: Payment,
    reason: str = "",
    items: Iterable[Item] | None = None,
    tse: Tse | TseOutage | None = None,
    qr: str = "",
    slip: tuple[str, ...] = (),
) -> Receipt:
    """The receipt of a void or refund: what was sold, all or `items`, with the sign turned."""
    back = tuple(map(_negative, receipt.items if items is None else items))
    return replace(
        receipt, kind=kind, number=number, started_at=at, finished_at=at, items=back,
        vat=vat_table(back), total_cents=sum(item.amount_cents for item in back),
        payment=payment, tse=tse, qr=qr, slip=slip, original=receipt.number, reason=reason,
    )  # fmt: skip


def vat_table(items: Iterable[Item]) -> tuple[VatRow, ...]:
    """One row per tax, highest rate first; taxed line by line, as the books are."""
    rows: dict[Tax, VatRow] = {}
    for item in items:
        split = split_vat(Money(item.amount_cents), item.tax.rate_percent)
        known = rows.get(item.tax, VatRow(item.tax, 0, 0, 0))
        rows[item.tax] = VatRow(
            item.tax,
            known.net_cents + split.net.cents,
            known.tax_cents + split.tax.cents,
            known.gross_cents + item.amount_cents,
        )
    return tuple(sorted(rows.values(), key=lambda row: (-row.tax.rate_percent, row.tax.note)))


def _negative(item: Item) -> Item:
    return replace(item, amount_cents=-item.amount_cents)
