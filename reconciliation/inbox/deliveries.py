"""A file that arrives: stored once, read by its source, taken whole or not at all.

What came of it is written down in any case: `delivery` has one row for each arrival. Nothing is
decided by the order files come in: late, repeated, overlapping and corrected ones are normal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from ledger.locks import DELIVERIES, have_alone
from ledger.tables.catalogue import bank_account
from reconciliation.errors import DangerousFile, HeldBack, ReconciliationError
from reconciliation.inbox.archives import Arrival, hash_of, unpacked
from reconciliation.inbox.batches import explain_bundles, take_notice
from reconciliation.inbox.parts import Part, State, Told, named_version
from reconciliation.inbox.provider_files import take_provider_file
from reconciliation.inbox.queries import is_open
from reconciliation.inbox.statements import take_statement
from reconciliation.inbox.tables import delivery, delivery_part
from reconciliation.inbox.trouble import as_data
from reconciliation.sources import (
    Kind,
    ProviderFile,
    SourceError,
    StatementHead,
    read_file,
    source_of,
)
from reconciliation.tables import source_file

_COUNTS = (State.TAKEN, State.CORRECTED, State.KEPT, State.OUTDATED)


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brings a file and how: way "inbox", "upload" or "command".

    is_correction: this person says that it replaces what is here under the same identity.
    releases: the held delivery that is taken after all.
    """

    way: str
    who: str
    is_correction: bool = False
    releases: int | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one file. code, data: why it was held or refused, else when it came first.

    trouble: the refusal itself, for whoever would rather raise it.
    """

    id: int
    name: str
    archive: str | None
    sha256: bytes
    size_bytes: int
    state: State
    source: str | None = None
    code: str | None = None
    data: dict[str, Any] | None = None
    parts: tuple[Part, ...] = ()
    trouble: SourceError | ReconciliationError | None = None


def deliver(session: Session, path: Path, bringer: Bringer, *, name: str = "") -> list[Delivered]:
    """Take in the file at `path`, of an archive every file in it; what came of each.

    Refused and held files change nothing but the list of deliveries. Raises OSError.
    """
    have_alone(session, DELIVERIES)
    try:
        with unpacked(path, name or path.name) as arrivals:
            found = [_deliver_one(session, arrival, bringer) for arrival in arrivals]
    except DangerousFile as danger:
        return [_not_opened(session, path, name or path.name, bringer=bringer, danger=danger)]
    if any(State.KEPT in _states(each) or State.TAKEN in _states(each) for each in found):
        explain_bundles(session)
    return found


def take(session: Session, arrival: Arrival, bringer: Bringer) -> Delivered:
    """Take in one file; raises SourceError and ReconciliationError for one that is not taken."""
    with arrival.path.open("rb") as stream:
        source = source_of(stream).name
    file_id = _store(session, arrival, source)
    accounts = dict(session.execute(select(bank_account.c.iban, bank_account.c.account)).all())
    told = Told(accounts, named_version(arrival.name), bringer.is_correction)
    parts = tuple(_take_parts(session, arrival, file_id, told))
    state = next(
        (state for state in (State.CORRECTED, State.TAKEN, State.KEPT, State.OUTDATED)
         if state in {part.state for part in parts}),
        State.KNOWN,
    )  # fmt: skip
    taken = Delivered(
        0, arrival.name, arrival.archive, arrival.sha256, arrival.size_bytes, state, source,
        parts=parts,
    )  # fmt: skip
    return _write_down(session, taken, bringer, file_id)


def held_file(session: Session, delivery_id: int) -> tuple[str, bytes] | None:
    """Name and content of a delivery that waits for a person, else None."""
    row = session.execute(
        select(delivery.c.name, source_file.c.content)
        .join(source_file, source_file.c.id == delivery.c.file_id)
        .where(delivery.c.id == delivery_id, is_open())
    ).one_or_none()
    return None if row is None else (row.name, row.content)


def _deliver_one(session: Session, arrival: Arrival, bringer: Bringer) -> Delivered:
    found = Delivered(
        0, arrival.name, arrival.archive, arrival.sha256, arrival.size_bytes, State.KNOWN
    )
    if bringer.releases is None and (first := _first_delivery(session, arrival.sha256)):
        data = {"first": first.arrived_at.isoformat(), "delivery": first.id}
        known = replace(found, source=first.source, data=data)
        return _write_down(session, known, bringer, first.file_id)
    savepoint = session.begin_nested()
    try:
        taken = take(session, arrival, bringer)
    except (SourceError, ReconciliationError) as trouble:
        savepoint.rollback()
        is_held = isinstance(trouble, HeldBack)
        state = State.HELD if is_held else State.REFUSED
        refused = replace(
            found, state=state, code=trouble.code, data=as_data(trouble), trouble=trouble,
            source=_source_name(arrival),
        )  # fmt: skip
        # What a person may still release is kept; what nobody can read is not.
        file_id = _store(session, arrival, refused.source or "") if is_held else None
        return _write_down(session, refused, bringer, file_id)
    savepoint.commit()
    return taken


def _source_name(arrival: Arrival) -> str | None:
    try:
        with arrival.path.open("rb") as stream:
            return source_of(stream).name
    except SourceError:
        return None


def _not_opened(
    session: Session, path: Path, name: str, *, bringer: Bringer, danger: DangerousFile
) -> Delivered:
    refused = Delivered(
        0, name, None, hash_of(path), path.stat().st_size, State.REFUSED, code=danger.code,
        data=as_data(danger), trouble=danger,
    )  # fmt: skip
    return _write_down(session, refused, bringer, None)


def _first_delivery(session: Session, sha256: bytes) -> Row[Any] | None:
    return session.execute(
        select(delivery)
        .where(delivery.c.sha256 == sha256, delivery.c.state.in_(_COUNTS))
        .order_by(delivery.c.id)
        .limit(1)
    ).one_or_none()


def _take_parts(session: Session, arrival: Arrival, file_id: int, told: Told) -> Iterator[Part]:
    parts = read_file(arrival.path)
    for position, head in enumerate(parts):
        match head:
            case StatementHead(kind=Kind.STATEMENT):
                yield take_statement(session, file_id, head, parts, told)  # type: ignore[arg-type]
            case StatementHead():
                yield take_notice(session, file_id, head, parts, told=told, position=position)  # type: ignore[arg-type]
            case ProviderFile():
                yield take_provider_file(session, file_id, head, parts, told)  # type: ignore[arg-type]


def _store(session: Session, arrival: Arrival, source: str) -> int:
    """The file as it came, once; the id it has since it came first."""
    known: int | None = session.scalar(
        select(source_file.c.id).where(source_file.c.sha256 == arrival.sha256)
    )
    if known is not None:
        return known
    row = {
        "sha256": arrival.sha256, "name": arrival.name, "content": arrival.path.read_bytes(),
        "source": source,
    }  # fmt: skip
    stored: int = session.scalars(insert(source_file).values(row).returning(source_file.c.id)).one()
    return stored


def _write_down(
    session: Session, found: Delivered, bringer: Bringer, file_id: int | None
) -> Delivered:
    row = {
        "file_id": file_id, "sha256": found.sha256, "name": found.name, "archive": found.archive,
        "size_bytes": found.size_bytes, "way": bringer.way, "brought_by": bringer.who,
        "source": found.source, "state": found.state.value, "code": found.code,
        "data": found.data or {}, "releases": bringer.releases,
    }  # fmt: skip
    number = session.scalars(insert(delivery).values(row).returning(delivery.c.id)).one()
    rows = [
        {
            "delivery_id": number, "position": position, "series": part.series,
            "identity": part.identity, "version": part.version, "state": part.state.value,
            "account": part.account, "sequence": part.sequence, "period_from": part.period_from,
            "period_to": part.period_to, "opening_cents": part.opening_cents,
            "closing_cents": part.closing_cents, "line_count": part.line_count,
            "folded_count": part.folded, "changed_count": part.diff.changed,
            "new_count": part.diff.new, "gone_count": part.diff.gone,
            "content_hash": part.content_hash, "bank_statement_id": part.bank_statement_id,
        }
        for position, part in enumerate(found.parts)
    ]  # fmt: skip
    if rows:
        session.execute(insert(delivery_part), rows)
    return replace(found, id=number)


def _states(found: Delivered) -> set[State]:
    return {part.state for part in found.parts}
