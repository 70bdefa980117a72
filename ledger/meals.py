"""Meals: ordered and cancelled until the cut-off, charged once a day for all children at once.

An order is a reservation; money moves when the day is charged. A child always eats: what the
family's wallet cannot bear any more, within its grace limit, is booked on as a claim in the same
entry, so neither kitchen nor family sees a refusal. Who gets a subsidy shows in the accounts
alone: event, reference and dimensions are the same for every child.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import Session

from ledger.catalogue.model import Facility
from ledger.catalogue.posted import PostedCatalogue, item_on, posted_catalogue
from ledger.entries import Dimensions, Entry, Outcome, Posted, Refused, Transfer
from ledger.errors import DayAlreadyClosed, LedgerError
from ledger.facilities import Item, book_basket
from ledger.facilities.daycare import MEALS
from ledger.facilities.daycare.meals import cancellation, cut_off
from ledger.households import UnknownChild
from ledger.journal import post
from ledger.locks import have_meals_alone, share_fence, share_meals
from ledger.periods import closed_days
from ledger.shared_children import payer_on, second_pays
from ledger.sub_accounts import lock_funds
from ledger.tables.families import second_payer
from ledger.tables.services import child, meal_charge, meal_order, subsidy
from ledger.tenders import meal_wallet

_KEYS = UUID("c5b5f2f0-3d5b-5a40-9a3e-64f1a4f0d7c2")


@dataclass
class CutOffPassed(LedgerError):
    """Too late for this day; `cut_off` is the first instant that was."""

    day: date
    cut_off: datetime
    code = "cut_off_passed"


@dataclass
class NoMealThen(LedgerError):
    """The daycare centre cooks no such meal on this day."""

    day: date
    facility: str
    product: str
    code = "no_meal_then"


@dataclass
class MealsCharged(LedgerError):
    """The meals of this day were charged already."""

    child: str
    day: date
    code = "meals_charged"


def order_meals(
    session: Session, day: date, meals: Sequence[tuple[str, str]], *, at: datetime
) -> int:
    """Order meals (child, product) of one day at `at`, the server's time; returns how many are new.

    All or none. Raises CutOffPassed, UnknownChild, NoMealThen, MealsCharged.
    """
    catalogue = posted_catalogue(session)
    _open_until_cut_off(session, day, at)
    centres = _centres(session, {code for code, _ in meals})
    for code, product in meals:
        if code not in centres:
            raise UnknownChild(code)
        house = catalogue.facilities[centres[code]]
        if not _is_cooked(catalogue, house, product, day):
            raise NoMealThen(day, house.code, product)
    charged = select(meal_charge.c.child).where(meal_charge.c.day == day)
    if done := set(session.scalars(charged.where(meal_charge.c.child.in_(centres)))):
        raise MealsCharged(min(done), day)
    rows = [
        {"child": code, "day": day, "product": product, "ordered_at": at}
        for code, product in dict.fromkeys(meals)
    ]
    if not rows:
        return 0
    statement = insert_or_skip(meal_order).on_conflict_do_nothing().returning(meal_order.c.id)
    return len(session.scalars(statement, rows).all())


def cancel_meal(
    session: Session, child_code: str, product: str, day: date, *, at: datetime
) -> bool:
    """Cancel an order at `at`, the server's time; False if there is none. Costs nothing.

    Raises CutOffPassed: goodwill after it takes back the entry and is decided by two people.
    """
    _open_until_cut_off(session, day, at)
    charged = select(meal_charge.c.key).where(
        meal_charge.c.child == child_code, meal_charge.c.day == day
    )
    if session.scalar(charged) is not None:
        raise MealsCharged(child_code, day)
    cancelled = session.execute(
        update(meal_order)
        .where(
            meal_order.c.child == child_code,
            meal_order.c.day == day,
            meal_order.c.product == product,
            meal_order.c.cancelled_at.is_(None),
        )
        .values(cancelled_at=at)
        .returning(meal_order.c.id)
    )
    return cancelled.one_or_none() is not None


def charge_meals(
    session: Session, catalogue: PostedCatalogue, day: date, facility: str | None = None
) -> list[Outcome]:
    """Charge every meal ordered for the day, one entry for each child, in one call to the journal.

    Safe to run twice and to die half-way: the keys follow from child and day, and a child that
    was charged is answered as before. A product without a price that day refuses the child's
    meals ("not_on_sale") and nothing is stored, so the next run tries again.
    Run after the cut-off; a centre that is closed that day is left out. Raises DayAlreadyClosed
    before anything is written.
    """
    have_meals_alone(session, day)
    share_fence(session)  # no closing from here on
    meals = _ordered(session, catalogue, day, facility)
    answered: dict[UUID, Outcome] = dict(_charged(session, day, facility))
    open_meals = {code: rows for code, rows in meals.items() if _key(code, day) not in answered}
    if open_meals and closed_days(session, [day]):
        raise DayAlreadyClosed(day)
    priced: dict[str, list[Item]] = {}
    for code, rows in open_meals.items():
        items = [_item(catalogue, row, day) for row in rows]
        if None in items:
            products = [row.product for row in rows]
            answered[_key(code, day)] = Refused(
                _key(code, day), "not_on_sale", {"products": products, "day": day.isoformat()}
            )
        else:
            priced[code] = [item for item in items if item is not None]
    paid = {code: meals[code][0].wallet for code in priced}
    entries = _entries(catalogue, day, priced, _Purses.locked(session, paid))
    outcomes = post(session, list(entries.values()))
    charged = [
        {"day": day, "child": code, "key": one.key, "entry_id": one.entry_id, "wallet": paid[code]}
        for code, one in zip(entries, outcomes, strict=True)
        if isinstance(one, Posted)
    ]
    if charged:
        session.execute(insert_or_skip(meal_charge).on_conflict_do_nothing(), charged)
    return [*answered.values(), *outcomes]


@dataclass(frozen=True, slots=True)
class _Order:
    """An order that stands; wallet: who pays this day; authority: who subsidises lunch."""

    child: str
    product: str
    facility: str
    wallet: str
    authority: str | None


@dataclass(frozen=True, slots=True)
class _Purses:
    """The wallets of the children to be charged, locked, with what each may still lose."""

    wallet_of: Mapping[str, str]
    available: dict[str, int] = field(default_factory=dict)

    @classmethod
    def locked(cls, session: Session, wallet_of: Mapping[str, str]) -> "_Purses":
        accounts = {meal_wallet(code).account for code in wallet_of.values()}
        return cls(wallet_of, dict(lock_funds(session, accounts)))

    def can_pay(self, account: str, cents: int) -> bool:
        """Whether the wallet bears it; if so it is taken, for a sibling comes next."""
        if self.available[account] < cents:
            return False
        self.available[account] -= cents
        return True


def _entries(
    catalogue: PostedCatalogue, day: date, priced: Mapping[str, list[Item]], purses: _Purses
) -> dict[str, Entry]:
    """One entry for each child, in the order in which the wallets are asked."""
    entries = {}
    for code, items in priced.items():
        tender = meal_wallet(purses.wallet_of[code])
        basket = book_basket(items, tender, rulebook=catalogue.rulebook, types=catalogue.types)
        transfers = basket.transfers
        if not purses.can_pay(tender.account, basket.due.cents):
            transfers += _claim(catalogue, tender.account, items[0].dimensions, basket.due.cents)
        entries[code] = Entry(_key(code, day), "meal", day, transfers, request=_asked(code, day))
    return entries


def _claim(
    catalogue: PostedCatalogue, account: str, at: Dimensions, cents: int
) -> tuple[Transfer, ...]:
    """What the wallet cannot bear becomes a claim on the family at once, as at a month's end.

    The wallet's code goes along as case reference: who has to pay must be found again.
    """
    where = replace(
        at, product=None, tax_code=None, channel="wallet",
        case_reference=account.partition("/")[2],
    )  # fmt: skip
    return catalogue.rulebook.transfers(
        "wallet_overdrawn", amounts={"amount": cents}, roles={"wallet": account}, dimensions=where
    )


def _item(catalogue: PostedCatalogue, order: _Order, day: date) -> Item | None:
    product = catalogue.products[order.product]
    item = item_on(catalogue, product, catalogue.facilities[order.facility], day)
    if item is None or not item.is_tax_decided:
        return None
    return replace(item, accounts={"authority": order.authority} if order.authority else {})


def _ordered(
    session: Session, catalogue: PostedCatalogue, day: date, facility: str | None
) -> dict[str, list[_Order]]:
    """The orders that stand, by child; children by code, so siblings always come in one order.
    A centre that was closed after they were ordered cooked nothing, and nobody pays for it."""
    wanted = (
        select(
            meal_order.c.child, meal_order.c.product, child.c.facility, payer_on().label("wallet"),
            subsidy.c.account.label("authority"),
        )
        .join(child, child.c.code == meal_order.c.child)
        .outerjoin(
            subsidy,
            (subsidy.c.child == child.c.number)
            & (subsidy.c.valid_from <= day) & (subsidy.c.valid_until >= day),
        )
        .outerjoin(second_payer, second_pays(literal(day)))
        .where(meal_order.c.day == day, meal_order.c.cancelled_at.is_(None))
        .order_by(meal_order.c.child, meal_order.c.product)
    )  # fmt: skip
    if facility is not None:
        wanted = wanted.where(child.c.facility == facility)
    meals: dict[str, list[_Order]] = {}
    for row in session.execute(wanted):
        if catalogue.facilities[row.facility].is_open(day):
            meals.setdefault(row.child, []).append(_Order(*row))
    return meals


def _charged(session: Session, day: date, facility: str | None) -> Iterable[tuple[UUID, Outcome]]:
    done = select(meal_charge.c.key, meal_charge.c.entry_id).where(meal_charge.c.day == day)
    if facility is not None:
        done = done.join(child, child.c.code == meal_charge.c.child)
        done = done.where(child.c.facility == facility)
    for row in session.execute(done.order_by(meal_charge.c.child)):
        yield row.key, Posted(row.key, row.entry_id, replayed=True)


def _open_until_cut_off(session: Session, day: date, at: datetime) -> None:
    if not cancellation(day, at).is_free:
        raise CutOffPassed(day, cut_off(day))
    share_meals(session, day)


def _is_cooked(catalogue: PostedCatalogue, house: Facility, product: str, day: date) -> bool:
    known = catalogue.products.get(product)
    return (
        known is not None
        and known.kind in MEALS
        and day.weekday() < 5
        and house.is_open(day)
        and item_on(catalogue, known, house, day) is not None
    )


def _centres(session: Session, codes: set[str]) -> dict[str, str]:
    """The daycare centre of each child."""
    rows = session.execute(select(child.c.code, child.c.facility).where(child.c.code.in_(codes)))
    return {row.code: row.facility for row in rows}


def _key(child_code: str, day: date) -> UUID:
    return uuid5(_KEYS, f"{child_code}/{day}")


def _asked(child_code: str, day: date) -> bytes:
    """What the journal compares a second run by: the day's meals of this child, charged once."""
    return f"meals/{child_code}/{day}".encode()
