"""What a till may know of a scanned guest code: whether it holds and whether it is enough."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cards import Pass, is_season, visits_in_force
from ledger.catalogue.posted import posted_catalogue
from ledger.passes import find_pass
from ledger.tables.catalogue import facility
from ledger.tables.services import pass_visit
from ledger.wallets import find_wallet
from terminals.gate.tables import admission
from terminals.qr.codes import find_card
from terminals.qr.keys import KeyRing
from terminals.qr.tokens import Kind, Refused, read

State = Literal["ok", "expired", "blocked", "unknown"]


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The newest visit of today: when and where. name: of the gate, or else of the house."""

    at: datetime
    facility: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a till is told about a code. Never a balance: only whether it is enough.

    state: "expired" is the code's end, or the pass's where `valid_until` says when; "blocked":
    card revoked or pass returned. is_enough: None unless an amount was asked for. visits_left:
    None for wallets and for cards that days use up. visits_today: of a pass that is "ok".
    """

    state: State
    kind: Kind | None = None
    code: str | None = None
    is_enough: bool | None = None
    visits_left: int | None = None
    visits_today: int | None = None
    last_visit: LastVisit | None = None
    product: str | None = None
    valid_until: date | None = None


def look_at(
    session: Session, text: str, *, keys: KeyRing, now: datetime, amount_cents: int | None = None
) -> Shown:
    """What a till may know about a scanned text now."""
    code = read(text, keys.public, now)
    if isinstance(code, Refused):
        if code.code is None:
            return Shown("unknown")
        return Shown("expired", code.code.kind, code.code.code)
    if code.card is not None:
        card = find_card(session, code.card)
        if card is None or (card.kind, card.code) != (code.kind, code.code):
            return Shown("unknown")
        if card.revoked_at is not None:
            return Shown("blocked", code.kind, code.code)
    if code.kind == "wallet":
        return _wallet_shown(session, code.code, amount_cents)
    return _pass_shown(session, code.code, business_day(now))


def _wallet_shown(session: Session, code: str, amount_cents: int | None) -> Shown:
    found = find_wallet(session, code)
    if found is None:
        return Shown("unknown")
    spendable = found.available_cents - found.floor_cents
    enough = None if amount_cents is None else amount_cents <= spendable
    return Shown("ok", "wallet", code, is_enough=enough)


def _pass_shown(session: Session, code: str, today: date) -> Shown:
    found = find_pass(session, code)
    if found is None:
        return Shown("unknown")
    is_over = found.valid_until < today or found.ended == "expired"
    state: State = "expired" if is_over else "blocked" if found.ended else "ok"
    return Shown(
        state, "pass", code,
        visits_left=_visits_left(session, found),
        visits_today=found.visits_on.get(today, 0),
        last_visit=_last_visit(session, code, today),
        product=found.product,
        valid_until=found.valid_until,
    )  # fmt: skip


def _visits_left(session: Session, found: Pass) -> int | None:
    if is_season(posted_catalogue(session).products[found.product]):
        return None
    return 0 if found.ended else found.card.units - found.card.used


def _last_visit(session: Session, code: str, today: date) -> LastVisit | None:
    where = func.coalesce(admission.c.gate, facility.c.name)
    row = session.execute(
        visits_in_force()
        .with_only_columns(pass_visit.c.visited_at, pass_visit.c.facility, where)
        .join(facility, facility.c.code == pass_visit.c.facility)
        .outerjoin(admission, admission.c.visit == pass_visit.c.key)
        .where(pass_visit.c["pass"] == code, pass_visit.c.day == today)
        .order_by(pass_visit.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastVisit(*row)
