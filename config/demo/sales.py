"""A day's charges as the tills would send them: when, at which till, paid how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.demo import season
from config.demo.chance import draws, key_of
from config.demo.households import Household
from config.demo.prices import price_list
from config.demo.visitors import Lines, Pockets, baskets
from ledger.baskets import ChargeRequest
from ledger.calendar import CITY_TIME
from ledger.catalogue.model import Facility, Terminal
from ledger.catalogue.posted import PostedCatalogue

# In percent of the baskets paid at this kind of facility. Nothing is paid online yet.
WAYS = {
    "pool": {"girocard": 65, "credit_card": 14, "cash": 12, "wallet": 9},
    "museum": {"girocard": 52, "credit_card": 30, "cash": 12, "wallet": 6},
    "citizens_office": {"girocard": 68, "credit_card": 15, "cash": 11, "wallet": 5, "invoice": 1},
}
LATE_SHIFT_FROM = timedelta(hours=13, minutes=30)
VOIDED_IN_1000 = 3


@dataclass(frozen=True, slots=True)
class Sale:
    """One charge and what it costs, in cents; `is_voided`: it is taken back minutes later."""

    request: ChargeRequest
    cents: int
    is_voided: bool = False

    @property
    def batch(self) -> tuple[str, str] | None:
        """The (way, terminal) whose end of day it belongs to, None without a card."""
        one = self.request
        return (one.way, one.terminal) if one.way in CARDS and one.terminal else None


CARDS = ("girocard", "credit_card")


@dataclass(slots=True)
class Purses:
    """Citizens' wallets as they stood last night, less what was planned from them today."""

    wallets: Sequence[Household]
    cents: dict[str, int]

    def pay(self, chance: Random, cents: int) -> str | None:
        """A citizen who can pay this much; None where the first few met cannot."""
        for _ in range(6):
            one = chance.choice(self.wallets)
            if self.cents.get(one.account, 0) >= cents:
                self.cents[one.account] -= cents
                return one.wallet
        return None


def sales_of_day(
    catalogue: PostedCatalogue,
    day: date,
    pocket: Pockets,
    purses: Purses,
    *,
    visitors_in_100: int = 100,
) -> list[Sale]:
    """Every charge of the day at pools, museums and offices, in the order of the clock.

    visitors_in_100: how many of a hundred of the usual visitors come.
    """
    sales = [
        sale
        for house in catalogue.offers.facilities
        for sale in _sales_of_house(
            catalogue,
            house,
            season.visits(house, day) * visitors_in_100 // 100,
            (day, pocket, purses),
        )
    ]
    return sorted(sales, key=lambda sale: (sale.request.charged_at, sale.request.key))


def shift_of(house: Facility, at: datetime) -> str:
    """The shift that takes money at this moment: pools have an early and a late one."""
    since_midnight = timedelta(hours=at.hour, minutes=at.minute)
    number = 2 if house.kind == "pool" and since_midnight >= LATE_SHIFT_FROM else 1
    return f"{at:%Y-%m-%d}-{number}"


def shifts(house: Facility, day: date) -> tuple[str, ...]:
    """The shifts of each till of this facility on this day; none where it is closed."""
    if not house.tills or not season.visits(house, day):
        return ()
    return tuple(f"{day}-{number}" for number in ((1, 2) if house.kind == "pool" else (1,)))


@dataclass(frozen=True, slots=True)
class _Customer:
    """Somebody at a counter: the how-manieth of the day, when, with what, paying how."""

    number: int
    at: datetime
    lines: Lines
    way: str
    wallet: str | None


def _sales_of_house(
    catalogue: PostedCatalogue, house: Facility, count: int, today: tuple[date, Pockets, Purses]
) -> Iterator[Sale]:
    if not count:
        return
    day, pocket, purses = today
    chance, prices = draws(day, house.code), price_list(catalogue, house, day)
    clock = _Clock(chance, season.hours(house.kind))
    lines_of_all = baskets(chance, prices, pocket, count=count, day=day)
    for number, lines in enumerate(lines_of_all, start=1):
        cents, way, wallet = prices.total(lines), _way(house, lines, chance), None
        if way == "wallet":
            wallet = purses.pay(chance, cents)
            way = way if wallet else "cash"
        one = _Customer(number, clock.instant(day), lines, way, wallet)
        is_visit = any(line.pass_code for line in lines)
        voided = not is_visit and chance.randrange(1000) < VOIDED_IN_1000
        yield Sale(_request(house, _counter(house, way, chance), one), cents, voided)


def _request(house: Facility, counter: Terminal, one: _Customer) -> ChargeRequest:
    key = key_of(one.at.date(), house.code, "sale", one.number)
    return ChargeRequest(
        key=key,
        facility=house.code,
        way=one.way,
        charged_at=one.at,
        lines=one.lines,
        till=counter.till,
        terminal=counter.code if one.way in CARDS else None,
        wallet=one.wallet,
        shift=shift_of(house, one.at) if counter.till else None,
        receipt_number=f"{counter.till or counter.code}-{one.at:%y%m%d}-{one.number:04d}",
        # A till's own bytes; here what makes two customers differ.
        request=f"{key} {counter.code} {one}".encode(),
    )


def _way(house: Facility, lines: Lines, chance: Random) -> str:
    ways: Mapping[str, int] = WAYS[house.kind]
    if all(line.pass_code or not line.unit_cents or line.waiver_reason for line in lines):
        return "cash"  # nothing to pay: the till counts it and no terminal is asked
    return chance.choices(list(ways), list(ways.values()))[0]


def _counter(house: Facility, way: str, chance: Random) -> Terminal:
    """Where it is paid: a machine takes cards only, the first till has the longest queue."""
    fitting = [each for each in house.terminals if way in CARDS or each.till]
    return chance.choices(fitting, [3, 2, 2, 1, 1][: len(fitting)])[0]


@dataclass(frozen=True, slots=True)
class _Clock:
    """When people come."""

    chance: Random
    hours: Mapping[int, int]

    def instant(self, day: date) -> datetime:
        hour = self.chance.choices(list(self.hours), list(self.hours.values()))[0]
        first = 30 if hour == min(self.hours) == 6 else 0  # the early swimmers' half past six
        minute, second = self.chance.randint(first, 59), self.chance.randrange(60)
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=CITY_TIME)
