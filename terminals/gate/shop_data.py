"""What the shop's pages show, worked out from the catalogue and what was chosen so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from ledger.catalogue.model import Product
from ledger.catalogue.posted import PostedCatalogue
from terminals.gate.offers import (
    SUPPLEMENTS,
    House,
    Offer,
    houses,
    last_day,
    offers,
)
from terminals.gate.orders import MOST_OF_ONE, MOST_TICKETS

Money = Callable[[int], str]
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class HouseLine:
    """One house in the list; note: what is said before choosing it, "" while it is open."""

    code: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class HousesPage:
    """kinds: "pool" and "museum" with their houses."""

    kinds: tuple[tuple[str, tuple[HouseLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One product with how many were chosen."""

    code: str
    name: str
    note: str
    count: int
    is_most: bool


@dataclass(frozen=True, slots=True)
class HousePage:
    """A house with what it sells. counts: what was chosen, for hidden fields. opens_on: None where
    it is open or nobody knows. problem: why it cannot go on. can_pay: somebody takes the money."""

    code: str
    name: str
    kind: str
    is_open: bool
    opens_on: date | None
    good_until: date
    tickets: tuple[OfferLine, ...]
    passes: tuple[OfferLine, ...]
    counts: Mapping[str, int]
    count: int
    total_cents: int
    key: UUID
    email: str
    email_wrong: bool
    problem: str
    can_pay: bool
    turned_back: bool


@dataclass(frozen=True, slots=True)
class Speech:
    """How this answer speaks."""

    t: Say
    money: Money
    day: Callable[..., str]
    language: str


def houses_page(catalogue: PostedCatalogue, today: date, speech: Speech) -> HousesPage:
    """The houses by kind, in the order of the city's files."""
    found = houses(catalogue, today)
    kinds = dict.fromkeys(each.facility.kind for each in found)
    return HousesPage(
        tuple(
            (kind, tuple(_house_line(one, speech) for one in found if one.facility.kind == kind))
            for kind in kinds
        )
    )


def house_page(
    catalogue: PostedCatalogue, house: House, counts: Mapping[str, int], *, today: date,
    speech: Speech, email: str = "", email_wrong: bool = False, problem: str = "",
    can_pay: bool = True, turned_back: bool = False,
) -> HousePage:  # fmt: skip
    """One house, with the counts that were chosen; counts of what it does not sell are dropped."""
    sold = shown_offers(catalogue, house, today)
    kept = {one.product.code: counts.get(one.product.code, 0) for one in sold}
    single = _single_price(sold)
    lines = [(one, _line(one, kept, speech, single)) for one in sold]
    return HousePage(
        house.facility.code, house.facility.name, house.facility.kind, house.is_open,
        house.opens_on, last_day(today),
        tuple(line for one, line in lines if not one.is_pass),
        tuple(line for one, line in lines if one.is_pass),
        {code: count for code, count in kept.items() if count},
        sum(kept.values()), sum(kept[one.product.code] * one.cents for one in sold), uuid4(),
        email, email_wrong, problem, can_pay, turned_back,
    )  # fmt: skip


def shown_offers(catalogue: PostedCatalogue, house: House, today: date) -> list[Offer]:
    """What can be chosen: a season card begins today, so a closed house sells none."""
    found = offers(catalogue, house.facility, today)
    return [one for one in found if house.is_open or one.product.kind != "season_pass"]


def stepped(counts: Mapping[str, int], step: str) -> dict[str, int]:
    """The counts after a tap on "POOL-AD+" or "POOL-AD-"; what cannot be chosen stays as it is."""
    code, sign = step[:-1], step[-1:]
    changed = dict(counts)
    count = changed.get(code, 0)
    if sign == "+" and count < MOST_OF_ONE and sum(changed.values()) < MOST_TICKETS:
        changed[code] = count + 1
    if sign == "-" and count > 0:
        changed[code] = count - 1
    return changed


def name_of(product: Product, language: str) -> str:
    """The product's name in the language of the page."""
    return product.name if language == "de" else product.name_en


def _house_line(house: House, speech: Speech) -> HouseLine:
    note = ""
    if not house.is_open:
        note = speech.t("tickets.closed_short")
        if house.opens_on:
            note = speech.t("tickets.closed_until", day=speech.day(house.opens_on, "long"))
    return HouseLine(house.facility.code, house.facility.name, note)


def _line(
    one: Offer, counts: Mapping[str, int], speech: Speech, single: Mapping[str | None, int]
) -> OfferLine:
    count = counts[one.product.code]
    is_full = count >= MOST_OF_ONE or sum(counts.values()) >= MOST_TICKETS
    return OfferLine(
        one.product.code, name_of(one.product, speech.language), _note(one, speech, single), count,
        is_full,
    )  # fmt: skip


def _note(one: Offer, speech: Speech, single: Mapping[str | None, int]) -> str:
    product, price = one.product, speech.money(one.cents)
    if product.code in SUPPLEMENTS:
        return speech.t("tickets.supplement", price=price)
    if product.shares:
        price = speech.t("tickets.houses", price=price, n=len(product.shares))
    elif product.valid_days:
        price = speech.t("tickets.days", price=price, n=product.valid_days)
    elif product.visits and (saved := _saved(one, single)) > 0:
        price = speech.t("tickets.saves", price=price, saved=speech.money(saved))
    return speech.t("tickets.proof", price=price) if one.concession else price


def _single_price(sold: list[Offer]) -> dict[str | None, int]:
    """What one admission costs, by concession: a pass is compared with it."""
    single: dict[str | None, int] = {}
    for one in sold:
        if one.product.kind == "ticket":
            single.setdefault(one.concession, one.cents)
    return single


def _saved(one: Offer, single: Mapping[str | None, int]) -> int:
    return (one.product.visits or 0) * single.get(one.concession, 0) - one.cents
