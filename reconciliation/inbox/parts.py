"""What a delivered file turned out to hold, and what is known when it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconciliation.errors import HeldBack
from reconciliation.inbox.tables import delivery, delivery_part

# "auszug_221_v2.xml", "abrechnung-fassung3.csv", "umsatz_korrektur1.csv"
_NAMED_VERSION = re.compile(
    r"[._ -](?:v|version|fassung|korrektur)[._ -]?([0-9]{1,3})(?![0-9])", re.I
)


class State(StrEnum):
    """What became of a file or of a part of it.

    taken: new, and in the books' sight. corrected: it took the place of an earlier version.
    known: it says what was here before. outdated: an older version than the one that is here.
    kept: no statement, its details are used. held: same identity, other content, no version.
    refused: cannot be read or taken at all; nothing of it is kept.
    """

    TAKEN = "taken"
    CORRECTED = "corrected"
    KNOWN = "known"
    OUTDATED = "outdated"
    KEPT = "kept"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One line that a correction changed: before and after in cents, None where it is not there."""

    on: date | None
    before_cents: int | None
    after_cents: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What a correction changed; `changes` are the first of them, for people."""

    changed: int = 0
    new: int = 0
    gone: int = 0
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a bank, or one file of a provider.

    series: what comes again and again ("bank:181000"). identity: which one of the series.
    content_hash: of what it says, however it is written. folded: lines that another statement
    had brought before.
    """

    series: str
    identity: str
    version: int
    state: State
    content_hash: bytes
    line_count: int
    account: str | None = None
    sequence: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    opening_cents: int | None = None
    closing_cents: int | None = None
    folded: int = 0
    diff: Diff = Diff()
    bank_statement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller knows beside the file: its version, and whether a person vouches for it.

    accounts: our bank accounts by IBAN.
    """

    accounts: Mapping[str | None, str]
    version: int | None = None
    is_released: bool = False


@dataclass(slots=True)
class Digest:
    """The hash of what a part says, line by line."""

    _hash: Any = field(default_factory=sha256)

    def add(self, row: tuple[object, ...]) -> None:
        """Count one row in; equal values give equal hashes whatever the file looked like."""
        self._hash.update(repr(row).encode())

    def value(self) -> bytes:
        """32 bytes."""
        digest: bytes = self._hash.digest()
        return digest


def named_version(name: str) -> int | None:
    """The version a file's name speaks of ("auszug_v2.xml": 2), None if it does not."""
    found = _NAMED_VERSION.search(name)
    return int(found.group(1)) if found and int(found.group(1)) >= 1 else None


def judge(session: Session, part: Part, told: Told, newest: int) -> State:
    """What a part is whose identity is here already, in versions up to `newest`.

    `part` has the version it claims; of a part without a claim it is 1. Raises HeldBack where
    the content is another and nothing says that it is a correction.
    """
    rows = session.execute(
        select(delivery_part.c.version, delivery_part.c.content_hash, delivery.c.arrived_at)
        .join(delivery, delivery.c.id == delivery_part.c.delivery_id)
        .where(
            delivery_part.c.series == part.series, delivery_part.c.identity == part.identity,
            delivery_part.c.state.in_(("taken", "corrected", "kept", "outdated")),
        )
        .order_by(delivery.c.id)
    ).all()  # fmt: skip
    same = [row for row in rows if row.content_hash == part.content_hash]
    if same and same[-1].version == newest:
        return State.KNOWN
    if told.is_released or (told.version or 1) > newest:
        return State.CORRECTED
    if same or (told.version or 1) not in {row.version for row in rows}:
        return State.OUTDATED
    first = rows[0].arrived_at.isoformat() if rows else None
    raise HeldBack(part.series, part.identity, first)
