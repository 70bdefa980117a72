"""Signatures of a day or month: two people, one after the other, under the same totals.

Who signs first begins a round. When the totals change before the second signature, the first has
lapsed: the next first signature begins another round, and the old one stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.errors import constraint_of
from ledger.permissions import Caller
from ledger.tables.staff import staff
from reconciliation.closing.errors import (
    AlreadySigned,
    ClosingChanged,
    FirstSignatureLapsed,
    OwnSignature,
    PeriodLocked,
)
from reconciliation.closing.tables import closing_signature

CLOSING = 4721  # also in the database: the trigger closing_signature_follows
DAY, MONTH = "day", "month"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. place: 1 or 2. person: staff code; name: what they are called."""

    round: int
    place: int
    person: str
    name: str
    remark: str | None
    sha256: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """The signatures of a period. first, second: of the newest round. lapsed: first signatures of
    earlier rounds, the newest last."""

    first: Signature | None = None
    second: Signature | None = None
    lapsed: tuple[Signature, ...] = ()

    def first_under(self, sha256: bytes) -> Signature | None:
        """The first signature, if it stands under these totals; None where it has lapsed."""
        return self.first if self.first and self.first.sha256 == sha256 else None


@dataclass(frozen=True, slots=True)
class Signing:
    """What somebody is about to do. seen: the SHA-256 of the totals they looked at."""

    place: int
    seen: bytes
    remark: str | None = None


def hash_of(session: Session, totals: Mapping[str, Any]) -> bytes:
    """The SHA-256 of totals as the database writes them: what a signature stands under."""
    value = func.totals_hash(cast(dict(totals), JSONB))
    found: bytes = session.execute(select(value)).scalar_one()
    return bytes(found)


def signed(session: Session, scope: str, period: date) -> Signed:
    """Who signed this day or month so far. scope: DAY or MONTH."""
    row = closing_signature.c
    rows = session.execute(
        select(row.round, row.place, row.person, staff.c.name, row.remark, row.sha256,
               row.signed_at)
        .join(staff, staff.c.code == row.person)
        .where(row.scope == scope, row.period == period)
        .order_by(row.round, row.place)
    ).all()  # fmt: skip
    found = [Signature(*each) for each in rows]
    newest = found[-1].round if found else 0
    of_newest = {each.place: each for each in found if each.round == newest}
    lapsed = tuple(each for each in found if each.round < newest)
    return Signed(of_newest.get(1), of_newest.get(2), lapsed)


def signed_totals(session: Session, scope: str, period: date) -> Mapping[str, Any] | None:
    """The totals under the second signature; None while there is none."""
    found: Mapping[str, Any] | None = session.scalar(
        select(closing_signature.c.totals).where(
            closing_signature.c.scope == scope,
            closing_signature.c.period == period,
            closing_signature.c.place == 2,
        )
    )
    return found


def sign(
    session: Session, by: Caller, scope: str, period: date, *,
    totals: Mapping[str, Any], signing: Signing,
) -> Signed:  # fmt: skip
    """Put a signature under `totals`; returns all there are then.

    by: a person. Signatures of one period come one after the other. Raises ClosingChanged when
    the signer saw other totals, FirstSignatureLapsed, AlreadySigned, OwnSignature, PeriodLocked.
    """
    session.execute(
        text(f"SELECT pg_advisory_xact_lock({CLOSING}, hashtext(:what))"),
        {"what": f"{scope}{period.isoformat()}"},
    )
    before, sha256 = signed(session, scope, period), hash_of(session, totals)
    _check(before, by, period, sha256=sha256, signing=signing)
    newest = before.first.round if before.first else 0
    row = {
        "scope": scope, "period": period, "round": newest + (signing.place == 1),
        "place": signing.place, "person": by.name, "remark": signing.remark or None,
        "totals": dict(totals),
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(closing_signature), [row])
    except IntegrityError as refused:
        if constraint_of(refused) == "closing_signature_once":
            raise PeriodLocked(period) from refused
        raise
    return signed(session, scope, period)


def _check(before: Signed, by: Caller, period: date, *, sha256: bytes, signing: Signing) -> None:
    if before.second:
        raise PeriodLocked(period)
    first = before.first_under(sha256)
    if signing.place == 2 and first is None and before.first:
        raise FirstSignatureLapsed(period, before.first.name)
    if signing.seen != sha256:
        raise ClosingChanged(period)
    if first and first.person == by.name:
        raise OwnSignature(period)
    if signing.place == 1 and first:
        raise AlreadySigned(period, first.name)
    if signing.place == 2 and first is None:
        raise ClosingChanged(period)
