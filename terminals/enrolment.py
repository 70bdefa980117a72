"""Enrolment: a site's till becomes known to the centre by a short code, once.

The site makes its token itself and saves it before it asks: an answer that was lost on the way is
asked for again with the same code and token, and is the same. The code alone is worth nothing
after it was used or a quarter of an hour.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, cast, func, insert, select, update
from sqlalchemy.orm import Session

from ledger.catalogue.posted import posted_catalogue
from ledger.locks import lock_till
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.staff.throttle import Visit, note, wait_seconds
from ledger.tables.services import charge
from terminals.devices import add_device, find_device
from terminals.errors import EnrolmentRefused, UnknownTill
from terminals.tables import device, enrolment, till_shift

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
LENGTH = 8
VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code to read aloud, shown once: it is kept as a hash."""

    code: str
    till: str
    expires_at: datetime

    @property
    def spoken(self) -> str:
        """In two halves, as people read it."""
        return f"{self.code[:4]} {self.code[4:]}"


def make_code(session: Session, by: Caller, till: str, *, at: datetime) -> EnrolmentCode:
    """A new code for this till, good for a quarter of an hour from `at`.

    Raises UnknownTill, and EnrolmentRefused (till_enrolled): who stands there is revoked first.
    """
    if till not in posted_catalogue(session).tills:
        raise UnknownTill(till)
    if _is_in_use(session, till):
        raise EnrolmentRefused("till_enrolled", {"till": till})
    made = EnrolmentCode(_draw(), till, at + VALID)
    row = {"code_hash": _hash(made.code), "till": till, "made_by": by.name}
    times = {"made_at": at, "expires_at": made.expires_at}
    session.execute(insert(enrolment), [row | times])
    record(session, by, "device.code_made", about=till)
    return made


def enrol(
    session: Session, code: str, token: str, *, visit: Visit
) -> dict[str, Any] | EnrolmentRefused:
    """Let the holder of the code in with their token; the document of what stands there.

    A refusal is an answer, not an exception: that somebody guessed is written down.
    EnrolmentRefused: enrolment_code_unknown, till_enrolled, too_many_tries.
    """
    name = f"enrol {visit.address}"
    if seconds := wait_seconds(session, name, visit):
        return EnrolmentRefused("too_many_tries", {"wait_seconds": seconds})
    given = "".join(code.split()).replace("-", "").upper()
    till = session.scalar(select(enrolment.c.till).where(enrolment.c.code_hash == _hash(given)))
    if till is not None:
        lock_till(session, till)
        outcome = _enrol_at(session, till, _hash(given), token, at=visit.at)
    else:
        outcome = EnrolmentRefused("enrolment_code_unknown", {})
    is_guess = isinstance(outcome, EnrolmentRefused) and outcome.code != "till_enrolled"
    note(session, name, visit, is_success=not is_guess)
    return outcome


def _enrol_at(
    session: Session, till: str, code_hash: bytes, token: str, *, at: datetime
) -> dict[str, Any] | EnrolmentRefused:
    row = session.execute(select(enrolment).where(enrolment.c.code_hash == code_hash)).one()
    unknown = EnrolmentRefused("enrolment_code_unknown", {})
    if row.used_at is not None:
        known = find_device(session, token) if row.token_hash == _hash(token) else None
        return unknown if known is None else _document(session, known.name, till)
    if at >= row.expires_at:
        return unknown
    if _is_in_use(session, till):
        return EnrolmentRefused("till_enrolled", {"till": till})
    if _is_known(session, token):
        return unknown
    name = _name(session, till)
    add_device(session, name, role="till", token=token, till=till)
    session.execute(
        update(enrolment)
        .where(enrolment.c.code_hash == code_hash)
        .values(used_at=at, token_hash=_hash(token))
    )
    record(session, Caller(name, "till"), "device.enrolled", about=till)
    return _document(session, name, till)


def _document(session: Session, name: str, till: str) -> dict[str, Any]:
    catalogue = posted_catalogue(session)
    stands = catalogue.tills[till]
    house = catalogue.facilities[stands.facility]
    return {
        "device": name,
        "facility": {"code": house.code, "kind": house.kind, "name": house.name},
        "till": _named(stands),
        "terminals": [_named(one) for one in house.terminals if one.till == till],
        "next": _next_numbers(session, till),
    }


def _next_numbers(session: Session, till: str) -> dict[str, int]:
    """Where a new journal of this till goes on: its next receipt and shift, as known here."""
    own = func.substring(charge.c.receipt_number, f"^{re.escape(till)}-([0-9]{{1,12}})$")
    last = session.scalar(select(func.max(cast(own, BigInteger))).where(charge.c.till == till))
    shifts = session.scalar(select(func.count()).where(till_shift.c.till == till))
    return {"receipt": (last or 0) + 1, "shift": (shifts or 0) + 1}


def _named(one: Any) -> Mapping[str, str]:
    return {"code": one.code, "name": one.name}


def _draw() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _is_in_use(session: Session, till: str) -> bool:
    there = (device.c.till == till) & device.c.revoked_at.is_(None)
    return session.scalar(select(device.c.id).where(there).limit(1)) is not None


def _is_known(session: Session, token: str) -> bool:
    held = select(device.c.id).where(device.c.token_hash == _hash(token))
    return session.scalar(held) is not None


def _name(session: Session, till: str) -> str:
    """The till's code, or with a number: the name of a device is never given twice."""
    taken = set(session.scalars(select(device.c.name).where(device.c.name.startswith(till))))
    names = (till if number == 1 else f"{till} ({number})" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
