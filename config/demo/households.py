"""Who has a wallet: families with children at the daycare centres, and citizens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.demo.chance import draws, key_of
from ledger.catalogue.model import Facility
from ledger.households import grant_subsidy, register_child
from ledger.tables.services import child, wallet
from ledger.wallets import open_wallets

CITIZENS = 600
FAMILIES_WITH_TWO_IN_1000 = 124  # then 22 of 100 children have a brother or sister here
SUBSIDISED_IN_100 = 18
AUTHORITIES = ("jobcenter", "sozialamt", "wohngeldstelle")


@dataclass(frozen=True, slots=True)
class PlannedChild:
    """A child to be registered; `authority` pays its lunch, None where the family does."""

    facility: str
    authority: str | None


@dataclass(frozen=True, slots=True)
class Family:
    """A family with one wallet for all its children; `number` names it in this demo alone."""

    number: int
    children: tuple[PlannedChild, ...]


@dataclass(frozen=True, slots=True)
class Household:
    """A wallet as it was opened, with the codes of the children that eat from it.

    number: of the family, or of the citizen. reference: RF creditor reference.
    """

    kind: str
    number: int
    wallet: str
    account: str
    reference: str
    children: tuple[tuple[str, str], ...] = ()


def families(houses: Sequence[Facility]) -> list[Family]:
    """All families of these daycare centres, the same on every run."""
    return [
        Family(number, children)
        for number, children in enumerate(
            (children for house in houses for children in _of_house(house)), start=1
        )
    ]


def open_families(session: Session, planned: Sequence[Family], *, on: date) -> None:
    """Open the wallets of these families and register their children, together or not at all."""
    known = set(session.scalars(select(wallet.c.key)))
    new = [one for one in planned if key_of("family", one.number) not in known]
    keys = [key_of("family", one.number) for one in new]
    for family, opened in zip(new, open_wallets(session, kind="kita", keys=keys), strict=True):
        for each in family.children:
            one = register_child(session, facility=each.facility, wallet_code=opened.code, on=on)
            if each.authority:
                grant_subsidy(
                    session, one.code, authority=each.authority,
                    valid_from=on, valid_until=date(on.year + 1, 7, 31),
                )  # fmt: skip


def open_citizens(session: Session, numbers: Sequence[int]) -> None:
    """Open the wallets of these citizens."""
    keys = [key_of("citizen", number) for number in numbers]
    open_wallets(session, kind="citizen", keys=keys)


def households(
    session: Session, planned: Sequence[Family], citizens: Sequence[int]
) -> list[Household]:
    """Everybody of these who has a wallet, families first, in the order of the plan."""
    opened = {row.key: row for row in session.execute(select(wallet))}
    children: dict[str, list[tuple[str, str]]] = {}
    for row in session.execute(select(child).order_by(child.c.number)):
        children.setdefault(row.wallet, []).append((row.code, row.facility))
    wanted = [("kita", family.number, key_of("family", family.number)) for family in planned]
    wanted += [("citizen", n, key_of("citizen", n)) for n in citizens]
    return [
        Household(
            kind, number, row.code, row.account, row.reference, tuple(children.get(row.code, ()))
        )
        for kind, number, key in wanted
        if key in opened
        for row in [opened[key]]
    ]


def _of_house(house: Facility) -> Iterator[tuple[PlannedChild, ...]]:
    chance = draws("families", house.code)
    left = house.children
    while left:
        count = min(left, 2 if chance.randrange(1000) < FAMILIES_WITH_TWO_IN_1000 else 1)
        authority = None
        if chance.randrange(100) < SUBSIDISED_IN_100:
            authority = chance.choices(AUTHORITIES, (60, 25, 15))[0]
        yield (PlannedChild(house.code, authority),) * count
        left -= count
