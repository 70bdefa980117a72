"""What the site sells on a day, read from the catalogue as the centre last gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select

from terminals.till.journal.tables import document


@dataclass(frozen=True, slots=True)
class Offer:
    """One article. price_cents: of one piece; 0 for what is only counted, and for a surcharge
    that doubles its fee. blocked: why it must not be sold, a code, or None. proof: what the
    cashier has to have seen, or None. applies_to: fees a surcharge goes with."""

    code: str
    kind: str
    name: str
    name_en: str
    group: str
    price_cents: int
    price_since: date | None
    vat_rate: int
    tax_kind: str
    is_sovereign: bool
    proof: str | None
    proof_en: str | None
    blocked: str | None
    applies_to: tuple[str, ...]
    doubles: bool
    visits: int | None
    visits_per_day: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that stand together."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything on offer on `day`; articles by code, in the order of the catalogue."""

    day: date
    facility_kind: str
    groups: tuple[Group, ...]
    articles: Mapping[str, Offer]


def offers_on(connection: Connection, till: str, day: date) -> Offers | None:
    """The offers of a day as this till knows them; None: it never heard of that day.

    A till that was offline for long sells at the last prices it knows: the newest day before.
    What was read once is remembered until the centre says something else under that name.
    """
    until = {"of": till, "until": f"catalogue/{day.isoformat()}"}
    newest = connection.execute(_NEWEST, until).one_or_none()
    if newest is None:
        return None
    seen = _remembered.setdefault(connection.engine, {})
    known = seen.get((till, newest.name))
    if known is None or known[0] != newest.fetched_at:
        found = select(document.c.body).where(
            document.c.till == till, document.c.name == newest.name
        )
        body: Mapping[str, Any] = connection.scalars(found).one()
        known = seen[till, newest.name] = newest.fetched_at, read_offers(body)
    return known[1]


def differ(one: Offers, other: Offers) -> bool:
    """Whether an article that both have costs something else in the other."""
    known = other.articles
    return any(
        code in known and known[code].price_cents != offer.price_cents
        for code, offer in one.articles.items()
    )


_NEWEST = (
    select(document.c.name, document.c.fetched_at)
    .where(
        document.c.till == bindparam("of"),
        document.c.name.like("catalogue/%"),
        document.c.name <= bindparam("until"),
    )
    .order_by(document.c.name.desc())
    .limit(1)
)
_Known = dict[tuple[str, str], tuple[datetime, Offers]]
_remembered: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def read_offers(body: Mapping[str, Any]) -> Offers:
    """The offers in a document of `GET /api/v1/catalogue`."""
    return Offers(
        day=date.fromisoformat(body["day"]),
        facility_kind=body["facility"]["kind"],
        groups=tuple(Group(**group) for group in body["groups"]),
        articles={article["code"]: _offer(article) for article in body["products"]},
    )


def _offer(article: Mapping[str, Any]) -> Offer:
    price, tax = article["price"] or {}, article["tax"]
    concession, terms = article["concession"] or {}, article["terms"]
    since = price.get("valid_from")
    return Offer(
        code=article["code"],
        kind=article["kind"],
        name=article["name"],
        name_en=article["name_en"],
        group=article["group"],
        price_cents=price.get("amount_cents", 0),
        price_since=since and date.fromisoformat(since),
        vat_rate=tax["rate_percent"],
        tax_kind=tax["kind"],
        is_sovereign=article["sphere"] == "sovereign",
        proof=concession.get("name"),
        proof_en=concession.get("name_en"),
        blocked=article["blocked"],
        applies_to=tuple(terms.get("applies_to", ())),
        doubles=bool(terms.get("doubles")),
        visits=terms.get("visits"),
        visits_per_day=terms.get("visits_per_day"),
    )
