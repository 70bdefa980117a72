"""Attempts to move money over a device: started → approved, declined, aborted, or unknown first.

An attempt is in the journal before the device hears of it, and every later state is one commit
with what follows from it. The indexes of the table forbid what must never be: a second payment
for a basket whose first is open or went through, and a second order to a terminal whose last
one has no end.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.exc import IntegrityError

from terminals.adapters import (
    Aborted,
    Approved,
    Declined,
    Evidence,
    Kind,
    NothingYet,
    Order,
    Unknown,
    Verdict,
)
from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import attempt, frame, newest
from terminals.till.outbox import put

OPEN = ("started", "unknown")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it stands; times aware, evidence as the device gave it."""

    id: UUID
    till: str
    shift: str
    basket: UUID | None
    sale: UUID | None
    terminal: str
    adapter: str
    kind: Kind
    amount_cents: int
    person: str
    state: str
    started_at: datetime
    decided_at: datetime | None = None
    lost_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str | None = None
    code: str | None = None
    last_news: Mapping[str, str] | None = None
    last_known: Evidence | None = None
    had_none: bool = False
    original: Evidence | None = None
    claimed: Evidence | None = None
    evidence: Evidence | None = None
    checks: int = 0
    statement: str | None = None
    statement_by: str | None = None

    @property
    def order(self) -> Order:
        """What its device is asked."""
        return Order(
            self.id, self.kind, self.amount_cents, self.terminal, self.started_at,
            self.original, self.last_known, self.had_none, self.claimed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an attempt is to do, as the cashier asked for it; fields as in Attempt."""

    till: str
    shift: str
    terminal: str
    adapter: str
    kind: Kind
    amount_cents: int
    person: str
    basket: UUID | None = None
    sale: UUID | None = None
    original: Evidence | None = None


def start(connection: Connection, wanted: Wanted, *, key: UUID, now: datetime) -> Attempt:
    """Begin an attempt: the first thing written of it.

    Raises TillRefusal: payment_open, where this basket or this terminal has one without an end.
    """
    last_known, had_none = last_known_of(connection, wanted.terminal)
    begun = Attempt(
        **{name: getattr(wanted, name) for name in Wanted.__dataclass_fields__},
        id=key, state="started", started_at=now, last_known=last_known, had_none=had_none,
    )  # fmt: skip
    row = {name: getattr(begun, name) for name in Attempt.__dataclass_fields__}
    row |= {name: document_of(row[name]) for name in _EVIDENCE}
    try:
        connection.execute(_BEGIN, row)
    except IntegrityError as taken:
        raise TillRefusal("payment_open", terminal=wanted.terminal) from taken
    _tell(connection, begun, now)
    return begun


def decide(connection: Connection, of: Attempt, verdict: Verdict, now: datetime) -> Attempt:
    """Keep what became of an open attempt; an attempt that has its end stays as it is."""
    current = find_attempt(connection, of.id)
    assert current is not None
    if current.state not in OPEN:
        return current
    values = _values(verdict, now)
    if values["state"] == "unknown" and current.lost_at is None:
        values["lost_at"] = now
    connection.execute(update(attempt).where(attempt.c.id == of.id).values(**values))
    decided = find_attempt(connection, of.id)
    assert decided is not None
    if decided.state != current.state:
        _tell(connection, decided, now)
    return decided


def claim(connection: Connection, key: UUID, evidence: Evidence) -> None:
    """Keep that the device says "approved", before it hears that we know."""
    row = {"claimed": document_of(evidence)}
    connection.execute(update(attempt).where(attempt.c.id == key).values(**row))


def state_by_person(
    connection: Connection, of: Attempt, *, statement: str, person: str, now: datetime
) -> Attempt:
    """Keep what a person saw on a device that cannot say: "paid", "not_paid" or "dont_know".

    A statement, not a proof: the attempt stays unknown for finance, and its terminal is free.
    """
    row = {"statement": statement, "statement_by": person}
    connection.execute(
        update(attempt).where(attempt.c.id == of.id, attempt.c.state == "unknown").values(**row)
    )
    stated = find_attempt(connection, of.id)
    assert stated is not None
    _tell(connection, stated, now)
    return stated


def mark(connection: Connection, key: UUID, **values: Any) -> None:
    """Keep a remark on an attempt: cancelled_at, checks, last_news."""
    connection.execute(update(attempt).where(attempt.c.id == key).values(**values))


def find_attempt(connection: Connection, key: UUID) -> Attempt | None:
    """The attempt of this key."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else _read(row)


def open_attempts(
    connection: Connection, *, till: str | None = None, terminal: str | None = None
) -> list[Attempt]:
    """Attempts without an end, oldest first; those a person spoke about are not among them.

    till, terminal: of this one alone. A terminal may work for a till that it does not stand at.
    """
    found = select(attempt).where(attempt.c.state.in_(OPEN), attempt.c.statement.is_(None))
    if till is not None:
        found = found.where(attempt.c.till == till)
    if terminal is not None:
        found = found.where(attempt.c.terminal == terminal)
    return [_read(row) for row in connection.execute(found.order_by(attempt.c.started_at))]


def attempts_of(connection: Connection, basket: UUID) -> list[Attempt]:
    """All attempts to pay this basket, oldest first."""
    found = select(attempt).where(attempt.c.basket == basket).order_by(attempt.c.started_at)
    return [_read(row) for row in connection.execute(found)]


def was_ever_sent(connection: Connection, key: UUID) -> bool:
    """Whether any frame of this attempt was written, and so might have left the till."""
    return connection.scalar(_ANY_FRAME, {"of": key}) is not None


def document_of(evidence: Evidence | None) -> dict[str, Any] | None:
    """Evidence as plain values."""
    if evidence is None:
        return None
    values = asdict(evidence)
    return values | {"at": evidence.at and evidence.at.isoformat()}


def evidence_of(values: Mapping[str, Any] | None) -> Evidence | None:
    """Evidence from plain values."""
    if values is None:
        return None
    at = values["at"]
    slips = {name: tuple(values[name]) for name in ("slip", "merchant_slip")}
    return Evidence(**{**values, **slips, "at": at and datetime.fromisoformat(at)})


def _values(verdict: Verdict, now: datetime) -> dict[str, Any]:
    match verdict:
        case Approved(evidence):
            return {"state": "approved", "decided_at": now, "evidence": document_of(evidence)}
        case Declined(reason, code):
            return {"state": "declined", "decided_at": now, "reason": reason, "code": code}
        case Aborted(by, code):
            return {"state": "aborted", "decided_at": now, "reason": by, "code": code}
        case Unknown(reason, code):
            return {"state": "unknown", "reason": reason, "code": code}


def last_known_of(connection: Connection, terminal: str) -> tuple[Evidence | None, bool]:
    """The newest transaction of this terminal that we heard of, booked or not; and whether the
    terminal has said since that it has none."""
    row = connection.execute(_LAST_HEARD, {"of": terminal}).one_or_none()
    told = connection.execute(_NEWEST, {"of": terminal}).one_or_none()
    if row is not None and (told is None or told.at < row.started_at):
        return evidence_of(row.evidence or row.claimed), False
    if told is None:
        return None, False
    return evidence_of(told.evidence), told.evidence is None


def keep_newest(
    connection: Connection, terminal: str, said: Evidence | NothingYet, now: datetime
) -> None:
    """Keep what a terminal says was its newest transaction, to tell the next one from it."""
    row = {"evidence": document_of(said) if isinstance(said, Evidence) else None, "at": now}
    kept = insert_or(newest).values(terminal=terminal, **row)
    connection.execute(kept.on_conflict_do_update(index_elements=["terminal"], set_=row))


def _tell(connection: Connection, of: Attempt, now: datetime) -> None:
    """Put the new state on its way to the centre; slips and lines of text stay here."""
    told = document_of(of.evidence or of.claimed)
    evidence = told and {name: told[name] for name in told if not name.endswith("slip")}
    body = {
        "attempt": str(of.id), "basket": of.basket and str(of.basket), "kind": of.kind,
        "amount_cents": of.amount_cents, "terminal": of.terminal, "adapter": of.adapter,
        "state": of.state, "at": now.isoformat(), "reason": of.reason, "evidence": evidence,
        "statement": of.statement, "statement_by": of.statement_by,
    }  # fmt: skip
    put(connection, of.till, "attempt", body, at=now)


# What a payment waits for is built once, and SQLAlchemy need not look at it again.
_BEGIN = insert(attempt)
_BY_KEY = select(attempt).where(attempt.c.id == bindparam("key"))
_LAST_HEARD = (
    select(attempt.c.started_at, attempt.c.evidence, attempt.c.claimed)
    .where(
        attempt.c.terminal == bindparam("of"),
        or_(attempt.c.evidence.is_not(None), attempt.c.claimed.is_not(None)),
    )
    .order_by(attempt.c.started_at.desc())
    .limit(1)
)
_ANY_FRAME = select(frame.c.id).where(frame.c.attempt == bindparam("of")).limit(1)
_NEWEST = select(newest).where(newest.c.terminal == bindparam("of"))
_EVIDENCE = ("last_known", "original", "claimed", "evidence")


def _read(row: Row[Any]) -> Attempt:
    values = {name: getattr(row, name) for name in Attempt.__dataclass_fields__}
    return Attempt(**{**values, **{name: evidence_of(values[name]) for name in _EVIDENCE}})
