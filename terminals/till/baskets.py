"""The basket on the counter: what was tapped, what it costs, and which tax is in it.

Prices are frozen in a line when it is added. The centre reckons once more and refuses a price
that was another on that day; the sale stands, and finance clears it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ledger.baskets import MAX_LINES, MAX_QUANTITY
from ledger.money import Money
from ledger.vat import split_vat
from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import basket
from terminals.till.offers import Offer

_LINKED = ("product", "quantity", "unit_cents", "waiver_reason", "applies_to")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as tapped. unit_cents: of one piece on the day it was added. applies_to: the fee a
    surcharge goes with. waiver_reason: the fee is not charged. pass_code: a visit with a pass."""

    product: str
    name: str
    name_en: str
    quantity: int
    unit_cents: int
    vat_rate: int
    is_sovereign: bool
    kind: str
    proof: str | None = None
    applies_to: str | None = None
    waiver_reason: str | None = None
    pass_code: str | None = None

    @property
    def amount_cents(self) -> int:
        """What the line costs."""
        is_free = self.waiver_reason is not None or self.pass_code is not None
        return 0 if is_free else self.unit_cents * self.quantity


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket of this till. state: open, paying, parked, paid or dropped; marked: the number of
    the line touched last."""

    id: UUID
    till: str
    shift: str
    state: str
    lines: tuple[Line, ...]
    case_reference: str | None
    marked: int | None
    changed_at: datetime

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def pieces(self) -> int:
        """How many articles are in it."""
        return sum(line.quantity for line in self.lines)


def vat_of(lines: Iterable[Line]) -> dict[int, int]:
    """Tax in cents by rate in percent, line by line as the books reckon it; 0 % is left out."""
    taxes: dict[int, int] = {}
    for line in lines:
        if line.vat_rate and line.amount_cents:
            tax = split_vat(Money(line.amount_cents), line.vat_rate).tax
            taxes[line.vat_rate] = taxes.get(line.vat_rate, 0) + tax.cents
    return taxes


def current_basket(connection: Connection, till: str) -> Basket | None:
    """The basket on the counter, open or being paid; None before the first tap."""
    row = connection.execute(_CURRENT, {"of": till}).one_or_none()
    return None if row is None else read_basket(row)


_CURRENT = select(basket).where(
    basket.c.till == bindparam("of"), basket.c.state.in_(("open", "paying"))
)


def find_basket(connection: Connection, key: UUID) -> Basket | None:
    """The basket of this id, whatever became of it."""
    row = connection.execute(select(basket).where(basket.c.id == key)).one_or_none()
    return None if row is None else read_basket(row)


def read_basket(row: Row[Any]) -> Basket:
    """A row of the table as a basket."""
    lines = tuple(Line(**line) for line in row.lines)
    return Basket(row.id, row.till, row.shift, row.state, lines, row.case_reference, row.marked,
                  row.changed_at)  # fmt: skip


def start_basket(
    connection: Connection, *, till: str, shift: str, key: UUID, now: datetime, state: str = "open"
) -> Basket:
    """An empty basket, on the counter if its state is open."""
    fresh = Basket(key, till, shift, state, (), None, None, now)
    row = {"id": key, "till": till, "shift": shift, "state": state, "lines": [], "changed_at": now}
    connection.execute(insert(basket).values(**row))
    return fresh


def keep(connection: Connection, changed: Basket, now: datetime) -> None:
    """Write a basket as it is now."""
    connection.execute(
        update(basket)
        .where(basket.c.id == changed.id)
        .values(
            shift=changed.shift,
            state=changed.state,
            lines=[asdict(line) for line in changed.lines],
            case_reference=changed.case_reference,
            marked=changed.marked,
            changed_at=now,
        )
    )


def set_state(connection: Connection, of: Basket, state: str, now: datetime) -> None:
    """Write that a basket is being paid, or is so no longer, and by which shift it is."""
    row = {"of": of.id, "state": state, "shift": of.shift, "changed_at": now}
    connection.execute(_CHANGE_STATE, row)


_CHANGE_STATE = update(basket).where(basket.c.id == bindparam("of"))


def add(on: Basket, offer: Offer, quantity: int = 1) -> Basket:
    """One more of this article, on its line if it has one.

    Raises TillRefusal: article_blocked, basket_full, quantity_too_large, surcharge_alone.
    """
    if offer.blocked:
        raise TillRefusal("article_blocked", product=offer.code)
    if quantity < 1:
        raise TillRefusal("line_unknown", line=quantity)
    if offer.kind == "surcharge":
        return _add_surcharge(on, offer, quantity)
    for number, line in enumerate(on.lines):
        if _is_more_of(line, offer):
            return set_quantity(on, number, line.quantity + quantity)
    return _with_line(on, _line_of(offer, quantity))


def add_to_every_fee(on: Basket, offer: Offer) -> Basket:
    """This surcharge beside every fee it goes with: a rule that holds for the whole basket.

    Raises TillRefusal: basket_full, surcharge_alone, where there is no such fee.
    """
    fees = {fee.product: fee for fee in on.lines if _carries(fee, offer)}
    if not fees:
        raise TillRefusal("surcharge_alone", product=offer.code)
    for fee in fees.values():
        missing = _pieces_of(on, fee.product) - _surcharged(on, offer, fee.product)
        if missing > 0:
            on = _surcharge(on, offer, fee, missing)
    return on


def set_quantity(on: Basket, number: int, quantity: int) -> Basket:
    """The line with this many pieces; 0 takes it out, and the surcharges on it.

    Raises TillRefusal: line_unknown, quantity_too_large.
    """
    line = line_at(on, number)
    if quantity > MAX_QUANTITY:
        raise TillRefusal("quantity_too_large", most=MAX_QUANTITY)
    if quantity <= 0:
        return _without(on, number)
    if line.applies_to is not None:
        quantity = min(quantity, _pieces_of(on, line.applies_to))
    lines = [replace(each, quantity=quantity) if n == number else each
             for n, each in enumerate(on.lines)]  # fmt: skip
    # A surcharge is due once per fee: never on more pieces than there are.
    lines = [replace(each, quantity=min(each.quantity, quantity))
             if each.applies_to == line.product else each for each in lines]  # fmt: skip
    return replace(on, lines=tuple(lines), marked=number)


def waive(on: Basket, number: int, reason: str) -> Basket:
    """The fee of this line is not charged, for a reason. Raises TillRefusal: not_waivable."""
    if not line_at(on, number).is_sovereign:
        raise TillRefusal("not_waivable", product=on.lines[number].product)
    lines = list(on.lines)
    lines[number] = replace(lines[number], waiver_reason=reason)
    return replace(on, lines=tuple(lines), marked=number)


def line_at(on: Basket, number: int) -> Line:
    """The line of this number, from 0. Raises TillRefusal: line_unknown."""
    if not 0 <= number < len(on.lines):
        raise TillRefusal("line_unknown", line=number)
    return on.lines[number]


def charged_lines(on: Basket) -> list[dict[str, Any]]:
    """The lines as `POST /api/v1/charges` takes them."""
    return [_charged(line, on.case_reference) for line in on.lines]


def linked_lines(on: Basket) -> list[dict[str, Any]]:
    """The lines as `POST /api/v1/pay-links` takes them: the case is the link's own."""
    return [
        {name: line[name] for name in _LINKED if name in line} for line in charged_lines(on)
    ]  # fmt: skip


