"""Passes as they stand: read from the database, and what selling or visiting would add to them."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.model import Facility, Product
from ledger.catalogue.posted import PostedCatalogue, sold_here
from ledger.entries import Dimensions
from ledger.facilities import Card, Item
from ledger.money import Money
from ledger.outcomes import ServiceRefusal
from ledger.rules import Posting
from ledger.tables.services import (
    pass_end,
    pass_release,
    pass_visit,
    pass_visit_taken_back,
    sold_pass,
)
from ledger.vat import split_vat


class PassRefused(ServiceRefusal):
    """The pass does not open this gate now."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass as it was sold and as it stands.

    card: units, used units and deferred money. visits: all of them, `visits_on` by day (for a
    season card they are not its units). ended: "expired", "returned", "voided" or None.
    at: what its postings belong to, with the facility that sold it. turn: how many visits were
    taken back; those are counted nowhere else.
    """

    code: str
    product: str
    card: Card
    visits_per_day: int | None
    valid_from: date
    valid_until: date
    at: Dimensions
    ended: str | None = None
    visits: int = 0
    visits_on: Mapping[date, int] = field(default_factory=dict)
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One or more people through the gate with a pass; posting None where nothing is earned."""

    visited: Pass
    facility: str
    visited_at: datetime
    times: int
    posting: Posting | None


def find_passes(session: Session, codes: Iterable[str]) -> Mapping[str, Pass]:
    """The passes among `codes`, by code."""
    wanted = list(codes)
    rows = session.execute(
        select(sold_pass, pass_end.c.kind.label("ended"), _used(), _turn())
        .outerjoin(pass_end, pass_end.c["pass"] == sold_pass.c.code)
        .where(sold_pass.c.code.in_(wanted))
    ).all()
    visits: dict[str, list[Row[Any]]] = {row.code: [] for row in rows}
    if visits:
        for visit in session.execute(visits_in_force().where(pass_visit.c["pass"].in_(visits))):
            visits[visit[0]].append(visit)
    return {row.code: _pass(row, visits[row.code]) for row in rows}


def visits_in_force() -> Select[Any]:
    """Rows of `pass_visit` but for those that were taken back."""
    ended = (
        (pass_visit_taken_back.c["pass"] == pass_visit.c["pass"])
        & (pass_visit_taken_back.c.number == pass_visit.c.number)
        & (pass_visit_taken_back.c.visit_turn == pass_visit.c.turn)
    )
    return (
        select(pass_visit)
        .outerjoin(pass_visit_taken_back, ended)
        .where(pass_visit_taken_back.c.visit.is_(None))
    )


def sold_now(item: Item, product: Product, code: str, day: date) -> Pass:
    """The pass that selling this item on this day makes; its account is the item's own."""
    split = split_vat(item.price, item.vat_rate)
    if product.valid_days is not None:
        until = day + timedelta(days=product.valid_days - 1)
    else:
        until = _months_after(day, product.valid_months or 0)
    weights = {share.facility: share.weight for share in product.shares}
    card = Card(
        account=f"{product.deferred_account}/{code}",
        units=product.visits or len(weights) or (until - day).days + 1,
        used=0,
        net=split.net,
        tax=split.tax,
        revenue=item.revenue,
        vat_rate=item.vat_rate,
        vat_account=item.vat_account,
        weights=weights,
    )
    return Pass(code, product.code, card, product.visits_per_day, day, until, item.dimensions)


def visit_now(
    catalogue: PostedCatalogue, found: Pass, facility: Facility, at: datetime, *, times: int = 1
) -> Visit:
    """What opening the gate at this instant comes to.

    Raises PassRefused: pass_ended, pass_not_yet_valid, pass_expired, pass_not_valid_here,
    visited_today, one_visit_at_a_time; and the FacilityRefusals of the pass's own rules.
    """
    day, product = business_day(at), catalogue.products[found.product]
    if found.ended:
        raise PassRefused("pass_ended", pass_code=found.code, how=found.ended)
    if day < found.valid_from:
        raise PassRefused("pass_not_yet_valid", pass_code=found.code, on=str(found.valid_from))
    if day > found.valid_until:
        raise PassRefused("pass_expired", pass_code=found.code, on=str(found.valid_until))
    if not sold_here(product, facility):
        raise PassRefused("pass_not_valid_here", pass_code=found.code, facility=facility.code)
    today = found.visits_on.get(day, 0)
    if found.visits_per_day is not None and today + times > found.visits_per_day:
        raise PassRefused("visited_today", pass_code=found.code, visits=today)
    if found.card.weights and times != 1:
        raise PassRefused("one_visit_at_a_time", pass_code=found.code, visits=times)
    if is_season(product):
        return Visit(found, facility.code, at, times, None)
    where = Dimensions(
        facility=facility.code, product=found.product, cost_centre=facility.cost_centre,
        tax_code=found.at.tax_code, sphere=found.at.sphere, channel="pass",
    )  # fmt: skip
    rules = catalogue.types[product.facility_kind].cards[product.kind]
    return Visit(found, facility.code, at, times, rules.release(found.card, where, times))


