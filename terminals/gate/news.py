"""What a gate or a till has to know to work alone: keys, houses, what is no longer good by itself.

A ticket that nothing happened to is good by its signature. Passes are told with what is left of
them. The news since an earlier answer overlap with it, for a transaction may become visible
later than its time says; what is told twice does no harm.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cards import Pass, find_passes, is_season, visits_in_force
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue, sold_here
from ledger.tables import catalogue as city
from ledger.tables.services import pass_end, pass_visit, pass_visit_taken_back, sold_pass
from terminals.gate.offers import KINDS_OF_HOUSES
from terminals.gate.pass_visits import home
from terminals.gate.tables import admission
from terminals.gate.tickets import Issued, tickets_changed
from terminals.gate.tokens import mark
from terminals.qr.keys import public_text
from terminals.qr.tables import guest_code

OVERLAP = timedelta(minutes=2)  # longer than any transaction lives


def news(
    session: Session,
    facility: str,
    keys: dict[int, Ed25519PublicKey],
    *,
    since: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """Everything for a gate of this house, or with `since` what changed from then on."""
    catalogue, today = posted_catalogue(session), business_day(now)
    house = catalogue.facilities[facility]
    return pass_news(session, facility, since=since, now=now) | {
        "facility": {"code": house.code, "name": house.name, "kind": house.kind},
        "houses": {
            mark(each.code).hex(): each.name
            for each in catalogue.offers.facilities
            if each.kind in KINDS_OF_HOUSES
        },
        "keys": [{"id": id, "public_key": public_text(key)} for id, key in keys.items()],
        "tickets": [
            _ticket(one, today)
            for one in tickets_changed(session, facility, since=since, today=today)
        ],
    }


def pass_news(
    session: Session, facility: str, *, since: datetime | None, now: datetime
) -> dict[str, Any]:
    """The part of the news that is about passes: all that a till of this house asks for."""
    catalogue, today = posted_catalogue(session), business_day(now)
    read_at: datetime = session.scalars(select(func.now())).one()
    kind = catalogue.facilities[facility].kind
    passes = find_passes(session, _codes(session, catalogue, kind, (since, today)))
    last = _last_visits(session, passes, today)
    return {
        "day": today.isoformat(),
        "next": (read_at - OVERLAP).isoformat(),
        "passes": [
            _pass(session, one, facility, (today, last.get(one.code, {})))
            for one in passes.values()
        ],
        "blocked_cards": _blocked_cards(session, now),
    }


def _ticket(one: Issued, today: date) -> dict[str, Any]:
    used = {"at": one.used.at.isoformat(), "gate": one.used.gate} if one.used else {}
    return {"code": one.code, "state": one.state(today), **used}


def _pass(
    session: Session, one: Pass, facility: str, seen: tuple[date, dict[str, Any]]
) -> dict[str, Any]:
    today, last = seen
    catalogue = posted_catalogue(session)
    product = catalogue.products[one.product]
    opens = sold_here(product, catalogue.facilities[facility])
    return {
        "code": one.code, "product": one.product,
        "from": one.valid_from.isoformat(), "until": one.valid_until.isoformat(),
        "ended": one.ended, "home": home(session, one.product),
        "opens": opens and (not one.card.weights or facility in one.card.weights),
        "left": None if is_season(product) else one.card.left,
        "per_day": one.visits_per_day, "today": one.visits_on.get(today, 0),
        "visited": facility in one.card.visited, "once_a_house": bool(one.card.weights), **last,
    }  # fmt: skip


def _codes(
    session: Session, catalogue: PostedCatalogue, kind: str, when: tuple[datetime | None, date]
) -> Iterable[str]:
    since, today = when
    products = [code for code, each in catalogue.products.items() if each.facility_kind == kind]
    live = select(sold_pass.c.code).where(
        sold_pass.c.product.in_(products), sold_pass.c.valid_until >= today
    )
    if since is None:
        return session.scalars(live).all()
    changed = (
        select(sold_pass.c.code)
        .where(sold_pass.c.recorded_at >= since)
        .union(
            select(pass_visit.c["pass"]).where(pass_visit.c.recorded_at >= since),
            select(pass_end.c["pass"]).where(pass_end.c.recorded_at >= since),
            select(pass_visit_taken_back.c["pass"]).where(
                pass_visit_taken_back.c.recorded_at >= since
            ),
        )
    )
    return session.scalars(live.where(sold_pass.c.code.in_(changed))).all()


def _last_visits(session: Session, codes: Iterable[str], today: date) -> dict[str, dict[str, Any]]:
    """The newest visit of today for each of these passes."""
    found = (
        visits_in_force()
        .with_only_columns(
            pass_visit.c["pass"], pass_visit.c.visited_at, city.facility.c.name, admission.c.gate
        )
        .join(city.facility, city.facility.c.code == pass_visit.c.facility)
        .outerjoin(admission, admission.c.visit == pass_visit.c.key)
        .where(pass_visit.c["pass"].in_(list(codes)), pass_visit.c.day == today)
        .order_by(pass_visit.c.number)
    )
    return {
        row[0]: {"at": row.visited_at.isoformat(), "gate": row.gate or row.name}
        for row in session.execute(found)
    }


def _blocked_cards(session: Session, now: datetime) -> list[int]:
    revoked = select(guest_code.c.id).where(
        guest_code.c.revoked_at.is_not(None), guest_code.c.valid_until > now,
        guest_code.c.kind == "pass",
    )  # fmt: skip
    return list(session.scalars(revoked.order_by(guest_code.c.id)))