def _charged(line: Line, case: str | None) -> dict[str, Any]:
    fields: Mapping[str, Any] = {
        "product": line.product, "quantity": line.quantity,
        "unit_cents": 0 if line.pass_code else line.unit_cents,
        "case_reference": case if line.is_sovereign else None,
        "waiver_reason": line.waiver_reason, "pass_code": line.pass_code,
        "applies_to": line.applies_to,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def _is_more_of(line: Line, offer: Offer) -> bool:
    """Whether one more of an article goes on this line; at another price it is another line."""
    is_free = line.waiver_reason is not None or line.pass_code is not None
    is_same = line.product == offer.code and line.unit_cents == offer.price_cents
    return is_same and not is_free


def _pieces_of(on: Basket, product: str) -> int:
    return sum(line.quantity for line in on.lines if line.product == product)


def _line_of(offer: Offer, quantity: int) -> Line:
    return Line(
        product=offer.code, name=offer.name, name_en=offer.name_en, quantity=quantity,
        unit_cents=offer.price_cents, vat_rate=offer.vat_rate, is_sovereign=offer.is_sovereign,
        kind=offer.kind, proof=offer.proof,
    )  # fmt: skip


def _with_line(on: Basket, line: Line) -> Basket:
    if line.quantity > MAX_QUANTITY:
        raise TillRefusal("quantity_too_large", most=MAX_QUANTITY)
    if len(on.lines) >= MAX_LINES:
        raise TillRefusal("basket_full", most=MAX_LINES)
    return replace(on, lines=(*on.lines, line), marked=len(on.lines))


def _add_surcharge(on: Basket, offer: Offer, quantity: int) -> Basket:
    """Beside the newest fee that has fewer of it than pieces: it is due once for each."""
    for fee in reversed(on.lines):
        missing = _pieces_of(on, fee.product) - _surcharged(on, offer, fee.product)
        if _carries(fee, offer) and missing > 0:
            return _surcharge(on, offer, fee, min(quantity, missing))
    raise TillRefusal("surcharge_alone", product=offer.code)


def _surcharge(on: Basket, offer: Offer, fee: Line, quantity: int) -> Basket:
    for number, line in enumerate(on.lines):
        if line.product == offer.code and line.applies_to == fee.product:
            return set_quantity(on, number, line.quantity + quantity)
    cents = fee.unit_cents if offer.doubles else offer.price_cents
    line = _line_of(offer, quantity)
    return _with_line(on, replace(line, applies_to=fee.product, unit_cents=cents))


def _carries(fee: Line, offer: Offer) -> bool:
    return fee.product in offer.applies_to and fee.waiver_reason is None


def _surcharged(on: Basket, offer: Offer, fee: str) -> int:
    return sum(line.quantity for line in on.lines
               if line.product == offer.code and line.applies_to == fee)  # fmt: skip


def _without(on: Basket, number: int) -> Basket:
    gone = on.lines[number].product
    still_there = {each.product for n, each in enumerate(on.lines) if n != number}
    lines = tuple(
        each for n, each in enumerate(on.lines)
        if n != number and not (each.applies_to == gone and gone not in still_there)
    )  # fmt: skip
    return replace(on, lines=lines, marked=len(lines) - 1 if lines else None)
