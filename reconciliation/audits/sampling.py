"""Samples of entries for an audit: drawn by a seed, and the same again for whoever draws it later.

Drawn are the entries whose SHA-256 of `seed:number` is smallest, among those a block had sealed.
Numbers and blocks never change, and no order of rows or of time comes in: seed, block and bounds
say all, anybody can compute it with any tool, and a larger sample holds the smaller one of the
same seed. A draw is kept as its row of the audit log; its entries are read again.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts, ids_below
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.turnovers import entries_between
from reconciliation.audits.errors import (
    SampleBlock,
    SampleBounds,
    SampleEmpty,
    SampleSeed,
    SampleUnknown,
)

LARGEST = 500
DEED = "sample.drawn"
_SEED = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw from: entries of business days `first` to `last`, sealed by `block` (None: the
    newest), that touch an account or one below it, at a facility. count: 1 to 500."""

    first: date
    last: date
    count: int
    seed: str
    block: int | None = None
    account: str | None = None
    facility: str | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw, as the log has it. wanted: with its block; population: how many entries it was
    drawn from, and their cents; sealed_at: of the block. by, name: who drew; all times aware."""

    key: UUID
    at: datetime
    by: str
    name: str | None
    wanted: Wanted
    sealed_at: datetime
    population: int
    population_cents: int


@dataclass(frozen=True, slots=True)
class SampledEntry:
    """One entry of a sample. place: in the order of drawing, from 1; debit, credit: of the first
    transfer, more: how many others there are; cents: of all; block: that sealed it."""

    place: int
    id: int
    booked_on: date
    event: str
    debit: str
    credit: str
    more: int
    cents: int
    facility: str | None
    reference: str | None
    block: int


def draw(session: Session, by: Caller, key: UUID, wanted: Wanted) -> Draw:
    """Draw and write it down; the same key again finds what was drawn first.

    Raises SampleBounds, SampleSeed, SampleBlock, SampleEmpty and UnknownAccount.
    """
    known = _row(session, key)
    if known is not None:
        return _read(known)
    if not 1 <= wanted.count <= LARGEST or wanted.first > wanted.last:
        raise SampleBounds(wanted.count)
    if not _SEED.fullmatch(wanted.seed):
        raise SampleSeed(wanted.seed)
    block = session.execute(text(_BLOCK), {"block": wanted.block}).one_or_none()
    if block is None:
        raise SampleBlock(wanted.block)
    if wanted.account:
        find_accounts(session, [wanted.account])
    conditions, values = _conditions(session, wanted, block.last_entry)
    count, cents = session.execute(text(_POPULATION.format(conditions)), values).one()
    if not count:
        raise SampleEmpty()
    bounds = {name: value for name, value in asdict(wanted).items() if value is not None}
    days = {"first": wanted.first.isoformat(), "last": wanted.last.isoformat()}
    facts = {"block": block.number, "sealed_at": block.sealed_at.isoformat(),
             "population": count, "population_cents": cents}  # fmt: skip
    record(session, by, DEED, about=str(key), detail=bounds | days | facts)
    return find_draw(session, key)


def find_draw(session: Session, key: UUID) -> Draw:
    """A draw that was made. Raises SampleUnknown."""
    row = _row(session, key)
    if row is None:
        raise SampleUnknown(str(key))
    return _read(row)


def draws(session: Session, *, limit: int = 100) -> list[Draw]:
    """The newest draws, the newest first."""
    asked = {"deed": DEED, "key": None, "limit": limit}
    return [_read(row) for row in session.execute(text(_DRAWS), asked)]


def sampled(session: Session, drawn: Draw) -> Sequence[SampledEntry]:
    """The entries of a draw by their number."""
    until = session.execute(text(_BLOCK), {"block": drawn.wanted.block}).one().last_entry
    conditions, values = _conditions(session, drawn.wanted, until)
    values |= {"seed": drawn.wanted.seed, "count": drawn.wanted.count}
    rows = session.execute(text(_SAMPLED.format(conditions)), values)
    return [SampledEntry(*row) for row in rows]


_DRAWS = """
    SELECT l.about, l.at, l.who, s.name, l.detail
      FROM audit_log l LEFT JOIN staff s ON s.code = l.who
     WHERE l.what = :deed AND (CAST(:key AS text) IS NULL OR l.about = :key)
     ORDER BY l.id DESC LIMIT :limit"""

_BLOCK = """
    SELECT number, last_entry, sealed_at FROM block
     WHERE CAST(:block AS bigint) IS NULL OR number = :block ORDER BY number DESC LIMIT 1"""

_KNOWN = """
    SELECT e.id FROM entry e
     WHERE e.id > :after AND e.id <= :until AND e.booked_on BETWEEN :first AND :last{}"""

_TOUCHES = """
       AND EXISTS (SELECT FROM transfer t WHERE t.entry_id = e.id
                      AND (t.debit_account = ANY (CAST(:accounts AS int[]))
                           OR t.credit_account = ANY (CAST(:accounts AS int[]))))"""

_AT = """
       AND EXISTS (SELECT FROM transfer t WHERE t.entry_id = e.id AND t.facility = :facility)"""

_POPULATION = f"""
    WITH known AS MATERIALIZED ({_KNOWN})
    SELECT (SELECT count(*) FROM known),
           (SELECT coalesce(sum(t.amount_cents), 0)::bigint
              FROM known k JOIN transfer t ON t.entry_id = k.id)"""

_SAMPLED = f"""
    WITH drawn AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY hash, id) AS place, id
          FROM (SELECT k.id, sha256(convert_to(CAST(:seed AS text) || ':' || k.id, 'UTF8')) AS hash
                  FROM ({_KNOWN}) k) hashed
         ORDER BY hash, id LIMIT :count)
    SELECT n.place, e.id, e.booked_on, e.event, d.code, c.code, e.line_count - 1,
           (SELECT sum(s.amount_cents)::bigint FROM transfer s WHERE s.entry_id = e.id),
           t.facility, e.reference,
           (SELECT b.number FROM block b WHERE b.last_entry >= e.id ORDER BY b.last_entry LIMIT 1)
      FROM drawn n JOIN entry e ON e.id = n.id
      JOIN transfer t ON t.entry_id = e.id AND t.line = 1
      JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
     ORDER BY e.id"""


def _conditions(session: Session, wanted: Wanted, last_entry: int) -> tuple[str, dict[str, object]]:
    within = entries_between(session, wanted.first, wanted.last)
    values: dict[str, object] = {
        "first": wanted.first, "last": wanted.last, "after": within.before,
        "until": min(within.until, last_entry),
    }  # fmt: skip
    conditions = ""
    if wanted.account:
        conditions += _TOUCHES
        values["accounts"] = _accounts(session, wanted.account)
    if wanted.facility:
        conditions += _AT
        values["facility"] = wanted.facility
    return conditions, values


def _accounts(session: Session, code: str) -> list[int]:
    found = find_accounts(session, [code])[code]
    return ids_below(session, [code]) if found.is_control else [found.id]


def _row(session: Session, key: UUID) -> Row[Any] | None:
    asked = {"deed": DEED, "key": str(key), "limit": 1}
    return session.execute(text(_DRAWS), asked).one_or_none()


def _read(row: Row[Any]) -> Draw:
    said = row.detail
    wanted = Wanted(
        date.fromisoformat(said["first"]), date.fromisoformat(said["last"]), said["count"],
        said["seed"], said["block"], said.get("account"), said.get("facility"),
    )  # fmt: skip
    return Draw(
        UUID(row.about), row.at, row.who, row.name, wanted,
        datetime.fromisoformat(said["sealed_at"]), said["population"], said["population_cents"],
    )  # fmt: skip
