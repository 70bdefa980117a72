"""Cash at the tills: float out, what was counted at the end of a shift, safebags to the bank."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from config.demo.chance import draws, key_of
from config.demo.sales import Sale, shifts
from ledger.catalogue.model import Facility, Till
from ledger.catalogue.posted import PostedCatalogue
from ledger.entries import Dimensions, Entry

SHORT_IN_100 = 4
OVER_IN_100 = 1
SHORTAGES = (50, 100, 150, 150, 200, 300, 500, 1000)  # the median is 1.50


@dataclass(slots=True)
class Takings:
    """What has been taken so far today, in cents; the tills and terminals count it themselves.

    cash: by (till, shift). cards: by (way, terminal).
    """

    cash: Counter[tuple[str, str]] = field(default_factory=Counter)
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, sale: Sale, sign: int = 1) -> None:
        """Count a sale that went through, or with `sign` -1 its void."""
        request = sale.request
        if sale.batch:
            self.cards[sale.batch] += sign * sale.cents
        elif request.way == "cash" and request.till and request.shift:
            self.cash[request.till, request.shift] += sign * sale.cents


@dataclass(frozen=True, slots=True)
class Bag:
    """A safebag on its way to the bank."""

    number: str
    cents: int


def floats_out(catalogue: PostedCatalogue, day: date) -> list[Entry]:
    """The float for every shift of every till that opens today."""
    return [
        _Shift(catalogue, house, till, shift, day).entry("float_out", till.float_cents)
        for house, till, shift in _open_shifts(catalogue, day)
        if till.float_cents
    ]


def closings(
    catalogue: PostedCatalogue, day: date, cash: Mapping[tuple[str, str], int]
) -> tuple[list[Entry], list[Bag]]:
    """What every shift books when it is counted, and the bags that leave for the bank.

    Short or over, the difference is booked; what is above the float goes into a numbered bag.
    """
    entries, bags = list[Entry](), list[Bag]()
    for number, (house, till, shift) in enumerate(_open_shifts(catalogue, day)):
        at = _Shift(catalogue, house, till, shift, day)
        taken = cash.get((till.code, shift), 0)
        wrong = _difference(till, shift, taken)
        if wrong:
            entries.append(at.entry("till_overage" if wrong > 0 else "till_shortage", abs(wrong)))
        if taken + wrong > 0:
            bag = Bag(f"{(day.toordinal() % 10_000) * 100 + number:06d}", taken + wrong)
            entries.append(at.entry("cash_drop", bag.cents, reference=bag.number))
            bags.append(bag)
        if till.float_cents:
            entries.append(at.entry("float_back", till.float_cents))
    return entries, bags


@dataclass(frozen=True, slots=True)
class _Shift:
    """One shift at one till, to book what happens in its drawer."""

    catalogue: PostedCatalogue
    house: Facility
    till: Till
    shift: str
    day: date

    def entry(self, event: str, cents: int, *, reference: str | None = None) -> Entry:
        roles = {"till": f"183000/{self.till.code}"}
        if event == "cash_drop":
            roles["safebag"] = "184000"
        transfers = self.catalogue.rulebook.transfers(
            event,
            amounts={"amount": cents},
            roles=roles,
            dimensions=Dimensions(
                facility=self.house.code, cost_centre=self.house.cost_centre,
                till=self.till.code, shift=self.shift,
            ),
        )  # fmt: skip
        key = key_of(self.till.code, self.shift, event)
        return Entry(key, event, self.day, transfers, reference=reference)


def _open_shifts(catalogue: PostedCatalogue, day: date) -> Iterator[tuple[Facility, Till, str]]:
    for house in catalogue.offers.facilities:
        for shift in shifts(house, day):
            for till in house.tills:
                yield house, till, shift


def _difference(till: Till, shift: str, taken: int) -> int:
    """What the count is off by, in cents; a drawer nobody used is never wrong."""
    chance = draws(till.code, shift, "count")
    what = chance.randrange(100)
    amount = chance.choice(SHORTAGES)
    if taken < max(SHORTAGES):
        return 0
    if what < SHORT_IN_100:
        return -amount
    return amount if what < SHORT_IN_100 + OVER_IN_100 else 0
