"""What stands on a receipt, from top to bottom: the one order that paper and screen share.

`content` turns a `Receipt` into blocks; a printer or a page draws blocks and knows no receipts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from terminals.printing import words
from terminals.printing.amounts import instant, money, number, time_of_day
from terminals.printing.receipt import Item, Payment, Receipt, Tse, TseOutage, VatRow

# Papers of the house: nobody is thanked, and who signs where.
SIGNED_BY_HAND = {
    "shift": ("signature",),
    "safebag": ("signature",),
    "audit": ("signature_auditor", "signature_cashier"),
}
NUMBER_LABELS = {"shift": "z_number", "audit": "z_number", "safebag": "bag"}
CODE_CAPTIONS = {
    "pass": "show_code",
    "clarification": "state_code",
    "pick_up": "state_code",
    "notice": "pay_code",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Big and in the middle."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    is_centred: bool = False
    is_bold: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Left and right on one line. size: "big" is what is owed, "small" what only auditors read."""

    left: str
    right: str
    size: Literal["small", "normal", "big"] = "normal"


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked, in a frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns under their heads, the first to the left, the others to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """Lines of a card terminal, each as it came: their spaces mean something."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code and what it is good for."""

    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block = Heading | Text | Pair | Notice | Table | Slip | Code | Rule


def content(receipt: Receipt) -> tuple[Block, ...]:
    """The blocks of a receipt or slip, in its own language."""
    if receipt.kind == "card_slip":
        return (Slip(receipt.slip),)
    parts = (_head, _origin, _items, _facts, _payment, _vat, _security, _foot)
    return tuple(block for part in parts for block in part(receipt))


def _head(receipt: Receipt) -> Iterator[Block]:
    house, language = receipt.place.house, receipt.language
    yield Heading(house.city)
    yield Text(house.site, is_centred=True, is_bold=True)
    for line in house.address:
        yield Text(line, is_centred=True)
    if house.tax_number:
        label = words.phrase("tax_number", language)
        yield Text(f"{label} {house.tax_number}", is_centred=True, is_small=True)
    if title := words.title(receipt.kind, language):
        yield Notice(title)
    yield Rule()


def _origin(receipt: Receipt) -> Iterator[Block]:
    say = partial(words.phrase, language=receipt.language)
    if receipt.number:
        yield Pair(say(NUMBER_LABELS.get(receipt.kind, "number")), receipt.number)
    if receipt.original and receipt.original != receipt.number:
        yield Pair(say("of"), receipt.original)
    if receipt.reason:
        yield Pair(say("reason"), receipt.reason)
    yield Pair(receipt.place.till, instant(receipt.finished_at, receipt.language))
    if receipt.items:  # § 6 KassenSichV wants both ends of a sale, and which till it was
        begun, ended = time_of_day(receipt.started_at), time_of_day(receipt.finished_at)
        yield Pair(f"{say('started')} {begun}", f"{say('finished')} {ended}", "small")
    if receipt.place.serial:
        yield Pair(say("serial"), receipt.place.serial, "small")
    yield Rule()


def _items(receipt: Receipt) -> Iterator[Block]:
    if not receipt.items:
        return
    marks = _marks(receipt)
    for item in receipt.items:
        yield from _item(item, marks.get(item.tax.rate_percent, ""), receipt.language)
    yield Rule()
    sum_of = "total" if receipt.total_cents >= 0 else "paid_back"
    total = money(abs(receipt.total_cents), receipt.language)
    yield Pair(words.phrase(sum_of, receipt.language), total, "big")


def _item(item: Item, mark: str, language: str) -> Iterator[Block]:
    amount = money(item.amount_cents, language) + mark
    many = item.quantity != 1
    yield Pair(f"{item.quantity} × {item.name}" if many else item.name, amount)
    if many and item.unit_cents is not None:
        yield Text(f"  {item.quantity} × {money(item.unit_cents, language)}", is_small=True)
    if item.note:
        yield Text(f"  {item.note}", is_small=True)


