"""How often somebody may try before a quarter of an hour's break, counted in the database.

Counted by where a request comes from and, where an address was typed, by that address: as a hash,
since whose it is need not be known to count. What is over is forgotten within a day.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from ledger.locks import lock_sign_in
from terminals.portal.tables import portal_try

PAUSE = timedelta(minutes=15)
KEPT = timedelta(days=1)
# Tries of a kind within PAUSE: from one source, and for one address. What counts for "link" is
# every letter, for the others every mistake. A daycare's Wi-Fi is one source for many parents.
PER_SOURCE = {"code": 5, "link": 30, "password": 20, "passkey": 20, "invitation": 20}
PER_EMAIL = {"link": 4, "password": 5}
_HOME_NETWORK = 64  # bits of an IPv6 address that one customer has


@dataclass(frozen=True, slots=True)
class Wait:
    """Tried too often: nothing was looked at; again at `until`, in `seconds`."""

    until: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Who tries what: a kind of PER_SOURCE, from which address of the network, when, and about
    which typed address, if it is about one."""

    kind: str
    address: str
    at: datetime
    email: str | None = None


def wait_of_source(session: Session, asking: Asking) -> Wait | None:
    """The break for where it comes from; tries of one source come one after the other.

    They queue until the transaction ends: a hundred at once do not all find the counter at zero.
    """
    source = source_of(asking.address)
    lock_sign_in(session, f"portal {asking.kind} {source}")
    limit = PER_SOURCE[asking.kind]
    return _wait(session, asking, portal_try.c.source == source, limit)


def wait_of_email(session: Session, asking: Asking) -> Wait | None:
    """The break for this address, wherever the tries came from."""
    assert asking.email is not None
    lock_sign_in(session, f"portal {asking.kind} {asking.email}")
    about = portal_try.c.about == _hash(asking.email)
    return _wait(session, asking, about, PER_EMAIL[asking.kind])


def note(session: Session, asking: Asking) -> None:
    """Count this try, and forget old ones."""
    about = None if asking.email is None else _hash(asking.email)
    row = {"kind": asking.kind, "source": source_of(asking.address), "about": about,
           "at": asking.at}  # fmt: skip
    session.execute(insert(portal_try), [row])
    session.execute(delete(portal_try).where(portal_try.c.at < asking.at - KEPT))


def tries_left(session: Session, asking: Asking) -> int:
    """How many mistakes are still free from there."""
    source = portal_try.c.source == source_of(asking.address)
    return max(0, PER_SOURCE[asking.kind] - len(_recent(session, asking, source)))


def forget_tries(session: Session, email: str) -> None:
    """What was counted about an address goes with it."""
    session.execute(delete(portal_try).where(portal_try.c.about == _hash(email)))


def source_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the network a customer has in IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> _HOME_NETWORK << _HOME_NETWORK)}/{_HOME_NETWORK}"
    return str(parsed)


def _wait(session: Session, asking: Asking, which: ColumnElement[bool], limit: int) -> Wait | None:
    times = _recent(session, asking, which)
    if len(times) < limit:
        return None
    until = times[limit - 1] + PAUSE  # when the oldest of the last `limit` tries no longer counts
    return Wait(until, max(1, -((asking.at - until) // timedelta(seconds=1))))


def _recent(session: Session, asking: Asking, which: ColumnElement[bool]) -> list[datetime]:
    """The tries that count, the newest first."""
    query = select(portal_try.c.at).where(
        portal_try.c.kind == asking.kind, which, portal_try.c.at > asking.at - PAUSE
    )
    return list(session.scalars(query.order_by(portal_try.c.at.desc())))


def _hash(email: str) -> bytes:
    return hashlib.sha256(email.encode()).digest()