def is_season(product: Product) -> bool:
    """Whether days passing use the card up, and not visits."""
    return product.valid_days is not None


def store_sold(session: Session, sold: Iterable[tuple[UUID, Pass]]) -> None:
    """Keep passes as sold by the charge of each key."""
    rows = [
        {
            "code": one.code, "charge": charge, "account": one.card.account,
            "product": one.product, "facility": one.at.facility, "units": one.card.units,
            "visits_per_day": one.visits_per_day, "net_cents": one.card.net.cents,
            "tax_cents": one.card.tax.cents, "revenue_account": one.card.revenue,
            "vat_rate": one.card.vat_rate, "vat_account": one.card.vat_account,
            "tax_code": one.at.tax_code, "sphere": one.at.sphere,
            "houses": dict(one.card.weights), "valid_from": one.valid_from,
            "valid_until": one.valid_until,
        }
        for charge, one in sold
    ]  # fmt: skip
    if rows:
        session.execute(insert(sold_pass), rows)


def store_visits(session: Session, visits: Sequence[tuple[UUID, Visit]]) -> None:
    """Keep visits and the units they released, under the key that brought them."""
    rows = [row for key, one in visits for row in _visit_rows(key, one)]
    if rows:
        session.execute(insert(pass_visit), rows)
    released = [(one.visited, key, one.times) for key, one in visits if one.posting is not None]
    store_releases(session, released)


def store_releases(session: Session, released: Iterable[tuple[Pass, UUID, int]]) -> None:
    """Keep that the next units of each pass became revenue by the entry of its key."""
    rows = [
        {
            "pass": found.code,
            "number": found.card.used + n,
            "units": found.card.units,
            "key": key,
            "turn": found.turn,
        }
        for found, key, units in released
        for n in range(1, units + 1)
    ]
    if rows:
        session.execute(insert(pass_release), rows)


def _visit_rows(key: UUID, one: Visit) -> Iterable[dict[str, Any]]:
    found, day = one.visited, business_day(one.visited_at)
    today = found.visits_on.get(day, 0)
    for n in range(1, one.times + 1):
        yield {
            "pass": found.code, "number": found.visits + n, "key": key, "day": day,
            "facility": one.facility, "visited_at": one.visited_at, "number_of_day": today + n,
            "house": one.facility if found.card.weights else None, "turn": found.turn,
        }  # fmt: skip


def _used() -> Any:
    undone = (
        (pass_visit_taken_back.c["pass"] == pass_release.c["pass"])
        & (pass_visit_taken_back.c.visit == pass_release.c.key)
        & (pass_visit_taken_back.c.visit_turn == pass_release.c.turn)
    )
    counted = (
        select(func.count())
        .select_from(pass_release)
        .outerjoin(pass_visit_taken_back, undone)
        .where(pass_release.c["pass"] == sold_pass.c.code)
        .where(pass_visit_taken_back.c.visit.is_(None))
    )
    return counted.correlate(sold_pass).scalar_subquery().label("used")


def _turn() -> Any:
    taken_back = pass_visit_taken_back.c["pass"] == sold_pass.c.code
    counted = select(func.count()).where(taken_back)
    return counted.correlate(sold_pass).scalar_subquery().label("turn")


def _pass(row: Row[Any], visits: list[Row[Any]]) -> Pass:
    card = Card(
        account=row.account,
        units=row.units,
        used=row.used,
        net=Money(row.net_cents),
        tax=Money(row.tax_cents),
        revenue=row.revenue_account,
        vat_rate=row.vat_rate,
        vat_account=row.vat_account,
        weights=row.houses,
        visited=frozenset(visit.house for visit in visits if visit.house),
    )
    at = Dimensions(
        facility=row.facility, product=row.product, tax_code=row.tax_code, sphere=row.sphere
    )
    return Pass(
        row.code, row.product, card, row.visits_per_day, row.valid_from, row.valid_until, at,
        row.ended, len(visits), Counter(visit.day for visit in visits), row.turn,
    )  # fmt: skip


def _months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
