"""Who buys what: one basket for each visitor of a pool, a museum or a citizens' office."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.demo.chance import draws
from config.demo.prices import PriceList
from ledger.baskets import BasketLine

Lines = tuple[BasketLine, ...]
OUT_IN_100 = 45  # of the people with a pass, on an ordinary day


@dataclass(slots=True)
class PassInPocket:
    """A pass somebody carries to a gate today, and the houses it has opened."""

    code: str
    product: str
    houses: frozenset[str]


@dataclass(slots=True)
class Pockets:
    """The passes in the city's pockets this morning; each is used once a day at most."""

    passes: list[PassInPocket] = field(default_factory=list)

    def take(self, chance: Random, products: Sequence[str], house: str) -> PassInPocket | None:
        """Somebody with one of these products comes to this house; None if there is nobody."""
        if not self.passes:
            return None
        # A dozen looks find somebody where there are many, and cost nothing where there is none.
        for _ in range(12):
            place = chance.randrange(len(self.passes))
            one = self.passes[place]
            if one.product in products and house not in one.houses:
                self.passes[place] = self.passes[-1]
                self.passes.pop()
                return one
            if len(self.passes) < 2:
                return None
        return None


def pockets(session: Session, day: date) -> Pockets:
    """The passes carried to the gates today; what the day itself did already is left out."""
    rows = session.execute(
        text("""
            SELECT p.charge, p.code, p.product,
                   array_remove(array_agg(v.house), NULL) AS houses
              FROM sold_pass p LEFT JOIN pass_visit v ON v.pass = p.code AND v.day < :day
             WHERE p.valid_from < :day AND p.valid_until >= :day
               AND NOT EXISTS (SELECT FROM pass_end e WHERE e.pass = p.code AND e.day < :day)
             GROUP BY p.code HAVING count(v.number) < p.units ORDER BY p.charge, p.code"""),
        {"day": day},
    )
    return Pockets(
        [
            PassInPocket(row.code, row.product, frozenset(row.houses or ()))
            for row in rows
            # By the charge that sold it: the codes depend on what was tried before a restart.
            if draws(day, row.charge).randrange(100) < OUT_IN_100
        ]
    )


def pool_basket(chance: Random, prices: PriceList, pocket: Pockets) -> Lines:
    """One visitor or family at a pool."""
    if chance.randrange(100) < 15:
        passes = ("POOL-10A", "POOL-10R", "POOL-HOL-S", "POOL-HOL-L")
        if found := pocket.take(chance, passes, prices.house.code):
            return (BasketLine(found.product, pass_code=found.code),)
    product = chance.choices(
        ("POOL-AD", "POOL-RED", "POOL-FAM", "POOL-PASS-CH", "POOL-10A", "POOL-10R"),
        (510, 300, 80, 90, 12, 8),
    )[0]
    lines = [prices.line(product, chance.choices((1, 2), (85, 15))[0])]
    if product in {"POOL-10A", "POOL-10R"}:
        return (prices.line(product),)
    if product in {"POOL-AD", "POOL-FAM"} and chance.randrange(100) < 9:
        lines.append(prices.line("POOL-U6"))
    if "POOL-SAUNA" in prices.cents and product == "POOL-AD" and chance.randrange(100) < 12:
        lines.append(prices.line("POOL-SAUNA", lines[0].quantity))
    return tuple(lines)


def museum_basket(chance: Random, prices: PriceList, pocket: Pockets) -> Lines:
    """One visitor or couple at a museum; about half of them get in for free."""
    if "MUS-AD" not in prices.cents:  # guided tours only
        return (prices.line("MUS-TOUR", chance.randint(1, 3)),)
    if chance.randrange(100) < 8 and (
        found := pocket.take(chance, ("MUS-SIX", "MUS-SIX-R"), prices.house.code)
    ):
        return (BasketLine(found.product, pass_code=found.code),)
    product = chance.choices(
        ("MUS-AD", "MUS-RED", "MUS-U21", "MUS-APASS", "MUS-SP", "MUS-SIX", "MUS-SIX-R"),
        (34, 12, 38, 9, 4, 2, 1),
    )[0]
    if product not in prices.cents:
        product = "MUS-AD"
    lines = [prices.line(product, 1 if "SIX" in product else chance.choices((1, 2), (70, 30))[0])]
    if product == "MUS-AD" and chance.randrange(100) < 10:
        lines.append(prices.line("MUS-TOUR", lines[0].quantity))
    for good, in_100 in (("MUS-BOOK", 3), ("MUS-MUG", 4)):
        if chance.randrange(100) < in_100:
            lines.append(prices.line(good))
    return tuple(lines)


_FEES = {
    "PA24": 22, "PAU24": 8, "PAV": 3, "RP24": 13, "RPU24": 5, "RPV": 1, "RPC": 1, "MB": 14,
    "MBR": 3, "FZ": 14, "MRA": 2, "BEGL": 8, "BWP": 6,
}  # fmt: skip
NO_FEE_IN_100 = 30


def office_basket(chance: Random, prices: PriceList, case: str) -> Lines:
    """One case at a citizens' office; () where it costs nothing."""
    if chance.randrange(100) < NO_FEE_IN_100:
        return ()
    fee = chance.choices(list(_FEES), list(_FEES.values()))[0]
    pieces = chance.randint(1, 4) if fee == "BEGL" else 1
    if fee == "PA24" and chance.randrange(100) < 2:
        return (
            prices.line(
                fee, pieces, case_reference=case, waiver_reason="Bedürftigkeit, § 1 (6) PAuswGebV"
            ),
        )
    lines = [prices.line(fee, pieces, case_reference=case)]
    if fee in {"PA24", "PAU24", "RP24", "RPU24"} and chance.randrange(100) < 30:
        lines.append(prices.line("FOTO", case_reference=case))
    for surcharge, of, in_100 in (("PAX", "PA24", 4), ("RPX", "RP24", 7), ("RP48", "RP24", 3)):
        if fee == of and surcharge in prices.cents and chance.randrange(100) < in_100:
            lines.append(prices.line(surcharge, case_reference=case, applies_to=fee))
    return tuple(lines)


def baskets(
    chance: Random, prices: PriceList, pocket: Pockets, *, count: int, day: date
) -> Iterator[Lines]:
    """The baskets of `count` visitors of one facility on one day, empty ones left out."""
    make: dict[str, Callable[[int], Lines]] = {
        "pool": lambda _: pool_basket(chance, prices, pocket),
        "museum": lambda _: museum_basket(chance, prices, pocket),
        "citizens_office": lambda n: office_basket(
            chance, prices, f"{prices.house.code}-{day:%y%m%d}-{n:04d}"
        ),
    }
    for number in range(1, count + 1):
        if lines := make[prices.house.kind](number):
            yield lines
