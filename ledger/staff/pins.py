"""PINs: the six digits at a till, hashed like passwords and different for everybody at a site."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.locks import lock_pins
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.staff.errors import PinMalformed, PinNeedsSite
from ledger.staff.passwords import hash_secret, is_secret
from ledger.staff.people import person
from ledger.tables.staff import audit_log, staff, staff_pin

DIGITS = 6
GUESSES_A_DAY = 3

_PIN = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class PinSet:
    """The PIN opens the tills of this site from now on."""

    facility: str


@dataclass(frozen=True, slots=True)
class PinTaken:
    """Somebody else at the site has it. Who asks too often could collect the PINs of others:
    after three such answers in 24 hours, `is_last`, every PIN is refused without comparing."""

    is_last: bool


@dataclass(frozen=True, slots=True)
class TillPerson:
    """Who may sign in at the tills of a site, and what a PIN is compared with there."""

    code: str
    name: str
    role: str
    pin_hash: str


def set_pin(
    session: Session, by: Caller, code: str, pin: str, *, at: datetime
) -> PinSet | PinTaken:
    """Give a person of a site this PIN; it is shown to nobody, then or later.

    Raises UnknownPerson, PinNeedsSite and PinMalformed.
    """
    known = person(session, code)
    if known.facility is None:
        raise PinNeedsSite
    if not _PIN.fullmatch(pin) or _is_what_everybody_tries(pin):
        raise PinMalformed
    lock_pins(session, known.facility)
    guesses = _guesses(session, by, at)
    if guesses >= GUESSES_A_DAY:
        return PinTaken(is_last=True)
    others = [one for one in people_at(session, known.facility) if one.code != code]
    if any(is_secret(pin, one.pin_hash) for one in others):
        record(session, by, "pin.was_taken", about=code)
        return PinTaken(is_last=guesses + 1 >= GUESSES_A_DAY)
    new = {"pin_hash": hash_secret(pin), "set_at": at}
    adding = insert(staff_pin).values(staff=code, **new)
    session.execute(adding.on_conflict_do_update(index_elements=["staff"], set_=new))
    record(session, by, "pin.set", about=code)
    return PinSet(known.facility)


def remove_pin(session: Session, by: Caller, code: str) -> None:
    """The person signs in at no till until a new PIN is set. Raises UnknownPerson."""
    person(session, code)
    session.execute(delete(staff_pin).where(staff_pin.c.staff == code))
    record(session, by, "pin.removed", about=code)


def people_at(session: Session, facility: str) -> list[TillPerson]:
    """Everybody active at this site who has a PIN, by code."""
    rows = session.execute(
        select(staff.c.code, staff.c.name, staff.c.role, staff_pin.c.pin_hash)
        .join_from(staff, staff_pin, staff_pin.c.staff == staff.c.code)
        .where(staff.c.facility == facility, staff.c.is_active)
        .order_by(staff.c.code)
    )
    return [TillPerson(*row) for row in rows]


def _is_what_everybody_tries(pin: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin in (pin[:2] * 3, pin[:3] * 2)


def _guesses(session: Session, by: Caller, at: datetime) -> int:
    log = audit_log.c
    lately = (log.who == by.name, log.what == "pin.was_taken", log.at > at - timedelta(days=1))
    return session.scalar(select(func.count()).where(*lately)) or 0
