"""From a basket to what it books: tender, prices, surcharges, passes. No database is asked.

What a person can be told stops the basket as `BasketRefused` or a refusal of the facility type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ledger import tenders
from ledger.baskets import BasketLine, ChargeRequest
from ledger.cards import Pass, Visit, sold_now, visit_now
from ledger.catalogue.model import Facility, Product
from ledger.catalogue.posted import PostedCatalogue, item_on
from ledger.entries import Entry
from ledger.facilities import Counted, Item, SurchargeNotDue, book_basket
from ledger.facilities.citizens_office.fees import WAIVED, surcharge
from ledger.outcomes import ServiceRefusal
from ledger.tenders import Tender

MAX_ITEMS = 200  # every pass is an item of its own, and an entry has 500 transfers at most


class BasketRefused(ServiceRefusal):
    """The basket cannot be charged."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up for a batch: wallet kinds by code, passes by code as they stand.

    draw_pass_code: the next free code of a pass.
    """

    catalogue: PostedCatalogue
    wallet_kinds: Mapping[str, str]
    passes: Mapping[str, Pass]
    draw_pass_code: Callable[[], str]


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A basket line with its price in cents; `amount_cents` is 0 if free, waived or a visit."""

    line: BasketLine
    unit_cents: int
    amount_cents: int
    items: tuple[Item, ...] = ()
    passes: tuple[Pass, ...] = ()
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What a charge comes to: an entry or None, and what stands beside the journal.

    counted: with the case reference it belongs to.
    """

    request: ChargeRequest
    entry: Entry | None
    lines: tuple[SoldLine, ...]
    counted: tuple[tuple[Counted, str | None], ...]

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Passes this charge sells."""
        return tuple(one for line in self.lines for one in line.passes)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Visits with passes that were sold earlier."""
        return tuple(line.visit for line in self.lines if line.visit)


def tender_of(
    request: ChargeRequest, catalogue: PostedCatalogue, wallet_kinds: Mapping[str, str]
) -> Tender:
    """How and where the request is paid. Raises BasketRefused: facility_unknown, till_unknown,
    terminal_unknown, wallet_unknown."""
    if request.facility not in catalogue.facilities:
        raise BasketRefused("facility_unknown", facility=request.facility)
    at = _place(request, catalogue)
    match request.way:
        case "girocard":
            return tenders.girocard(request.terminal or "", request.booked_on, **at)
        case "credit_card":
            return tenders.credit_card(request.terminal or "", request.booked_on, **at)
        case "cash":
            return tenders.cash(at.pop("till"), **at)
        case "wallet":
            kind = wallet_kinds.get(request.wallet or "")
            if kind is None:
                raise BasketRefused("wallet_unknown", wallet=request.wallet)
            make = tenders.meal_wallet if kind == "kita" else tenders.citizen_wallet
            return make(request.wallet or "", **at)
        case "invoice":
            return tenders.invoice(**at)
        case _:
            return tenders.online() if request.way == "online" else tenders.e_payment()


def book(request: ChargeRequest, tender: Tender, known: Known) -> Booked:
    """Price and book one basket.

    Raises BasketRefused (product_unknown, product_not_sold_here, price_changed, not_waivable,
    surcharge_without_fee, pass_unknown, pass_of_other_product, pass_named_twice,
    basket_too_large), PassRefused and FacilityRefusal.
    """
    basket_of = _Counter(request, tender, known)
    lines = tuple(basket_of.line(line) for line in request.lines)
    items = [item for line in lines for item in line.items]
    if len(items) > MAX_ITEMS:
        raise BasketRefused("basket_too_large", most=MAX_ITEMS)
    types, rulebook = known.catalogue.types, known.catalogue.rulebook
    basket = book_basket(items, tender, rulebook=rulebook, types=types)
    free = [item for item in items if not types[item.facility_type].price(item)]
    cases = [item.dimensions.case_reference for item in free]
    visits = [line.visit.posting for line in lines if line.visit and line.visit.posting]
    transfers = basket.transfers + rulebook.book(visits)
    entry = None
    if transfers:
        events = basket.events.union(posting.event for posting in visits)
        entry = Entry(
            request.key, next(iter(events)) if len(events) == 1 else "sale", request.booked_on,
            transfers, reference=request.receipt_number, request=request.bytes_asked(),
        )  # fmt: skip
    return Booked(request, entry, lines, tuple(zip(basket.counted, cases, strict=True)))


def book_again(like: Booked, request: ChargeRequest) -> Booked:
    """What `book` would make of a request that is like another but for key, time and receipt.

    Not for one that sells or uses a pass: no two of those are alike.
    """
    entry = like.entry and Entry(
        request.key, like.entry.event, like.entry.booked_on, like.entry.transfers,
        reference=request.receipt_number, request=request.bytes_asked(),
    )  # fmt: skip
    return Booked(request, entry, like.lines, like.counted)


@dataclass(frozen=True, slots=True)
class _Counter:
    """One request at its counter, line by line."""

    request: ChargeRequest
    tender: Tender
    known: Known

    @property
    def house(self) -> Facility:
        return self.known.catalogue.facilities[self.request.facility]

    def line(self, line: BasketLine) -> SoldLine:
        if line.pass_code is not None:
            return self.visit(line)
        product, item = self.item(line)
        if product.kind == "surcharge":
            item = self.surcharge(line, product, item)
        _check_price(line, item.price.cents)
        kind = self.known.catalogue.types[item.facility_type]
        if item.options - kind.options:
            raise BasketRefused("not_waivable", product=line.product)
        if item.kind in kind.cards:
            return self.passes(line, product, item)
        return SoldLine(line, item.price.cents, kind.price(item).cents, (item,))

    def item(self, line: BasketLine) -> tuple[Product, Item]:
        """The line as the catalogue has it on the day, surcharges not yet set against a fee."""
        product = self.product(line)
        item = item_on(self.known.catalogue, product, self.house, self.request.booked_on)
        if item is None:
            raise BasketRefused(
                "product_not_sold_here", product=line.product, facility=self.request.facility
            )
        case = replace(item.dimensions, case_reference=line.case_reference)
        waived = frozenset({WAIVED} if line.waiver_reason else ())
        return product, replace(
            item, quantity=line.quantity, dimensions=case, options=waived,
            reason=line.waiver_reason,
        )  # fmt: skip

    def product(self, line: BasketLine) -> Product:
        product = self.known.catalogue.products.get(line.product)
        if product is None:
            raise BasketRefused("product_unknown", product=line.product)
        return product

    def surcharge(self, line: BasketLine, product: Product, item: Item) -> Item:
        """What the law adds to a fee of the same basket: its amount, or the fee once more."""
        fees = (each for each in self.request.lines if each.product == line.applies_to)
        fee_line = next(fees, None)
        if fee_line is None or fee_line is line:
            raise BasketRefused("surcharge_without_fee", product=line.product)
        fee = self.item(fee_line)[1]
        if line.quantity > fee.quantity:
            raise SurchargeNotDue(line.product, fee.product)
        added = surcharge(
            fee,
            product=product.code,
            applies_to=product.applies_to,
            amount=None if product.doubles else item.price,
        )
        case = line.case_reference or fee_line.case_reference
        return replace(
            item, price=added.price, options=item.options | added.options,
            reason=item.reason or added.reason,
            dimensions=replace(item.dimensions, case_reference=case),
        )  # fmt: skip

    def passes(self, line: BasketLine, product: Product, item: Item) -> SoldLine:
        """Passes to sell, each an item of its own with an account of its own."""
        day, one = self.request.booked_on, replace(item, quantity=1)
        sold = tuple(
            sold_now(one, product, self.known.draw_pass_code(), day) for _ in range(line.quantity)
        )
        items = tuple(replace(one, accounts={"pass": each.card.account}) for each in sold)
        cents = item.price.cents
        return SoldLine(line, cents, cents * line.quantity, items, sold)

    def visit(self, line: BasketLine) -> SoldLine:
        """The gate opens with a pass that was sold before."""
        found = self.known.passes.get(line.pass_code or "")
        if found is None:
            raise BasketRefused("pass_unknown", pass_code=line.pass_code)
        if found.product != self.product(line).code:
            raise BasketRefused("pass_of_other_product", product=found.product)
        if sum(each.pass_code == line.pass_code for each in self.request.lines) > 1:
            raise BasketRefused("pass_named_twice", pass_code=line.pass_code)
        _check_price(line, 0)
        at = self.request.charged_at
        made = visit_now(self.known.catalogue, found, self.house, at, times=line.quantity)
        if made.posting is not None:
            where = replace(made.posting.dimensions, till=self.tender.till, shift=self.tender.shift)
            made = replace(made, posting=replace(made.posting, dimensions=where))
        return SoldLine(line, 0, 0, visit=made)


def _check_price(line: BasketLine, cents: int) -> None:
    if line.unit_cents is not None and line.unit_cents != cents:
        raise BasketRefused(
            "price_changed", product=line.product, shown_cents=line.unit_cents, price_cents=cents
        )


def _place(request: ChargeRequest, catalogue: PostedCatalogue) -> dict[str, str]:
    """Till and shift of the request, the till of its terminal where it names none."""
    terminal = catalogue.terminals.get(request.terminal or "")
    if request.terminal and (terminal is None or terminal.facility != request.facility):
        raise BasketRefused("terminal_unknown", terminal=request.terminal)
    code = request.till or (terminal and terminal.till)
    till = catalogue.tills.get(code or "")
    if code and (till is None or till.facility != request.facility):
        raise BasketRefused("till_unknown", till=code)
    return {name: text for name, text in (("till", code), ("shift", request.shift)) if text}