def _marks(receipt: Receipt) -> dict[int, str]:
    """A letter per rate behind each amount, where one receipt has several."""
    rates = sorted({row.tax.rate_percent for row in receipt.vat}, reverse=True)
    if len(rates) < 2:
        return {}
    return {rate: f" {letter}" for rate, letter in zip(rates, "ABCDEFGH", strict=False)}


def _facts(receipt: Receipt) -> Iterator[Block]:
    for fact in receipt.facts:
        yield Pair(fact.label, fact.value, "big" if fact.is_total else "normal")
    for note in receipt.notes:
        yield Text(note)


def _payment(receipt: Receipt) -> Iterator[Block]:
    if receipt.payment is not None:
        yield from _paid(receipt, receipt.payment)
    if receipt.slip:
        yield Rule()
        yield Slip(receipt.slip)


def _paid(receipt: Receipt, paid: Payment) -> Iterator[Block]:
    say, euro = (partial(f, language=receipt.language) for f in (words.phrase, money))
    name = words.way(paid.way, receipt.language)
    yield Pair(f"{name} {paid.scheme}".strip(), euro(abs(paid.amount_cents)))
    if paid.tendered_cents is not None:
        yield Pair(say("tendered"), euro(paid.tendered_cents))
    if paid.change_cents is not None:
        yield Pair(say("change"), euro(paid.change_cents))
    if not receipt.slip:  # the terminal's own lines say all of it already
        yield from _card(paid, receipt.language)


def _card(paid: Payment, language: str) -> Iterator[Block]:
    said = (
        ("card", f"•••• {paid.last4}" if paid.last4 else ""),
        ("terminal", paid.terminal),
        ("trace", paid.trace),
        ("authorisation", paid.authorisation),
    )
    for name, value in said:
        if value:
            yield Pair(words.phrase(name, language), value, "small")


def _vat(receipt: Receipt) -> Iterator[Block]:
    taxed = [row for row in receipt.vat if row.tax.rate_percent]
    if receipt.vat:
        yield Rule()
    if taxed:
        head = tuple(words.phrase(n, receipt.language) for n in ("rate", "net", "tax", "gross"))
        marks = _marks(receipt)
        yield Table(head, tuple(_vat_row(row, marks, receipt.language) for row in taxed))
    for row in receipt.vat:
        if not row.tax.rate_percent:
            note = row.tax.note or words.phrase("untaxed", receipt.language)
            mark = _marks(receipt).get(0, "").strip()
            label = f"{mark} {note}".strip()
            yield Pair(label, money(row.gross_cents, receipt.language), "small")


def _vat_row(row: VatRow, marks: dict[int, str], language: str) -> tuple[str, ...]:
    rate = row.tax.rate_percent
    label = f"{marks.get(rate, '').strip()} {rate} %".strip()
    cents = (row.net_cents, row.tax_cents, row.gross_cents)
    return (label, *(number(each, language) for each in cents))


def _security(receipt: Receipt) -> Iterator[Block]:
    say = partial(words.phrase, language=receipt.language)
    match receipt.tse:
        case Tse() as tse:
            yield Rule()
            yield Pair(say("tse_transaction"), str(tse.transaction), "small")
            yield Pair(say("tse_counter"), str(tse.counter), "small")
            yield Pair(say("tse_started"), tse.started_at.isoformat(), "small")
            yield Pair(say("tse_finished"), tse.finished_at.isoformat(), "small")
            yield Text(f"{say('tse_serial')}: {tse.serial}", is_small=True)
            yield Text(f"{say('tse_check')}: {tse.check_value}", is_small=True)
        case TseOutage(since):
            yield Notice(f"{say('tse_failed')} {instant(since, receipt.language)}")


def _foot(receipt: Receipt) -> Iterator[Block]:
    if receipt.qr:
        caption = CODE_CAPTIONS.get(receipt.kind, "electronic")
        yield Rule()
        yield Code(receipt.qr, words.phrase(caption, receipt.language))
    if receipt.kind in SIGNED_BY_HAND:
        for line in SIGNED_BY_HAND[receipt.kind]:
            yield from (Text(""), Text(""), Rule())
            yield Text(words.phrase(line, receipt.language), is_small=True)
    else:
        yield Text("")
        yield Text(words.phrase("thanks", receipt.language), is_centred=True)
