"""Device tokens: made once, shown once, kept only as a hash, taken back for good."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.tables import catalogue
from terminals.errors import (
    DeviceNameTaken,
    DeviceNeedsPlace,
    UnknownDevice,
    UnknownFacility,
    UnknownTill,
)
from terminals.tables import device

PLACED_ROLES = ("till", "gate")  # they act at one facility
PREFIX = "sk_"  # lets secret scanners and people recognise what they hold


@dataclass(frozen=True, slots=True)
class Device:
    """One device that may call the API; `revoked_at` is aware UTC, None while it is in use."""

    name: str
    role: str
    facility: str | None
    till: str | None
    added_at: datetime
    revoked_at: datetime | None


def new_token() -> str:
    """256 random bits behind the prefix: enough that a plain SHA-256 keeps them safe at rest."""
    return PREFIX + secrets.token_urlsafe(32)


def add_device(
    session: Session,
    name: str,
    *,
    role: str,
    token: str,
    facility: str | None = None,
    till: str | None = None,
) -> Device:
    """Let the holder of `token` in; with `till`, the facility is that till's.

    Raises DeviceNameTaken, DeviceNeedsPlace, UnknownTill and UnknownFacility.
    """
    if till is not None:
        facility = _facility_of(session, till)
    elif facility is not None and not _is_facility(session, facility):
        raise UnknownFacility(facility)
    if (role in PLACED_ROLES) != (facility is not None):
        raise DeviceNeedsPlace(role)
    row = {"name": name, "role": role, "facility": facility, "till": till}
    try:
        with session.begin_nested():
            session.execute(insert(device), [row | {"token_hash": _hash(token)}])
    except IntegrityError as refused:
        if _constraint(refused) == "device_name_once":
            raise DeviceNameTaken(name) from refused
        raise
    return next(known for known in devices(session) if known.name == name)


def find_device(session: Session, token: str) -> Device | None:
    """The device in use that holds this token, or None."""
    given = _hash(token)
    row = session.execute(
        select(*_COLUMNS, device.c.token_hash).where(
            device.c.token_hash == given, device.c.revoked_at.is_(None)
        )
    ).one_or_none()
    # The index is searched by hash, whose bytes no caller can steer; compared once more in
    # constant time, so that nothing about a stored hash can be learned from the clock.
    if row is None or not hmac.compare_digest(row.token_hash, given):
        return None
    return Device(*row[:-1])


def devices(session: Session) -> list[Device]:
    """All devices by name, the revoked ones too."""
    rows = session.execute(select(*_COLUMNS).order_by(device.c.name))
    return [Device(*row) for row in rows]


def revoke_device(session: Session, name: str) -> None:
    """Close the door to a device from the next request on. Raises UnknownDevice."""
    revoked = session.execute(
        update(device)
        .where(device.c.name == name, device.c.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(device.c.id)
    ).one_or_none()
    if revoked is None:
        raise UnknownDevice(name)


_COLUMNS = (
    device.c.name, device.c.role, device.c.facility, device.c.till,
    device.c.added_at, device.c.revoked_at,
)  # fmt: skip


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _facility_of(session: Session, till: str) -> str:
    facility: str | None = session.scalar(
        select(catalogue.till.c.facility).where(catalogue.till.c.code == till)
    )
    if facility is None:
        raise UnknownTill(till)
    return facility


def _is_facility(session: Session, code: str) -> bool:
    known = select(catalogue.facility.c.code).where(catalogue.facility.c.code == code)
    return session.scalar(known) is not None


def _constraint(refused: IntegrityError) -> str | None:
    diagnosis = getattr(refused.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
