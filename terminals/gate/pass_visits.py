"""A pass before a gate: its visit in the ledger, and the ledger's no in the words of a gate."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cards import is_season, visits_in_force
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Posted, Refused
from ledger.outcomes import Recorded, ServiceOutcome
from ledger.passes import find_pass, visit
from ledger.tables import catalogue as city
from ledger.tables.services import pass_visit
from terminals.gate.scanned import PassCode
from terminals.gate.tables import admission
from terminals.gate.values import Asked, Refusal
from terminals.qr.codes import find_card

REASONS: Mapping[str, str] = {
    "pass_unknown": "unknown", "pass_ended": "returned", "pass_not_yet_valid": "not_yet",
    "pass_expired": "expired", "pass_not_valid_here": "other_house",
    "house_not_covered": "other_house", "visited_today": "used", "already_visited": "used",
    "card_used_up": "empty",
}  # fmt: skip


def visit_pass(
    session: Session, held: PassCode, asked: Asked
) -> tuple[Refusal | None, UUID | None, int | None]:
    """Why not, or the key of the visit and how many are left.

    A gate that was alone over the close of a day opened all the same: its visit is released on
    the day it comes to us, and the admission keeps the true time.
    """
    if refusal := _card_refusal(session, held):
        return refusal, None, None
    place = {"facility": asked.gate.facility}
    key, outcome = asked.key, visit(session, held.code, key=asked.key, at=asked.at, **place)
    if asked.was_open and isinstance(outcome, Refused) and outcome.code == "day_closed":
        key = uuid5(asked.key, "released late")
        outcome = visit(session, held.code, key=key, at=asked.now, **place)
    if isinstance(outcome, Posted | Recorded):
        return None, key, _left(session, held.code)
    return pass_refusal(session, held.code, outcome, asked), None, None


def pass_refusal(session: Session, code: str, outcome: ServiceOutcome, asked: Asked) -> Refusal:
    """The ledger's refusal in the words of a gate, with what explains it."""
    said = getattr(outcome, "code", "key_conflict")
    data: Mapping[str, Any] = getattr(outcome, "data", {})
    reason = REASONS.get(said, said)
    if said == "pass_ended" and data.get("how") == "expired":
        found = find_pass(session, code)
        return Refusal("expired", {"on": found.valid_until.isoformat()} if found else {})
    if reason == "used":
        day = business_day(asked.at) if said == "visited_today" else None
        return used_before(session, code, asked.gate.facility, day)
    if reason == "other_house":
        found = find_pass(session, code)
        return Refusal(reason, {"house": home(session, found.product)} if found else {})
    return Refusal(reason, {name: data[name] for name in ("on", "how") if name in data})


def _card_refusal(session: Session, held: PassCode) -> Refusal | None:
    if held.is_over:
        return Refusal("expired", {"on": business_day(held.valid_until).isoformat()})
    if held.card is None:
        return None
    card = find_card(session, held.card)
    if card is None or card.code != held.code:
        return Refusal("unknown", {})
    return Refusal("blocked", {}) if card.revoked_at else None


def _left(session: Session, code: str) -> int | None:
    found = find_pass(session, code)
    if found is None or is_season(posted_catalogue(session).products[found.product]):
        return None
    return found.card.left


def used_before(session: Session, code: str, facility: str, day: date | None) -> Refusal:
    """The visit that stands in the way: of this day, or without one of this house."""
    names = (pass_visit.c.key, pass_visit.c.visited_at, city.facility.c.name, admission.c.gate)
    found = (
        visits_in_force()
        .with_only_columns(*names, admission.c.key.label("admission"))
        .join(city.facility, city.facility.c.code == pass_visit.c.facility)
        .outerjoin(admission, admission.c.visit == pass_visit.c.key)
        .where(pass_visit.c["pass"] == code)
        .where(pass_visit.c.day == day if day else pass_visit.c.house == facility)
        .order_by(pass_visit.c.number.desc())
        .limit(1)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return Refusal("used", {})
    where = row.gate or row.name
    return Refusal("used", {"at": row.visited_at.isoformat(), "gate": where}, row.admission)


def home(session: Session, product: str) -> str:
    """What a pass is for, in a word: "Schwimmbad", or by its name where it has its own houses."""
    catalogue = posted_catalogue(session)
    sold = catalogue.products[product]
    is_everywhere = not sold.facilities and not sold.shares
    return catalogue.types[sold.facility_kind].title if is_everywhere else sold.name
