"""Who works at the till: a PIN, checked here against what the centre last sent, line or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, insert, select

from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import pin_failure
from terminals.till.pull import known

TRIES = 5
MANAGER_TRIES = 5
MANAGER = "site_manager"
BLOCKED = timedelta(minutes=5)

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may work at this till. role: "cashier" or "site_manager"."""

    code: str
    role: str

    @property
    def is_manager(self) -> bool:
        """Whether this person may do what needs the site's manager."""
        return self.role == MANAGER


@dataclass(frozen=True, slots=True)
class Proof:
    """A PIN that was held against people's hashes: those it was compared with, and fits."""

    pin: str
    compared: frozenset[str]
    fits: frozenset[str]


@dataclass
class ProofMissing(Exception):
    """A PIN has to be compared before this can go on: with `prove`, while nothing is locked."""

    till: str
    pin: str


def prove(connection: Connection, till: str, pin: str) -> Proof:
    """Hold a PIN against everybody who may work here; some 50 ms for each, as hashes are made."""
    hashes = frozenset(one["pin_hash"] for one in _people(connection, till))
    return Proof(pin, hashes, frozenset(each for each in hashes if _fits(each, pin)))


def person_with(
    connection: Connection, till: str, pin: str, *, now: datetime, proof: Proof | None
) -> Person:
    """Whose PIN this is.

    While the pad is blocked the manager's PIN alone is taken, and that is tried five times too.
    Raises ProofMissing where `proof` says nothing of this PIN, and TillRefusal: pin_blocked
    (until), nobody_known, pin_wrong (tries_left). The failure is kept by `note_failure`, in a
    transaction of its own: this one is undone.
    """
    until = blocked_until(connection, till, now)
    failures = _failures(connection, till, now)
    if until is not None and failures >= TRIES + MANAGER_TRIES:
        raise TillRefusal("pin_blocked", until=until)
    people = _people(connection, till)
    if not people:
        raise TillRefusal("nobody_known")
    if (
        proof is None
        or proof.pin != pin
        or any(one["pin_hash"] not in proof.compared for one in people)
    ):
        raise ProofMissing(till, pin)
    for one in people:
        if (until is None or one["role"] == MANAGER) and one["pin_hash"] in proof.fits:
            return Person(one["code"], one["role"])
    raise TillRefusal("pin_wrong", tries_left=max(0, TRIES - 1 - failures))


def note_failure(connection: Connection, till: str, now: datetime) -> None:
    """Count a wrong PIN."""
    connection.execute(insert(pin_failure).values(till=till, at=now))


def forget_failures(connection: Connection, till: str) -> None:
    """A right PIN, or the manager's, lets everybody try again."""
    connection.execute(delete(pin_failure).where(pin_failure.c.till == till))


def tries_left(connection: Connection, till: str, now: datetime) -> int | None:
    """How many wrong PINs are left before the pad is blocked; None while none was wrong."""
    failures = _failures(connection, till, now)
    return None if not failures else max(0, TRIES - failures)


def blocked_until(connection: Connection, till: str, now: datetime) -> datetime | None:
    """Until when no cashier's PIN is taken; None while they are."""
    newest = select(pin_failure.c.at).where(pin_failure.c.till == till)
    last = connection.scalar(newest.order_by(pin_failure.c.at.desc()).limit(1))
    # Counted back from the last one: what blocked the pad does not grow old while it is blocked.
    if last is None or last + BLOCKED <= now or _failures(connection, till, last) < TRIES:
        return None
    until: datetime = last + BLOCKED
    return until


def role_of(connection: Connection, till: str, code: str) -> str | None:
    """The role of a person the centre named."""
    roles = {one["code"]: one["role"] for one in _people(connection, till)}
    return roles.get(code)


def _people(connection: Connection, till: str) -> list[dict[str, Any]]:
    staff = known(connection, till, "staff")
    return list(staff["people"]) if staff else []


def _failures(connection: Connection, till: str, now: datetime) -> int:
    recent = select(func.count()).where(
        pin_failure.c.till == till, pin_failure.c.at > now - BLOCKED
    )
    return connection.scalar(recent) or 0


def _fits(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
